"""Deletes, once in a while, what nobody will read any more: records of streams, old messages, ids of deduplication."""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import Event

from ballotcast.clock import Clock
from ballotcast_cli.runtime.services.queue_upkeep import delete_expired, forget_ids
from ballotcast_cli.runtime.services.queues import Queues
from ballotcast_cli.runtime.services.streams import trim
from ballotcast_cli.runtime.template.deployment import Queue

from .loop import PATIENCE, Loop

EVERY = 600
"""Seconds between two rounds."""


class Upkeep:
    """`consumers`: names of the stream consumers, by table; every table with a stream is a key."""

    def __init__(
        self,
        queues: Queues,
        deployed: Iterable[Queue],
        consumers: Mapping[str, list[str]],
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._deployed = tuple(deployed)
        self._consumers = dict(consumers)
        self._clock = clock
        self._next = 0.0
        self._loop = Loop("upkeep", Event(), self._turn)

    def start(self) -> None:
        self._loop.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        return self._loop.stop(patience)

    def clear(self) -> None:
        """Delete in small portions, with a breath between them: whoever writes comes first."""
        database, moment = self._queues.database, self._clock().timestamp()
        now = round(moment * 1000)
        for table, names in self._consumers.items():
            self._repeat(partial(trim, database, table, names, moment))
        for queue in self._deployed:
            self._repeat(partial(delete_expired, database, queue, now))
        self._repeat(lambda: database.write(lambda transaction: forget_ids(transaction, now)))

    def _turn(self) -> float:
        if (left := self._next - time.monotonic()) > 0:
            return left
        self.clear()
        self._next = time.monotonic() + EVERY
        return EVERY

    def _repeat(self, delete: Callable[[], int]) -> None:
        while delete() and self._loop.pause(0.01):
            pass
