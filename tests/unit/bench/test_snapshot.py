"""What happens before a snapshot and after: clients made, no store and no key touched, generators fed, sockets gone."""

import gc
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ballotcast import snapshot
from ballotcast.settings import Settings
from ballotcast.wiring import Wiring
from vote.app import REHEARSAL, create_app

TOP = Path(__file__).resolve().parents[3]
RUNTIME = """
hooks = {}
def register_before_snapshot(hook, *arguments):
    hooks["before"] = lambda: hook(*arguments)
def register_after_restore(hook, *arguments):
    hooks["after"] = lambda: hook(*arguments)
"""


class Untouched:
    """A client that may be closed, and otherwise not used at all."""

    closed = False

    def close(self) -> None:
        self.closed = True

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called before the snapshot")


class Watched(Wiring):
    def __init__(self) -> None:
        super().__init__(Settings({"ENVIRONMENT": "prod", "BOARD_TABLE": "board", "KMS_KEY": "key"}))
        self.made = {service: Untouched() for service in ("dynamodb", "kms")}

    def client(self, service: Any) -> Any:
        return self.made[service]


def test_the_rehearsal_touches_no_store_and_no_key() -> None:
    from ballotcast.http.handler import http_handler

    wiring, answers = Watched(), []
    handler = http_handler(create_app(wiring), "vote", silent=True)

    def rehearsed(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answers.append(handler(event, context)["statusCode"])
        return {}

    snapshot.prepare(rehearsed, wiring, REHEARSAL)
    gc.unfreeze()

    assert answers == [200, 422]
    assert "vault" not in vars(wiring)


def test_after_a_restore_generators_go_other_ways_and_connections_are_gone() -> None:
    wiring = Watched()
    random.seed(1)
    before = random.getstate()

    snapshot.awake(wiring)

    assert random.getstate() != before
    assert wiring.made["dynamodb"].closed


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "registered"), [("snap-start", ["after", "before"]), ("on-demand", [])])
def test_hooks_are_registered_where_lambda_takes_a_snapshot(tmp_path: Path, kind: str, registered: list[str]) -> None:
    (tmp_path / "snapshot_restore_py.py").write_text(RUNTIME)
    code = "import json, vote.app, snapshot_restore_py as r; print(json.dumps(sorted(r.hooks)))"
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join([str(TOP / "functions"), str(tmp_path)]),
        "AWS_LAMBDA_INITIALIZATION_TYPE": kind,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }

    ended = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, check=True)

    assert json.loads(ended.stdout) == registered
