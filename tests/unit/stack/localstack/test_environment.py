"""Execution environments as processes, with a runtime of our own that speaks the Runtime API as awslambdaric does."""

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.stack.localstack.environment import (
    LARGEST_RESPONSE,
    Environment,
    Function,
    InitialisationFailed,
)
from ballotcast_tools.stack.localstack.runtime_api import Invocation, Outcome

RUNTIME = '''
"""What AWS's runtime client does, as far as a test needs it: `python -m awslambdaric HANDLER`."""
import importlib, json, os, sys, urllib.error, urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"
sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])


def post(path, data):
    urllib.request.urlopen(urllib.request.Request(f"{API}/{path}", json.dumps(data).encode()))


module, _, name = sys.argv[1].partition(".")
try:
    handler = getattr(importlib.import_module(module), name)
except Exception as error:
    post("init/error", {"errorType": type(error).__name__, "errorMessage": str(error)})
    sys.exit(1)
while True:
    with urllib.request.urlopen(f"{API}/invocation/next") as response:
        event, headers = json.load(response), response.headers
    path = f"invocation/{headers['Lambda-Runtime-Aws-Request-Id']}"
    try:
        post(f"{path}/response", handler(event, headers))
    except urllib.error.HTTPError:
        raise
    except Exception as error:
        post(f"{path}/error", {"errorType": type(error).__name__, "errorMessage": str(error)})
'''
CODE = """
import os, sys, time
import of_the_layer

calls = 0


def handler(event, headers):
    global calls
    calls += 1
    if "exit" in event:
        os._exit(event["exit"])
    if "raise" in event:
        raise ValueError(event["raise"])
    time.sleep(event.get("sleep", 0))
    print("called", event.get("note", ""), flush=True)
    return {
        "calls": calls,
        "deadline": headers["Lambda-Runtime-Deadline-Ms"],
        "arn": headers["Lambda-Runtime-Invoked-Function-Arn"],
        "variable": os.environ.get("TABLE"),
        "inherited": os.environ.get("OF_THIS_MACHINE"),
        "folder": os.getcwd(),
        "site_packages": [path for path in sys.path if path.endswith("site-packages")],
        "long": "x" * event.get("long", 0),
    }


def broken(event, headers):
    pass
"""
_number = count()


@pytest.fixture
def function(tmp_path: Path) -> Function:
    client, layer, code = (tmp_path / name for name in ("client", "layer", "code"))
    for folder, file, text in (
        (client / "awslambdaric", "__main__.py", RUNTIME),
        (layer, "of_the_layer.py", ""),
        (code, "app.py", CODE),
        (code, "fails.py", "raise RuntimeError('no setting')"),
        (code, "ends.py", "import os; os._exit(3)"),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
    return Function("app.handler", code, (layer, client), sys.executable, timeout=20)


@pytest.fixture
def environment(function: Function, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    monkeypatch.setenv("OF_THIS_MACHINE", "secret")
    made = Environment(function, {"TABLE": "roll"}, tmp_path / "scratch")
    made.start()
    yield made
    made.stop()


def call(**event: Any) -> Invocation:
    return Invocation(f"call-{next(_number)}", json.dumps(event).encode(), 1234567890123, "arn:aws:lambda:x")


def answer(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outcome.body)
    return found


def test_an_environment_is_kept_from_call_to_call_and_sees_what_lambda_shows(
    environment: Environment, function: Function
) -> None:
    first, second = (answer(environment.invoke(call())) for _ in range(2))
    assert (first["calls"], second["calls"]) == (1, 2)
    assert (first["deadline"], first["arn"]) == ("1234567890123", "arn:aws:lambda:x")
    assert first["folder"] == str(function.code)
    assert first["variable"] == "roll"
    assert first["inherited"] is None, "nothing of the machine's environment reaches a function"
    assert first["site_packages"] == [], "nor do its packages"


def test_an_error_is_told_and_the_environment_is_kept(environment: Environment) -> None:
    failed = environment.invoke(call(**{"raise": "refused"}))
    assert failed.failed
    assert answer(failed) == {"errorType": "ValueError", "errorMessage": "refused"}
    assert answer(environment.invoke(call()))["calls"] == 2


def test_after_a_crash_the_next_call_finds_a_fresh_process(environment: Environment) -> None:
    crashed = environment.invoke(call(exit=5))
    assert crashed.failed
    assert answer(crashed)["errorType"] == "Runtime.ExitError"
    assert "exit status 5" in answer(crashed)["errorMessage"]
    assert answer(environment.invoke(call()))["calls"] == 1


def test_a_call_that_takes_too_long_is_ended(function: Function, tmp_path: Path) -> None:
    hurried = Environment(Function(**{**vars(function), "timeout": 0.5}), {}, tmp_path / "scratch")
    hurried.start()
    began = time.monotonic()
    late = hurried.invoke(call(sleep=60))
    assert time.monotonic() - began < 30
    assert late.failed
    assert answer(late)["errorType"] == "Sandbox.Timedout"
    assert answer(hurried.invoke(call()))["calls"] == 1
    hurried.stop()


def test_a_response_over_lambdas_limit_is_an_error(environment: Environment) -> None:
    assert not environment.invoke(call(long=LARGEST_RESPONSE - 1000)).failed
    assert answer(environment.invoke(call(long=LARGEST_RESPONSE)))["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize(
    ("handler", "error"),
    [("fails.handler", "RuntimeError"), ("app.missing", "AttributeError"), ("ends.handler", "Runtime.ExitError")],
)
def test_code_that_cannot_be_loaded_says_why(function: Function, tmp_path: Path, handler: str, error: str) -> None:
    broken = Environment(Function(**{**vars(function), "handler": handler}), {}, tmp_path / "scratch")
    with pytest.raises(InitialisationFailed) as failure:
        broken.start()
    assert json.loads(failure.value.error)["errorType"] == error
    broken.stop()


def test_what_a_function_writes_is_there_once_with_the_call_it_belongs_to(environment: Environment) -> None:
    environment.invoke(call(note="one"))
    assert list(environment.new_lines()) == ["called one"]
    environment.invoke(call(note="two"))
    assert list(environment.new_lines()) == ["called two"]
    assert list(environment.new_lines()) == []


def test_an_ended_environment_leaves_nothing(function: Function, tmp_path: Path) -> None:
    ended = Environment(function, {}, tmp_path / "scratch")
    ended.start()
    assert ended._process
    process = ended._process
    ended.stop()
    assert process.poll() is not None
    assert not (tmp_path / "scratch").exists()
    ended.stop()


def test_environments_do_not_wait_for_each_other(function: Function, tmp_path: Path) -> None:
    made = [Environment(function, {}, tmp_path / f"scratch{number}") for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda one: one.start(), made))
        outcomes = list(pool.map(lambda one: one.invoke(call(sleep=0.1)), made))
    assert [answer(outcome)["calls"] for outcome in outcomes] == [1, 1, 1]
    for one in made:
        one.stop()
