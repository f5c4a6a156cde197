"""A process with queues is killed at random points: what it was told is sent is received, in order, after all kills."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from checkout import ROOT
from runtime_killed import NAMES
from runtime_queues import lab

KILLS = 8


def run_and_kill(folder: Path, turn: int, seconds: float) -> int:
    """Return how many messages were in flight when the process before it was killed."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}"}
    command = [sys.executable, str(ROOT / "tests/runtime_killed.py"), str(folder), str(turn)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        released = int(process.stdout.readline().split()[1])
        time.sleep(seconds)  # the point of the kill is random
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    return released


def read(path: Path) -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in path.read_text().splitlines():
        name, body = line.split(" ")
        found[name].append(body)
    return found


def firsts_in_order(bodies: list[str]) -> bool:
    """Whether each group's messages came for the first time in the order of their sending."""
    seen: dict[str, int] = {}
    for body in bodies:
        group, _, number = body.rpartition("-")
        if int(number) > seen.get(group, -1) + 1:
            return False
        seen[group] = max(seen.get(group, -1), int(number))
    return True


@pytest.mark.slow
def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(11)
    released = [run_and_kill(tmp_path, turn, chance.uniform(0.05, 0.5)) for turn in range(KILLS)]
    with lab(tmp_path / "data") as aws:
        left = {
            name: [
                body
                for (body,) in aws.database.reader().execute(
                    "SELECT body FROM message JOIN message_body USING (seq) WHERE queue = ? ORDER BY seq", (name,)
                )
            ]
            for name in NAMES
        }
    sent, taken = read(tmp_path / "sent"), read(tmp_path / "taken")
    for name in NAMES:
        found = [*taken[name], *left[name]]
        assert len(sent[name]) > KILLS
        assert [body for body in sent[name] if body not in set(found)] == []
        assert len(left[name]) == len(set(left[name]))
    assert firsts_in_order([*taken["plain.fifo"], *left["plain.fifo"]])
    assert any(released)
