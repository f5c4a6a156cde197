"""One poller of a queue: it receives batches and calls a function with them, some at the same time.

    receive, one commit ─ call ─┬─ success: delete                                        ┐ one commit
                                └─ failure: visible when its timeout, or the function, says ┘

While the call waits and runs, its messages stay invisible, however long that takes: nobody else can hold them on one
machine, and after a kill the next start makes them visible (services/queue_upkeep.py).
"""

import logging
import time
from threading import Event

from ballotcast_tools.runtime.services.queues import Queues, Received
from ballotcast_tools.runtime.services.sqs import LONGEST
from ballotcast_tools.runtime.storage.writer import StorageFailed
from ballotcast_tools.runtime.template.deployment import QueueSource

from .calls import FAILURES, Invoke, kind_of
from .loop import PATIENCE, Loop
from .queue_events import Malformed, failures, queue_event

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Calls of a source that states no limit: a machine is not a region."""
AGAIN = 1.0
"""Seconds until an outcome that could not be stored is stored again."""


class QueuePoller:
    """Calls `function` with the messages of a source's queue; one loop for each call that may run at the same time."""

    def __init__(self, function: str, source: QueueSource, queues: Queues, invoke: Invoke) -> None:
        self.name = source.name
        self._function = function
        self._source = source
        self._queue = queues.find(source.queue)
        self._queues = queues
        self._invoke = invoke
        self._stopping = Event()
        self._loops = [
            Loop(f"{self.name}-{number}", queues.database.watch(f"queue:{source.queue}"), self._turn)
            for number in range(source.concurrency or AT_ONCE)
        ]

    def start(self) -> None:
        for loop in self._loops:
            loop.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Receive nothing more, and return whether the calls ended within `patience` seconds."""
        self._stopping.set()
        until = time.monotonic() + patience
        for loop in self._loops:
            loop.end()
        ended = [loop.stop(max(0.0, until - time.monotonic())) for loop in self._loops]
        return all(ended)

    def _turn(self) -> float | None:
        due = self._queues.next_due(self._queue.name)
        if due is None:
            return None
        left = (due - self._queues.now()) / 1000
        if left > 0:
            return left
        limit = self._source.batch_size
        messages = self._queues.database.write(
            lambda transaction: self._queues.receive(transaction, self._queue.name, limit, LONGEST * 1000)
        )
        if messages:
            again = self._queues.now() + self._queue.visibility_timeout * 1000
            self._settle(messages, self._call(messages), again)
        return 0

    def _call(self, messages: list[Received]) -> list[Received]:
        """Return the messages that failed."""
        try:
            response = self._invoke(self._function, queue_event(self._queue, messages))
            return failures(response, messages) if self._source.reports_failures else []
        except (*FAILURES, Malformed) as error:
            log.warning("%s failed with %d messages: %s", self.name, len(messages), kind_of(error))
        except Exception:  # the edge: whatever it was, the messages come again
            log.exception("%s failed with %d messages", self.name, len(messages))
        return messages

    def _settle(self, messages: list[Received], failed: list[Received], again: int) -> None:
        names = {message.row.id for message in failed}
        done = [message for message in messages if message.row.id not in names]
        while True:
            try:
                return self._queues.database.write(
                    lambda transaction: self._queues.settle(transaction, self._queue.name, done, failed, again)
                )
            except StorageFailed:
                if self._queues.database.failure is not None or self._stopping.wait(AGAIN):
                    raise
