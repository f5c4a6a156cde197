"""Runs the stages one after the other, each in fresh processes, and writes down what each took.

What was measured stays in the folder, so that a run that is broken off continues where it was. Peak memory is that of
the stage's processes together; the tables and the bucket lie on disk and are not in it.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from .aws import OPENED, Folder
from .capacity import Meter
from .making import CLOSES, Scene
from .measured import COUNTING, ORDER, Measured
from .page import keep
from .stages import STAGES, Call, Stage

MEASURED = "measured.json"
LAST = ORDER[-1]
KILOBYTE = 1024
"""What getrusage tells memory in, on Linux."""
Told = Callable[[Measured], None]
Pool = Callable[[int], Executor]
"""Workers, as many as are asked for."""


def fresh_processes(count: int) -> Executor:
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def measure(
    folder: Path, voters: int, processes: int, told: Told, pool: Pool = fresh_processes, until: str = LAST
) -> list[Measured]:
    """The measured stages of an election with so many voters, in a folder of its own, until one of that name."""
    stages = STAGES[: [stage.name for stage in STAGES].index(until) + 1]
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / MEASURED
    done: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    scene = Scene(voters, processes, {name: stage["answers"] for name, stage in done.items()})
    for stage in stages:
        if stage.name not in done:
            measured, answers = _run(stage, folder, scene, pool)
            scene.answers[stage.name] = answers
            done[stage.name] = {"measured": asdict(measured), "answers": answers}
            kept.write_text(json.dumps(done))
        if stage.measured:
            told(Measured(**done[stage.name]["measured"]))
    return [Measured(**done[stage.name]["measured"]) for stage in stages if stage.measured]


def _run(stage: Stage, folder: Path, scene: Scene, pool: Pool) -> tuple[Measured, list[Any]]:
    moment = CLOSES + timedelta(minutes=1) if stage.name in COUNTING else OPENED
    started, meter, cpu, peaks, answers = time.perf_counter(), Meter(), 0.0, dict[int, int](), []
    with pool(scene.processes if stage.spread else 1) as workers:
        for call in [workers.submit(_call, call, folder, moment, scene) for call in stage.calls(scene)]:
            done = call.result()
            answers.append(done.answer)
            meter.add(done.meter)
            cpu += done.cpu
            peaks[done.process] = max(peaks.get(done.process, 0), done.memory)
    wall = time.perf_counter() - started
    told = {**vars(meter), "requests": dict(meter.requests)}
    return Measured(stage.name, scene.voters, cpu, wall, sum(peaks.values()), **told), answers


class _Done(NamedTuple):
    """memory: bytes of the process at its peak so far, and of those that it started."""

    answer: Any
    cpu: float
    meter: Meter
    process: int
    memory: int


def _call(call: Call, folder: Path, moment: datetime, scene: Scene) -> _Done:
    wiring, before = Folder(folder, moment), _cpu()
    answer = call(wiring, scene)
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    memory = (own + scene.processes * children) * KILOBYTE
    return _Done(answer, _cpu() - before, wiring.meter, os.getpid(), memory)


def _cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main(folder: str, voters: str, processes: str, until: str, *options: str) -> None:
    found = measure(Path(folder), int(voters), int(processes), lambda done: print(told(done), flush=True), until=until)
    if "--keep" in options:
        keep(found)


def told(done: Measured) -> str:
    """A stage in a line."""
    units = f"{done.reads / done.voters:8.3f} r {done.writes / done.voters:7.3f} w"
    took = f"{done.cpu:8.1f} s {done.wall:8.1f} s {done.memory >> 20:6} MiB {done.cpu / done.voters * 1e6:9.1f} µs"
    return f"{done.stage:10} {took} {units}"


if __name__ == "__main__":
    main(*sys.argv[1:])
