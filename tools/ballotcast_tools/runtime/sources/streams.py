"""One consumer of a stream: it reads in order, filters, calls its function, and remembers how far it has come.

    read ─ filter ─ collect a batch ─ call ─┬─ success ──────────────────────────── checkpoint
                                            └─ failure ─ halve or repeat ─ give up ─ letter and checkpoint, one commit

A kill between a call and its checkpoint calls again with the same records. Records that no filter lets through move the
checkpoint without a call; that alone is not worth a commit each time, so it is written with the next batch, or when
many have passed.
"""

import logging
from dataclasses import dataclass
from typing import Any

from ballotcast.clock import Clock
from ballotcast_tools.runtime.services.queues import Queues
from ballotcast_tools.runtime.services.streams import advance, changes, position, topic
from ballotcast_tools.runtime.storage.writer import Transaction
from ballotcast_tools.runtime.template.deployment import StreamSource, Table
from ballotcast_tools.runtime.template.names import arn

from .calls import FAILURES, Invoke, kind_of
from .filters import any_of
from .loop import PATIENCE, Loop
from .stream_events import Record, given_up, sequence_number

log = logging.getLogger(__name__)

LARGEST = 5_000_000
"""Characters of the items of one call; Lambda takes six megabytes."""
PASSED = 1000
"""Records after which a checkpoint is written though none of them was for the function."""
BREATH = 0.1
"""Seconds between two looks at a stream that had nothing for the function: each commit of its table is news."""
PAUSES = (0.1, 30.0)
"""Seconds before the first repetition, and at most: each pause is twice the one before."""


class Stopped(Exception):
    """The consumer ends before its batch is through; the next start continues it."""


@dataclass
class Batch:
    """Records for a call. `last`: the number of the last record read, whether it was for the function or not."""

    records: list[Record]
    last: int
    full: bool


class StreamConsumer:
    """Calls `function` with the records of a source; `table` is that of the source."""

    def __init__(
        self,
        function: str,
        source: StreamSource,
        table: Table,
        queues: Queues,
        invoke: Invoke,
        clock: Clock,
    ) -> None:
        self.name = source.name
        self.table = table
        self._function = function
        self._source = source
        self._database = queues.database
        self._queues = queues
        self._invoke = invoke
        self._clock = clock
        self._passes = any_of(source.patterns)
        self._checkpoint = self._seen = 0
        self._loop = Loop(self.name, self._database.watch(topic(table.name)), self._turn)

    @property
    def seen(self) -> int:
        """The number of the last record that this consumer needs no more, whether it was for its function or not."""
        return self._seen

    def start(self) -> None:
        self._checkpoint = self._seen = position(self._database.reader(), self.name)
        self._loop.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Return whether what ran has ended within `patience` seconds."""
        return self._loop.stop(patience)

    def _turn(self) -> float | None:
        batch = self._read()
        if batch.records and not batch.full and self._source.window_seconds:
            if not self._loop.pause(self._source.window_seconds):
                return None
            batch = self._read()
        if batch.records:
            try:
                self._deliver(batch.records, batch.last)
            except Stopped:
                return None
            return 0
        if batch.last > self._seen:
            self._seen = batch.last
            if self._seen - self._checkpoint >= PASSED:
                self._move(self._seen)
            self._loop.pause(BREATH)
        return 0 if batch.full else None

    def _read(self) -> Batch:
        """Read on from the last record that was seen, until a call is full or nothing more is there."""
        batch, size, limit = Batch([], self._seen, full=False), 0, max(self._source.batch_size, PASSED)
        found = changes(self._database.reader(), self.table.name, self._seen, limit)
        for change in found:
            record = Record(change)
            if self._passes(record.filtered):
                size += change.size
                if batch.records and size > LARGEST:
                    batch.full = True
                    break
                batch.records.append(record)
            batch.last = change.seq
            if len(batch.records) == self._source.batch_size:
                batch.full = True
                break
        batch.full = batch.full or len(found) == limit
        return batch

    def _deliver(self, records: list[Record], last: int) -> None:
        """Call the function until these records are through or given up. Raises Stopped.

        A batch is halved as often as possible before repetitions count, so that one bad record is found.
        """
        event = {"Records": [record.as_event(self.table) for record in records]}
        attempts = 0
        while True:
            error = self._call(event)
            if error is None:
                return self._move(last)
            attempts += 1
            if self._source.bisect and len(records) > 1:
                self._wait(0)
                half = len(records) // 2
                self._deliver(records[:half], records[half - 1].change.seq)
                return self._deliver(records[half:], last)
            if 0 <= self._source.retries < attempts:
                return self._give_up(records, last, attempts, error)
            self._wait(attempts - 1)

    def _call(self, event: dict[str, Any]) -> str | None:
        """Return None after success, and otherwise what kind of error it was. Raises Stopped, if the end causes it."""
        if self._loop.stopping:
            raise Stopped
        try:
            self._invoke(self._function, event)
        except FAILURES as error:
            if self._loop.stopping:
                raise Stopped from None
            log.warning("%s failed with %d records: %s", self.name, len(event["Records"]), kind_of(error))
            return "Unhandled"
        return None

    def _wait(self, failures: int) -> None:
        shortest, longest = PAUSES
        if not self._loop.pause(min(longest, shortest * 2 ** min(failures, 20))):
            raise Stopped

    def _move(self, seq: int) -> None:
        self._database.write(lambda transaction: advance(transaction, self.name, seq))
        self._checkpoint = self._seen = seq

    def _give_up(self, records: list[Record], last: int, attempts: int, error: str) -> None:
        given = [record.change for record in records]
        first, until = sequence_number(given[0]), sequence_number(given[-1])
        log.error("%s gave up records %s to %s after %d calls", self.name, first, until, attempts)
        function = arn("lambda", f"function:{self._function}")
        letter = given_up(self.table, function, given, attempts=attempts, error=error, now=self._clock())

        def write(transaction: Transaction) -> None:
            if self._source.on_failure is not None:
                self._queues.put(transaction, self._source.on_failure, letter)
            advance(transaction, self.name, last)

        self._database.write(write)
        self._checkpoint = self._seen = last
