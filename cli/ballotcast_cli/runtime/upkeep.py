"""What AWS does by itself in the course of a day: items and objects whose time is over are deleted."""

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread

from .storage.writer import StorageFailed

EVERY = 60.0
"""Seconds."""
AT_ONCE = 100
"""Deletions in one commit, so that writers do not wait long."""
log = logging.getLogger(__name__)


class Upkeep:
    """`tasks`: each deletes at most so many of something and returns how many it found. `afterwards`: once a round."""

    def __init__(
        self, tasks: Sequence[Callable[[int], int]], afterwards: Callable[[], object], every: float = EVERY
    ) -> None:
        self._tasks, self._afterwards, self._every = tasks, afterwards, every
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def sweep(self) -> None:
        for task in self._tasks:
            while not self._stopping.is_set() and task(AT_ONCE) == AT_ONCE:
                pass
        self._afterwards()

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self.sweep()
            except StorageFailed as failed:
                log.error("nothing was tidied up: %s", failed)
