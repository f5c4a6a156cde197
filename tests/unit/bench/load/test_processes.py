"""CPU time and memory of a tree of processes: on a /proc made for it, and of a real child."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ballotcast_tools.bench.load.processes import PROC, Server, Watch

TICKS = os.sysconf("SC_CLK_TCK")
BUSY = """
from time import process_time as now
input()
before = now()
while now() < before + 0.3: pass
print(now() - before, flush=True)
input()
"""


def process(proc: Path, pid: int, parent: int, ticks: tuple[int, int, int, int], **files: str) -> None:
    """Its `stat` has user, system, children's user and children's system time, in ticks."""
    folder = proc / str(pid)
    folder.mkdir()
    before = f"S {parent} 0 0 0 0 0 0 0 0 0"
    (folder / "stat").write_text(f"{pid} (a ) b) {before} {' '.join(map(str, ticks))} 20 0\n")
    for name, content in files.items():
        (folder / name).write_text(content)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    process(tmp_path, 10, 1, (100, 20, 3, 4), smaps_rollup="0-1 ---p [rollup]\nRss: 9000 kB\nPss: 2000 kB\n")
    process(tmp_path, 11, 10, (10, 0, 0, 0), smaps_rollup="Pss:     500 kB\n")
    process(tmp_path, 12, 11, (1, 1, 1, 0), status="Name:\tx\nVmRSS:\t    100 kB\n")
    process(tmp_path, 13, 1, (9999, 0, 0, 0), smaps_rollup="Pss: 9999 kB\n")
    return tmp_path


def test_a_tree_is_the_process_and_all_that_come_from_it(proc: Path) -> None:
    assert Server(10, proc).cpu_seconds() == 140 / TICKS
    assert Server(11, proc).cpu_seconds() == 13 / TICKS


def test_memory_is_shared_out_or_else_resident(proc: Path) -> None:
    assert Server(10, proc).memory_mb() == pytest.approx(2600 * 1024 / 1e6)


@pytest.mark.parametrize("pid", [None, 99])
def test_nothing_is_known_of_a_server_elsewhere(proc: Path, pid: int | None) -> None:
    with Watch(Server(pid, proc)) as spent:
        pass
    assert (spent.cpu_seconds, spent.peak_mb) == (None, None)


def test_a_watch_has_the_difference_and_the_peak(proc: Path) -> None:
    with Watch(Server(11, proc), every=3600) as spent:
        (proc / "11" / "stat").write_text("11 (x) S 10 0 0 0 0 0 0 0 0 0 35 5 0 0 20 0\n")
        (proc / "12" / "stat").unlink()  # as if it had ended: its parent has its time from then on
    assert spent.cpu_seconds == pytest.approx((40 - 13) / TICKS)
    assert spent.peak_mb == pytest.approx(600 * 1024 / 1e6)


@pytest.mark.skipif(not PROC.is_dir(), reason="Linux only")
def test_a_real_childs_time_is_seen() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin
        assert child.stdout
        with Watch(Server(child.pid)) as spent:
            child.stdin.write(b"go\n")
            child.stdin.flush()
            worked = float(child.stdout.readline())
        child.stdin.close()
    assert spent.cpu_seconds is not None
    assert worked - 2 / TICKS <= spent.cpu_seconds <= worked + 0.5, "a process that starts has work too"
    assert spent.peak_mb is not None
    assert spent.peak_mb > 1
