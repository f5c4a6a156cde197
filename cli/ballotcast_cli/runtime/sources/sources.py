"""All sources of a deployment, started and stopped together."""

import time
from threading import Thread
from typing import Protocol

from ballotcast.clock import Clock
from ballotcast_cli.runtime.services.queue_upkeep import release_all
from ballotcast_cli.runtime.services.queues import Queues
from ballotcast_cli.runtime.template.deployment import Deployment, QueueSource, ScheduleSource, StreamSource

from .calls import Invoke
from .clock import Rule, Timetable
from .loop import PATIENCE
from .queues import QueuePoller
from .streams import StreamConsumer
from .upkeep import Upkeep


class _Source(Protocol):
    def start(self) -> None: ...

    def stop(self, patience: float = ...) -> bool: ...


class Sources:
    """Raises what a source raises that cannot be understood: UnknownPattern, UnknownQueue."""

    def __init__(self, deployment: Deployment, queues: Queues, invoke: Invoke, clock: Clock) -> None:
        self._queues = queues
        consumers: dict[str, list[str]] = {name: [] for name in deployment.tables}
        made: list[_Source] = [Timetable(queues.database, invoke, clock)]
        for function in deployment.functions.values():
            for source in function.sources:
                match source:
                    case StreamSource():
                        table = deployment.tables[source.table]
                        made.append(StreamConsumer(function.id, source, table, queues, invoke, clock))
                        consumers[source.table].append(source.name)
                    case QueueSource():
                        made.append(QueuePoller(function.id, source, queues, invoke))
                    case ScheduleSource():
                        made.append(Rule(function.id, source, invoke, clock))
        self._sources = (*made, Upkeep(queues, deployment.queues.values(), consumers, clock))

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
