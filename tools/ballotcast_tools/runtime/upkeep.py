"""What AWS does by itself in the course of a day: items and objects whose time is over are deleted."""

import logging
from collections.abc import Callable, Sequence
from threading import Event

from .sources.loop import Loop

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
        self._loop = Loop("upkeep", Event(), self._turn)

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        self._loop.stop()

    def sweep(self) -> None:
        """Carry out all tasks; one that fails is logged, and is tried again in the next round."""
        for task in (*(self._until_done(task) for task in self._tasks), self._afterwards):
            try:
                task()
            except Exception:  # the edge: the others delete what nobody should find later
                log.exception("a part of the upkeep failed")

    def _until_done(self, task: Callable[[int], int]) -> Callable[[], None]:
        def carry_out() -> None:
            while not self._loop.stopping and task(AT_ONCE) == AT_ONCE:
                pass

        return carry_out

    def _turn(self) -> float:
        self.sweep()
        return self._every
