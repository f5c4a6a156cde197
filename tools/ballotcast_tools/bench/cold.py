"""Cold starts: a fresh process imports the handler and answers its first request, TLS to DynamoDB included.

Instructions are counted by valgrind (cachegrind without its caches): they are the same on any day, which CPU time on a
shared machine is not, but they do not tell of page faults and caches.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator

from .measures import Comparison, Sample
from .packages import Side
from .subjects import Task, answer_once, interleaved
from .tasks import Tasks

BUDGET = 0.30
_COUNTED = re.compile(r"I +refs: +([\d,]+)")


def measure(sides: tuple[Side, Side], tasks: Tasks, rounds: int) -> Iterator[Comparison]:
    """CPU time from the interpreter's start to the first answer; of the sample function too, which has no rules."""
    yield _compared(sides, tasks.cast, "cold_cpu", "vote: import and first cast", rounds, BUDGET)
    yield _compared(sides, tasks.nominate, "cold_sample", "sample: import and first POST", rounds)


def _compared(
    sides: tuple[Side, Side], task: Task, name: str, what: str, rounds: int, budget: float | None = None
) -> Comparison:
    for side in sides:
        answer_once(side, task)  # so that what is read from disk is in memory
    stock, ours = interleaved(sides, rounds, lambda side: answer_once(side, task)["total"] * 1e3)
    return Comparison(name, what, "ms", ours, stock, budget)


def count_instructions(sides: tuple[Side, Side], tasks: Tasks) -> Iterator[Comparison]:
    """Nothing where valgrind is not installed."""
    if not shutil.which("valgrind"):
        return
    stock, ours = (Sample.of([_instructions(side, tasks.cast)]) for side in sides)
    yield Comparison("cold_instructions", "vote: import and first cast", "10⁶ instructions", ours, stock)


def _instructions(side: Side, task: Task) -> float:
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command = [*valgrind, *side.command("cold", task.module[side.name], task.event)]
    variables = side.variables(**task.variables[side.name])
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    counted = _COUNTED.search(ended.stderr)
    if not counted:
        raise RuntimeError(f"valgrind told no count: {ended.stderr[-400:]}")
    return int(counted[1].replace(",", "")) / 1e6
