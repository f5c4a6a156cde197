"""What a server's processes spend, as Linux accounts for it under /proc: CPU time and memory of a whole tree."""

import os
import resource
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

PROC = Path("/proc")
EVERY = 1.0
"""Seconds between two looks at the memory."""


def allow_open_files(number: int) -> None:
    """Let this process, and what it starts, open `number` files and more at once, if the system permits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Server:
    """The process `pid` and all its descendants. All figures are None where there is no such process, or no /proc."""

    def __init__(self, pid: int | None, proc: Path = PROC) -> None:
        self._pid, self._proc = pid, proc

    def cpu_seconds(self) -> float | None:
        """Return the CPU time that the tree has had, user and system, with that of the children that have ended."""
        tree = self._tree()
        ticks = sum(sum(map(int, fields[11:15])) for fields in tree.values())
        return ticks / os.sysconf("SC_CLK_TCK") if tree else None

    def memory_mb(self) -> float | None:
        """Return the memory of the tree now, in MB (10⁶ bytes): pages that processes share are counted once."""
        tree = self._tree()
        return sum(map(self._kilobytes, tree)) * 1024 / 1e6 if tree else None

    def _tree(self) -> dict[int, list[str]]:
        """Return, for each pid, the fields of its `stat` from the third (state) on; see proc(5)."""
        found: dict[int, list[str]] = {}
        if self._pid is None:
            return found
        for status in self._proc.glob("[0-9]*/stat"):
            try:
                found[int(status.parent.name)] = status.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended meanwhile
        children: dict[int, list[int]] = {}
        for pid, fields in found.items():
            children.setdefault(int(fields[1]), []).append(pid)
        tree, next_ones = {}, [self._pid] if self._pid in found else []
        while next_ones:
            pid = next_ones.pop()
            tree[pid] = found[pid]
            next_ones += children.get(pid, [])
        return tree

    def _kilobytes(self, pid: int) -> int:
        """Return the proportional set size; where that may not be read, the resident set size."""
        for file, name in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
            try:
                lines = (self._proc / str(pid) / file).read_text().splitlines()
            except OSError:
                continue
            for line in lines:
                if line.startswith(name):
                    return int(line.split()[1])
        return 0


class Watch:
    """`with Watch(server) as spent:` then has `cpu_seconds` of the block and `peak_mb`, the most memory in it."""

    def __init__(self, server: Server, every: float = EVERY) -> None:
        self.cpu_seconds: float | None = None
        self.peak_mb: float | None = None
        self._server, self._every = server, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._before = self._server.cpu_seconds()
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        after = self._server.cpu_seconds()
        if self._before is not None and after is not None:
            self.cpu_seconds = after - self._before
        self._look()

    def _sample(self) -> None:
        while not self._over.wait(self._every):
            self._look()

    def _look(self) -> None:
        found = self._server.memory_mb()
        if found is not None:
            self.peak_mb = max(found, self.peak_mb or 0.0)
