"""What a function's process writes by itself: its own lines, and nothing of the libraries below a warning."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from checkout import ROOT

EVENTS = {
    "VoteFunction": "VoteFunction-manifest",
    "OrganiseFunction": "OrganiseFunction-sign-up",
    "TurnoutFunction": "TurnoutFunction-cast",
    "CensusFunction": "CensusFunction-issued",
    "NotifyFunction": "NotifyFunction-invitation",
}
"""Functions that reach AWS in different ways: each makes a client, and botocore tells where it found credentials."""


def written_by(function: str, functions: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a process that handles one event; on Lambda all of them go to the function's log."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(ROOT / folder) for folder in ("functions", "layers/common", "tests")),
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": functions[function]["LoggingConfig"].get("ApplicationLogLevel", "INFO"),
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "Ballotcast",
    }
    program, event = ROOT / "tests/lambda_process.py", ROOT / f"events/{EVENTS[function]}.json"
    command = [sys.executable, program, functions[function]["Handler"], event]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("function", EVENTS)
def test_only_our_own_lines_are_written(function: str, functions: dict[str, Any]) -> None:
    lines = written_by(function, functions)
    measured = [line for line in lines if "_aws" in line]
    assert lines == measured
    assert bool(measured) is (function == "OrganiseFunction"), "organise writes a line of metrics for each call"


def test_aws_writes_no_line_for_a_call(functions: dict[str, Any]) -> None:
    for name, properties in functions.items():
        logging = {key: properties["LoggingConfig"].get(key) for key in ("LogFormat", "SystemLogLevel")}
        assert logging == {"LogFormat": "JSON", "SystemLogLevel": "WARN"}, name
