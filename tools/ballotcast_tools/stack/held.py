"""What every emulator's process does first: hold its pid file, and end with the process that started it."""

import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

WITH_PARENT = "--with-parent"


def serve_alone(arguments: Sequence[str], serve: Callable[[], None]) -> int:
    """Call `serve` while holding a pid file that no other process holds.

    Args:
        arguments: The path of the pid file, and `--with-parent=SECONDS` to end with the parent process; the seconds
            are those from SIGTERM to SIGKILL.
        serve: Returns when the process is to end.

    Returns:
        The exit status: 1 if another process holds the file.
    """
    os.environ.pop("PYTHONPATH", None)  # it leads to this package; functions have their own
    pid_file = Path(arguments[0])
    with open_private(pid_file, "a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another stack holds {pid_file}", file=sys.stderr)
            return 1
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        for argument in arguments[1:]:
            option, _, seconds = argument.partition("=")
            assert option == WITH_PARENT, argument
            threading.Thread(target=_end_with_parent, args=[float(seconds)], daemon=True).start()
        serve()
    return 0


def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file that only its owner may read from then on: who can open the pid file can also lock it."""

    def opener(name: str, flags: int) -> int:
        descriptor = os.open(name, flags, 0o600)
        os.fchmod(descriptor, 0o600)
        return descriptor

    return open(path, mode, opener=opener)


def _end_with_parent(within: float) -> None:
    """End this process and its group once standard input ends: only the parent holds the other end of it."""
    while os.read(0, 1):  # not sys.stdin, whose lock a thread would hold for ever
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(within)
    os.killpg(0, signal.SIGKILL)
