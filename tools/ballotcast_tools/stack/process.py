"""The emulator's process: started in a group of its own, found again by the lock on its pid file, ended by pid."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .held import WITH_PARENT, open_private

KILLED_WITHIN = 15.0  # seconds from SIGKILL
_HOST = "127.0.0.1"
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Not through the proxy that the environment may name: it would look for us on its own machine."""


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
                # It may hold the file and be about to write.
                return int(pid_file.read_text()) if wait_for(lambda: pid_file.read_text() != "", 5) else None
    except FileNotFoundError:
        pass
    return None


@dataclass(frozen=True)
class Launch:
    """What to start: `command` gets the path of a pid file; it serves `ready` (a URL) once it is up."""

    command: Sequence[str | Path]
    environment: Mapping[str, str]
    ready: str
    starts_within: float
    """Seconds."""
    stops_within: float
    """Seconds from SIGTERM to SIGKILL."""


def start_emulator(launch: Launch, pid_file: Path, log: Path, *, with_parent: bool) -> subprocess.Popen[bytes]:
    """Start it and wait until it serves. With `with_parent` it ends when this process ends, even if that is killed.

    Raises StackError with the end of `log` if it does not come up.
    """
    directory = pid_file.parent
    command = [*launch.command, pid_file, *([f"{WITH_PARENT}={launch.stops_within}"] if with_parent else [])]
    if log.exists():  # what the process before wrote stays next to it
        log.replace(log.with_suffix(".1"))
    with open_private(log, "wb") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=dict(launch.environment),
            stdin=subprocess.PIPE if with_parent else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        serves = wait_for(lambda: process.poll() is not None or is_served(launch.ready), launch.starts_within)
        if not serves or process.poll() is not None:
            raise StackError(f"the stack did not start; the end of {log}:\n{tail(log)}")
    except BaseException:
        stop_emulator(process.pid, launch.stops_within, process)
        raise
    return process


def stop_emulator(pid: int, within: float, child: subprocess.Popen[bytes] | None = None) -> None:
    """End the emulator, by force after `within` seconds, and its workers; `child` if it is this process's own."""
    _signal(os.kill, pid, signal.SIGTERM)
    if not wait_for(lambda: not _alive(pid, child), within):
        _signal(os.kill, pid, signal.SIGKILL)
        wait_for(lambda: not _alive(pid, child), KILLED_WITHIN)
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


def is_served(url: str) -> bool:
    """Whether something on this machine answers there."""
    try:
        with _DIRECTLY.open(url, timeout=5):
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
