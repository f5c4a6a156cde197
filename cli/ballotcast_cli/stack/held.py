"""What every emulator's process does first: hold its pid file, and end with the process that started it."""

import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyHeld(Exception):
    """Another process holds the pid file."""


@contextmanager
def hold(pid_file: Path) -> Iterator[None]:
    """Lock `pid_file` and write this process's pid into it. Raises AlreadyHeld."""
    with pid_file.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyHeld(f"another stack holds {pid_file}") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def end_with_parent(within: float) -> None:
    """End this process and its group once its parent is gone: only the parent holds the other end of standard input.

    `within`: seconds from SIGTERM to SIGKILL.
    """

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(within)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
