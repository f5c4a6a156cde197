"""Cold starts under AWS's own runtime: its interface emulator and awslambdaric, as `sam local` has them.

CPU time of the runtime's process up to the first answer, in clock ticks (10 ms); the runtime's own start is in it.
"""

import json
import os
import platform
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ballotcast_tools.build.environments import TOP, uv_environment

from .measures import Comparison
from .packages import WORK, Side
from .subjects import Task, WrongAnswer, interleaved
from .tasks import Tasks

PATIENCE = 30.0
"""Seconds for an answer."""


def measure(sides: tuple[Side, Side], tasks: Tasks, rounds: int) -> Iterator[Comparison]:
    """Nothing where the emulator or the runtime client is not to be had."""
    machine = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    found = list((TOP / ".tools" / "stack").glob(f"lib/*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}"))
    client = _runtime_client(sides[0].python)
    if found and client:
        stock, ours = interleaved(sides, rounds, lambda side: _cold(found[0], client, side, tasks.cast))
        yield Comparison("cold_emulated", "the same under aws-lambda-rie", "ms", ours, stock)


def _runtime_client(python: Path) -> Path | None:
    folder = WORK / "runtime"
    if not folder.exists():
        uv = TOP / ".tools" / "uv" / "bin" / "uv"
        command: list[str | Path] = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            python,
            "--target",
            folder,
            "awslambdaric",
        ]
        if subprocess.run(command, env=uv_environment(TOP), stderr=subprocess.DEVNULL).returncode:
            return None
    return folder


def _cold(emulator: Path, client: Path, side: Side, task: Task) -> float:
    variables = side.variables(**task.variables[side.name])
    variables["PYTHONPATH"] += f"{os.pathsep}{client}"
    variables["LAMBDA_TASK_ROOT"] = str(side.paths[0])
    asked, runtime = _free_port(), _free_port()
    addresses = ["--runtime-interface-emulator-address", f"127.0.0.1:{asked}"]
    addresses += ["--runtime-api-address", f"127.0.0.1:{runtime}"]
    command: list[str | Path] = [emulator, *addresses, side.python, "-m", "awslambdaric"]
    command.append(f"{task.module[side.name]}.handler")
    with _running(command, variables, side.paths[0]) as process:
        answer = _invoke(f"http://127.0.0.1:{asked}/2015-03-31/functions/function/invocations", task.event)
        if answer.get("statusCode") != task.status:
            raise WrongAnswer(f"{side.name}, emulated: {answer}")
        return _childrens_cpu(process.pid)


@contextmanager
def _running(command: list[str | Path], variables: dict[str, str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, env=variables, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _invoke(url: str, event: Path) -> dict[str, object]:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, event.read_bytes(), timeout=PATIENCE) as answer:  # noqa: S310
                told: dict[str, object] = json.loads(answer.read())
                return told
        except urllib.error.URLError:  # not listening yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _childrens_cpu(parent: int) -> float:
    """Milliseconds that the processes started by `parent` have had."""
    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[1]) == parent:
            ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
