"""Measured processes: fresh ones that answer once, and warm ones that answer as often as they are told to."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .measures import Sample
from .packages import Side

PAGE = 4096


class WrongAnswer(RuntimeError):
    """A side did not do its work, so that its time says nothing."""


@dataclass(frozen=True)
class Task:
    """What both sides have to do. `fake`: DynamoDB is a fake in the process; otherwise it is what `variables` name."""

    module: Mapping[str, str]
    """By the name of the side."""
    event: Path
    status: int
    variables: Mapping[str, Mapping[str, str]]
    """By the name of the side, beyond what packages.py tells it."""
    fake: bool = False


def answer_once(side: Side, task: Task, wrapper: tuple[str, ...] = ()) -> dict[str, Any]:
    """A fresh process's figures (probe.py); `wrapper` is put before its command."""
    command = [*wrapper, *side.command("cold", task.module[side.name], task.event)]
    variables = side.variables(**task.variables.get(side.name, {}))
    ended = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return _checked(told, side, task)


class WarmProcess:
    def __init__(self, side: Side, task: Task, process: "subprocess.Popen[str]") -> None:
        self._side, self._task, self._process = side, task, process

    def answer(self, calls: int) -> float:
        """CPU seconds of one call."""
        assert self._process.stdin
        assert self._process.stdout
        print(calls, file=self._process.stdin, flush=True)
        told = _checked(json.loads(self._process.stdout.readline()), self._side, self._task)
        return float(told["seconds"]) / calls

    def resident(self) -> float:
        """Bytes of memory that it holds now."""
        return float(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * PAGE


@contextmanager
def warm_process(side: Side, task: Task) -> Iterator[WarmProcess]:
    """A process that has answered once."""
    variables = side.variables(**task.variables.get(side.name, {}))
    command = side.command("warm", task.module[side.name], task.event, *(["fake"] if task.fake else []))
    with subprocess.Popen(command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        warm = WarmProcess(side, task, process)
        warm.answer(1)
        yield warm


class Measure(Protocol):
    def __call__(self, side: Side, /) -> float: ...


def interleaved(sides: tuple[Side, Side], rounds: int, measure: Measure) -> tuple[Sample, Sample]:
    """Measure the sides in turn, each `rounds` times; which one begins changes with each round."""
    values: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in range(rounds):
        for side in sides if number % 2 == 0 else reversed(sides):
            values[side.name].append(measure(side))
    first, second = (Sample.of(values[side.name]) for side in sides)
    return first, second


def _checked(told: dict[str, Any], side: Side, task: Task) -> dict[str, Any]:
    if told["status"] != task.status:
        raise WrongAnswer(f"{side.name}, {task.module[side.name]}: answered {told['status']} instead of {task.status}")
    return told
