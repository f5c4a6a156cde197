"""The emulator's process: started in a group of its own, found again by the lock on its pid file, ended by pid."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

READY_WITHIN = 60.0  # seconds; 1 is usual
STOP_WITHIN = 15.0
_HOST = "127.0.0.1"


class StackError(Exception):
    """What the user can do something about; the message says what."""


def check_port_free(port: int) -> None:
    """Raises StackError if something listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            raise StackError(f"port {port} is in use by another program; choose another one: PORT={port + 1}") from None


def running_pid(pid_file: Path) -> int | None:
    """The emulator that holds `pid_file`, None if none does. What a crash leaves is nobody's: the lock went with it."""
    try:
        with pid_file.open() as held:
            try:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(held.read())
    except FileNotFoundError:
        pass
    return None


def start_emulator(python: Path, pid_file: Path, log: Path, port: int, *, with_parent: bool) -> subprocess.Popen[bytes]:
    """Start it and wait until it answers. With `with_parent` it ends when this process does, however it does.

    Raises StackError with the end of `log` if it does not come up.
    """
    directory = pid_file.parent
    command: list[str | Path] = [python, "-m", "ballotcast_cli.stack.emulator", pid_file]
    command += ["--with-parent"] if with_parent else []
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=_environment(directory / "tmp", port),
            stdin=subprocess.PIPE if with_parent else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        answers = wait_for(lambda: process.poll() is not None or _healthy(port), READY_WITHIN)
        if not answers or process.poll() is not None:
            raise StackError(f"the stack did not start; the end of {log}:\n{tail(log)}")
    except BaseException:
        stop_emulator(process.pid, process)
        raise
    return process


def stop_emulator(pid: int, child: subprocess.Popen[bytes] | None = None) -> None:
    """End the emulator, and its workers should it leave any; `child` if it is this process's own."""
    _signal(os.kill, pid, signal.SIGTERM)
    if not wait_for(lambda: not _alive(pid, child), STOP_WITHIN):
        _signal(os.kill, pid, signal.SIGKILL)
        wait_for(lambda: not _alive(pid, child), STOP_WITHIN)
    _signal(os.killpg, pid, signal.SIGKILL)
    if child is not None and child.stdin:
        child.stdin.close()


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether `condition` came to hold within that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a file."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _environment(scratch: Path, port: int) -> dict[str, str]:
    """Only this: functions inherit it, and they must find neither the user's AWS settings nor this Python's path."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONUNBUFFERED": "1",
        "AUTH": "true",
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MAILBOX_PAGE": f"http://{_HOST}:{port}/_ballotcast/mailbox",
    }


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{_HOST}:{port}/_ministack/ready", timeout=5):
            return True
    except OSError:
        return False


def _alive(pid: int, child: subprocess.Popen[bytes] | None) -> bool:
    if child is not None:
        return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _signal(send: Callable[[int, int], None], pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        send(pid, number)
