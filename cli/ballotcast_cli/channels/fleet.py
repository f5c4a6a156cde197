"""All channels of a host at once: a bridge for each, begun and ended as channels come and go, begun again if it fails.

A bridge that cannot be opened, or that the channel turns away, is tried again after 1, 2, 4 … 60 seconds; the others do
not notice. While the API cannot be reached, what runs continues.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ballotcast.client.errors import ClientError

from .bridge import Bridge, Counts

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


@dataclass(frozen=True)
class Served:
    """A channel as it is to be served: another generation or port is another bridge."""

    name: str
    born: int
    port: int


@dataclass
class _Waiting:
    until: float
    pause: float


class Fleet:
    """`find`: the channels to serve; `begin`: a started bridge, or what prevents it; `tell`: a line for people."""

    def __init__(
        self,
        find: Callable[[], Iterable[Served]],
        begin: Callable[[Served], Bridge],
        tell: Callable[[str], object],
        *,
        drain: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find, self._begin, self._tell = find, begin, tell
        self._drain, self._clock = drain, clock
        self._running: dict[Served, Bridge] = {}
        self._waiting: dict[Served, _Waiting] = {}
        self._ended = Counts()

    @property
    def served(self) -> list[str]:
        return sorted(one.name for one in self._running)

    @property
    def counts(self) -> Counts:
        """Of all bridges, those too that have ended."""
        return _sum([self._ended, *(bridge.counts for bridge in self._running.values())])

    def look(self) -> None:
        """End what is not to be served any more or has failed, and begin what is."""
        for served, bridge in list(self._running.items()):
            try:
                bridge.wait(0)
            except Exception as failure:  # noqa: BLE001 - the edge between channels: whatever ends one is not the others'
                self._end(served, 0, f"{served.name} failed: {failure}")
                self._wait(served)
        try:
            wanted = set(self._find())
        except (ClientError, OSError, ValueError) as error:  # the API, or the file of keys while it is written
            self._tell(f"the channels cannot be listed: {error}")
            return
        for served in self._running.keys() - wanted:
            self._end(served, self._drain, f"{served.name} is not served any more")
        self._waiting = {served: one for served, one in self._waiting.items() if served in wanted}
        for served in sorted(wanted - self._running.keys(), key=lambda one: one.name):
            self._try(served)

    def close(self) -> Counts:
        """End all, each after what has arrived is sent, for at most the `drain` seconds together."""
        until = self._clock() + self._drain
        for served in list(self._running):
            self._end(served, max(0.0, until - self._clock()), "")
        return self._ended

    def _try(self, served: Served) -> None:
        waiting = self._waiting.get(served)
        if waiting and self._clock() < waiting.until:
            return
        try:
            self._running[served] = self._begin(served)
        except Exception as error:  # noqa: BLE001 - the edge between channels: a schema that is not known here, a key gone
            self._tell(f"{served.name} on port {served.port}: {error}")
            self._wait(served)
        else:
            self._tell(f"UDP port {served.port} → {served.name}")

    def _wait(self, served: Served) -> None:
        before = self._waiting.get(served)
        pause = min(before.pause * 2, LONGEST_PAUSE) if before else FIRST_PAUSE
        self._waiting[served] = _Waiting(self._clock() + pause, pause)

    def _end(self, served: Served, drain: float, why: str) -> None:
        self._ended = _sum([self._ended, self._running.pop(served).close(drain)])
        if why:
            self._tell(why)


def _sum(all_of_them: Iterable[Counts]) -> Counts:
    total = Counts()
    for one in all_of_them:
        total.received += one.received
        total.published += one.published
        total.waiting += one.waiting
        total.dropped.update(one.dropped)
    return total
