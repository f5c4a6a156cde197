"""The start of a function: what is put off, and what must not be imported. Breaks where FastAPI changes under us."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
MODELS_LEFT = (
    "sum(not model.__pydantic_complete__ for model in vars(models).values() if hasattr(model, 'model_fields'))"
)


def _in_a_fresh_process(code: str, **environment: str) -> object:
    """What the code prints as JSON, where functions/ is on the path as on Lambda."""
    told = {
        "PATH": os.defpath,
        "ENVIRONMENT": "prod",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "PYTHONPATH": str(TOP / "functions"),
        "POWERTOOLS_TRACE_DISABLED": "true",
        **environment,
    }
    ended = subprocess.run([sys.executable, "-c", code], env=told, stdout=subprocess.PIPE, check=True)
    return json.loads(ended.stdout)


def test_fastapis_models_of_openapi_wait_for_their_first_use() -> None:
    code = f"""
import json
from ballotcast import cold_start
from fastapi.openapi import models
from pydantic import BaseModel
class Later(BaseModel):
    field: int
print(json.dumps([{MODELS_LEFT}, Later.__pydantic_complete__]))
"""
    left, built = _in_a_fresh_process(code)  # type: ignore[misc]

    assert left >= 20
    assert built is True


@pytest.mark.slow
@pytest.mark.parametrize("function", ["vote", "organise"])
def test_the_description_is_the_same_as_with_models_built_at_once(function: str) -> None:
    show = f"import json; from {function}.app import app; print(json.dumps(app.openapi()))"

    assert _in_a_fresh_process(show) == _in_a_fresh_process(f"import fastapi.openapi.models; {show}")


@pytest.mark.parametrize(
    ("told", "collects"), [({}, [True, False]), ({"AWS_LAMBDA_FUNCTION_NAME": "vote"}, [True, True])]
)
def test_the_collector_rests_while_a_function_starts_on_lambda_and_only_there(
    told: dict[str, str], collects: list[bool]
) -> None:
    code = """
import gc, json
from ballotcast import cold_start
meanwhile = gc.isenabled()
cold_start.ready()
print(json.dumps([meanwhile, gc.isenabled(), gc.get_freeze_count() > 1000]))
"""
    meanwhile, *after = _in_a_fresh_process(code, **told)  # type: ignore[misc]

    assert meanwhile is (not told)
    assert after == collects


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        (
            "vote.app",
            {"jwt", "fastavro", "arro3", "jinja2", "httpx2", "ballotcast.store.voter", "ballotcast.store.voters"},
        ),
        ("register.app", {"jwt", "fastavro", "arro3", "jinja2", "httpx2", "ballotcast.store.ballots"}),
        (
            "tally.app",
            {"jwt", "fastavro", "arro3", "jinja2", "httpx2", "ballotcast.store.voter", "ballotcast.store.voters"},
        ),
        ("organise.app", {"arro3", "jinja2", "httpx2", "ballotcast.store.ballots"}),
        (
            "channel.app",
            {"jinja2", "httpx2", "ballotcast.store.voter", "ballotcast.store.voters", "ballotcast.store.ballots"},
        ),
        ("relay.worker", {"fastapi", "jwt", "jinja2", "httpx2", "ballotcast.store.voter", "ballotcast.store.voters"}),
    ],
)
def test_a_function_imports_what_it_needs(module: str, unneeded: set[str]) -> None:
    imported = _in_a_fresh_process(f"import json, sys, {module}; print(json.dumps(list(sys.modules)))")

    assert unneeded & set(imported) == set()  # type: ignore[call-overload]
