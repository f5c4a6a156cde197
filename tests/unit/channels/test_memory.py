"""Each function of the channels has room for what it holds at its bounds (docs/speed.md has the figures)."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ballotcast_tools.runtime.template import tags
from channel_memory import WORK
from checkout import ROOT

pytestmark = pytest.mark.slow
FUNCTIONS = {
    "publish": "ChannelFunction",
    "relay": "WorkerFunction",
    "export": "ChannelFunction",
    "follow": "ChannelFunction",
    "job": "ChannelJobsFunction",
}
ELSE = 150
"""MB of a function that this program does not have: FastAPI, boto3, what a request and its answer take."""


@pytest.fixture(scope="module")
def memory() -> dict[str, int]:
    """MB of each function, as the template has it."""
    resources: dict[str, Any] = tags.load(ROOT / "template.yaml")["Resources"]
    return {name: resources[name]["Properties"]["MemorySize"] for name in FUNCTIONS.values()}


ALWAYS = ("publish-json", "relay", "export-csv")


@pytest.mark.parametrize(
    "work", [work if work in ALWAYS else pytest.param(work, marks=pytest.mark.long) for work in WORK]
)
def test_a_bound_is_held_in_half_of_the_memory(memory: dict[str, int], work: str) -> None:
    folders = (ROOT / folder for folder in ("functions", "layers/common", "tests"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    program = [sys.executable, str(ROOT / "tests/channel_memory.py"), work]
    told = json.loads(subprocess.run(program, env=environment, capture_output=True, check=True, timeout=300).stdout)
    assert told["records"] > 10_000
    assert told["megabytes"] + ELSE <= memory[FUNCTIONS[work.partition("-")[0]]] / 2, told
