"""All sources of a deployment, started and stopped together."""

import time
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Protocol

from ballotcast.clock import Clock
from ballotcast_tools.runtime.services.queue_upkeep import delete_expired, forget_ids, keep_in_step, release_all
from ballotcast_tools.runtime.services.queues import Queues
from ballotcast_tools.runtime.services.streams import trim
from ballotcast_tools.runtime.template.deployment import Deployment, Queue, QueueSource, ScheduleSource, StreamSource

from .calls import Invoke
from .clock import Rule, Timetable
from .loop import PATIENCE
from .queues import QueuePoller
from .streams import StreamConsumer


class _Source(Protocol):
    def start(self) -> None: ...

    def stop(self, patience: float = ...) -> bool: ...


class Sources:
    """Raises what a source raises that cannot be understood: UnknownPattern, UnknownQueue."""

    def __init__(self, deployment: Deployment, queues: Queues, invoke: Invoke, clock: Clock) -> None:
        self._queues = queues
        self._deployed = deployment
        self._clock = clock
        self._consumers: dict[str, list[StreamConsumer]] = {name: [] for name in deployment.tables}
        self.rules: dict[str, Rule] = {}
        made: list[_Source] = [Timetable(queues.database, invoke, clock)]
        for function in deployment.functions.values():
            for source in function.sources:
                match source:
                    case StreamSource():
                        table = deployment.tables[source.table]
                        consumer = StreamConsumer(function.id, source, table, queues, invoke, clock)
                        made.append(consumer)
                        self._consumers[source.table].append(consumer)
                    case QueueSource():
                        made.append(QueuePoller(function.id, source, queues, invoke))
                    case ScheduleSource():
                        self.rules[source.name] = Rule(function.id, source, invoke, clock)
        self._sources = (*made, *self.rules.values())

    def tasks(self) -> list[Callable[[int], int]]:
        """Return what deletes records of streams, messages and ids whose time is over (see runtime.upkeep)."""
        return [
            *(partial(self._trim, table, consumers) for table, consumers in self._consumers.items()),
            *(partial(self._delete_expired, queue) for queue in self._deployed.queues.values()),
            self._forget_ids,
            self._keep_in_step,
        ]

    def start(self) -> int:
        """Return how many messages were in flight when the runtime ended the last time; they are visible again."""
        released = self._queues.database.write(lambda transaction: release_all(transaction, self._queues.now()))
        for source in self._sources:
            source.start()
        return released

    def stop(self, patience: float = PATIENCE) -> bool:
        """Begin nothing more. Return whether all that ran ended within `patience` seconds."""
        ended: list[bool] = []
        threads = [
            Thread(target=lambda one=one: ended.append(one.stop(patience)), daemon=True) for one in self._sources
        ]
        for thread in threads:
            thread.start()
        until = time.monotonic() + patience + 1
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return len(ended) == len(threads) and all(ended)

    def _trim(self, table: str, consumers: list[StreamConsumer], limit: int) -> int:
        through = min((consumer.seen for consumer in consumers), default=None)
        return trim(self._queues.database, table, through, limit)

    def _delete_expired(self, queue: Queue, limit: int) -> int:
        return delete_expired(self._queues.database, queue, self._queues.now(), limit)

    def _keep_in_step(self, limit: int) -> int:
        return keep_in_step(self._queues.database, self._queues.now(), limit)

    def _forget_ids(self, limit: int) -> int:
        now = self._queues.now()
        return self._queues.database.write(lambda transaction: forget_ids(transaction, now, limit))
