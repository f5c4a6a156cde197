"""From UDP to a channel: one datagram, one record; batches upward, in order, each published once.

Two threads. The receiver empties the socket into memory that is bounded; the sender publishes batch after batch, one
under way at a time, and repeats a batch under its own Idempotency-Key until the answer is known. While the channel
pushes back (429, 503) or is out of reach, records collect; when the memory is used up, new ones are dropped. Every
datagram ends up counted, as published or by the reason for which it was dropped.
"""

import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from uuid import uuid4

from .udp import LARGEST_DATAGRAM, overflowed
from .waiting import Limits, Waiting

MEMORY_FULL = "memory full"
SOCKET_OVERFLOWED = "socket buffer full"
NOT_SENT = "not sent before the end"
UNKNOWN = "under way at the end, outcome unknown"

AT_ONCE = 1000
"""Datagrams taken from the socket before they are handed on."""
LAST_READ = 1.0
"""Seconds for which a closing bridge still reads what had arrived."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds before a batch is tried again, doubling; a longer Retry-After is kept."""

Check = Callable[[bytes], str | None]
"""Why these bytes are no record of the channel; None if they are one."""


class Busy(Exception):
    """Try the same batch again, not before `after` seconds; the message says why."""

    def __init__(self, why: str, after: float = 0) -> None:
        super().__init__(why)
        self.after = after


class Unfit(Exception):
    """The channel refused the batch for these records: index → reason."""

    def __init__(self, records: Mapping[int, str]) -> None:
        super().__init__(f"{len(records)} records refused")
        self.records = records


Publish = Callable[[Sequence[bytes], str], None]
"""Publishes records under an Idempotency-Key. Busy, Unfit; any other exception ends the bridge."""


@dataclass
class Counts:
    """Records. `received` = `published` + `waiting` + the sum of `dropped`, but for what the socket itself dropped."""

    received: int = 0
    published: int = 0
    waiting: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


class Bridge:
    """`start`, `wait` as long as it is to run, `close`. The bridge owns the socket."""

    def __init__(self, taken: socket.socket, check: Check, publish: Publish, limits: Limits) -> None:
        self._socket, self._check, self._publish = taken, check, publish
        self._waiting = Waiting(limits)
        self._counts = Counts()
        self._under_way = 0
        self.trouble = ""
        """Why the batch under way is not through yet; empty while all goes well."""
        self._changed = Condition()
        self._closing, self._given_up = Event(), Event()
        # Waited for instead of the threads: a `join` that Ctrl-C interrupts leaves Python 3.11 and 3.12 believing that
        # the thread has ended.
        self._all_arrived, self._all_sent = Event(), Event()
        self._failure: Exception | None = None

    def start(self) -> None:
        self._socket.setblocking(False)
        for run, ended in ((self._receive, self._all_arrived), (self._send, self._all_sent)):
            Thread(target=self._guarded, args=(run, ended), daemon=True).start()

    @property
    def counts(self) -> Counts:
        with self._changed:
            dropped = self._counts.dropped.copy()
            if lost := overflowed(self._socket):
                dropped[SOCKET_OVERFLOWED] = lost
            return Counts(self._counts.received, self._counts.published, len(self._waiting) + self._under_way, dropped)

    def pause(self, seconds: float) -> None:
        """For anyone who publishes: Busy as soon as the bridge does not continue any more."""
        if self._given_up.wait(seconds):
            raise Busy("the bridge ends")

    def wait(self, seconds: float) -> None:
        """Returns early when the bridge cannot continue; then raises why."""
        self._all_sent.wait(seconds)
        if self._failure:
            raise self._failure

    def close(self, within: float) -> Counts:
        """Take what has arrived, send what waits, for at most `within` seconds. The final counts: nothing waits."""
        self._closing.set()
        self._all_arrived.wait()
        self._all_sent.wait(within)
        self._give_up()
        self._all_sent.wait()
        with self._changed:
            if self._under_way:
                self._counts.dropped[UNKNOWN] += self._under_way
            if self._waiting:
                self._counts.dropped[NOT_SENT] += len(self._waiting)
            if lost := overflowed(self._socket):
                self._counts.dropped[SOCKET_OVERFLOWED] = lost
            self._under_way, self._waiting = 0, Waiting(Limits())
            self._socket.close()
        return self.counts

    def _guarded(self, run: Callable[[], None], ended: Event) -> None:
        try:
            run()
        except Exception as failure:  # noqa: BLE001 - the threads' edge: `wait` raises it where it is seen
            self._failure = failure
            self._give_up()
        finally:
            ended.set()
            with self._changed:
                self._changed.notify_all()

    def _give_up(self) -> None:
        self._given_up.set()
        with self._changed:
            self._changed.notify_all()

    def _receive(self) -> None:
        while not self._closing.is_set():
            if select.select([self._socket], [], [], 0.1)[0]:
                self._keep(self._arrived())
        last = time.monotonic() + LAST_READ
        while time.monotonic() < last and (datagrams := self._arrived()):
            self._keep(datagrams)

    def _arrived(self) -> list[bytes]:
        datagrams: list[bytes] = []
        try:
            while len(datagrams) < AT_ONCE:
                datagrams.append(self._socket.recv(LARGEST_DATAGRAM))
        except BlockingIOError:
            pass
        return datagrams

    def _keep(self, datagrams: Sequence[bytes]) -> None:
        now = time.monotonic()
        judged = [(datagram, self._check(datagram)) for datagram in datagrams]
        with self._changed:
            self._counts.received += len(judged)
            for datagram, wrong in judged:
                if wrong is None and not self._waiting.add(datagram, now):
                    wrong = MEMORY_FULL
                if wrong is not None:
                    self._counts.dropped[wrong] += 1
            self._changed.notify_all()

    def _send(self) -> None:
        while batch := self._next_batch():
            self._deliver(batch)

    def _next_batch(self) -> list[bytes]:
        """Waits for one that is due; empty at the end."""
        with self._changed:
            while not self._given_up.is_set():
                now = time.monotonic()
                if self._waiting.due_at <= now or self._all_arrived.is_set():
                    batch = self._waiting.take()
                    self._under_way = len(batch)
                    return batch
                self._changed.wait(min(self._waiting.due_at - now, 1.0))
        return []

    def _deliver(self, batch: list[bytes]) -> None:
        key, pause = str(uuid4()), FIRST_PAUSE
        while batch:
            try:
                self._publish(batch, key)
            except Busy as busy:
                self.trouble = str(busy)
                if self._given_up.wait(max(busy.after, pause)):
                    return
                pause = min(pause * 2, LONGEST_PAUSE)
            except Unfit as unfit:
                fit = [record for index, record in enumerate(batch) if index not in unfit.records]
                if len(fit) == len(batch):
                    raise
                batch = fit
                key = str(uuid4())
                with self._changed:
                    self._counts.dropped.update(unfit.records.values())
                    self._under_way = len(batch)
            else:
                self.trouble = ""
                with self._changed:
                    self._counts.published += len(batch)
                    self._under_way = 0
                return
