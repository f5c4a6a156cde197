"""Finding and ending the emulator's process, tried on processes that behave as it may."""

import fcntl
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ballotcast_tools.stack.held import open_private
from ballotcast_tools.stack.process import (
    StackError,
    check_port_free,
    is_served,
    running_pid,
    stop_emulator,
    tail,
    wait_for,
)
from static_site import static_site

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(worker.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use_is_named(taken: int) -> None:
    with pytest.raises(StackError, match=f"port {taken} is in use"):
        check_port_free(taken)


def test_a_port_that_was_freed_is_free(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    check_port_free(free)


def test_nobody_holds_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert running_pid(tmp_path / "pid") is None


def test_what_a_crash_left_is_not_running(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text("1")
    assert running_pid(tmp_path / "pid") is None


def test_the_holder_of_the_lock_is_running(tmp_path: Path) -> None:
    with (tmp_path / "pid").open("w+") as held:
        held.write("4711")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        assert running_pid(tmp_path / "pid") == 4711


def test_files_are_the_owners_alone_also_where_they_were_not(tmp_path: Path) -> None:
    """Another user could hold a lock on a pid file that they can open, and then nothing would start."""
    file = tmp_path / "pid"
    file.touch(0o644)
    with open_private(file, "a+"), open_private(tmp_path / "log", "wb"):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, tmp_path / "log")]
    assert modes == [0o600, 0o600]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    with static_site() as address:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{taken}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert is_served(f"{address}/")


def test_stopping_reaches_those_who_ignore_it_and_their_workers() -> None:
    process = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, start_new_session=True)
    with process:
        assert process.stdout
        worker = int(process.stdout.readline())

        stop_emulator(process.pid, 0.3, process)

        assert process.poll() is not None
        assert wait_for(lambda: not _runs(worker), 5)


def test_stopping_what_is_gone_already_is_quiet() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    process.wait()
    stop_emulator(process.pid, 15.0, process)


def test_waiting_ends(tmp_path: Path) -> None:
    assert wait_for(lambda: True, 0)
    assert not wait_for(lambda: False, 0.1)


def test_tail(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("\n".join(map(str, range(100))))
    assert tail(tmp_path / "log", 2) == "98\n99"


def _runs(pid: int) -> bool:
    """Whether it does anything: a dead process that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
