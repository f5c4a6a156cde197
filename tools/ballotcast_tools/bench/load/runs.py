"""What is measured: whole votes, casts alone (in turn with a stock server), and requests for some seconds."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median

from ballotcast.client.state import Cast

from .beside import Stock
from .casting import Casts, expect_success
from .figures import Tally
from .http1 import request
from .processes import Server, Watch
from .sending import Wanted, send
from .voting import Errand, Voted, vote

ROUNDS = 5
"""Parts in which casts are sent, ours and the stock server's in turn."""


@dataclass
class Side:
    """What one server and its client came to. `server_seconds` and `client_seconds` are CPU time; None if unknown.

    `rates`: successes a second, of each round. `peak_mb`: the most memory of all the server's processes, 10⁶ bytes.
    """

    tally: Tally = field(default_factory=Tally)
    rates: list[float] = field(default_factory=list)
    server_seconds: float | None = None
    client_seconds: float = 0.0
    peak_mb: float | None = None

    def add(self, tally: Tally, spent: Watch, client_seconds: float) -> None:
        """Take in one round."""
        self.tally.add(tally)
        self.rates.append(tally.per_second)
        self.client_seconds += client_seconds
        if spent.cpu_seconds is not None:
            self.server_seconds = (self.server_seconds or 0.0) + spent.cpu_seconds
        if spent.peak_mb is not None:
            self.peak_mb = max(self.peak_mb or 0.0, spent.peak_mb)

    @property
    def rate(self) -> float:
        """Successes a second, the median of the rounds."""
        return median(self.rates) if self.rates else 0.0

    def milliseconds_each(self, seconds: float | None) -> float | None:
        """Return `seconds` of CPU shared out to what succeeded, in milliseconds."""
        completed = self.tally.completed
        return None if seconds is None or not completed else round(seconds * 1000 / completed, 3)


@dataclass
class Timed:
    """Requests of one kind for some seconds. `stock`: the same kind at the stock server, if there is one."""

    what: str
    ours: Side
    stock: Side | None


def vote_wholly(
    address: str, server: Server, errands: Sequence[Errand], at_once: int, told: Callable[[int], None]
) -> tuple[Side, dict[int, str]]:
    """Have everybody vote with the real client. Return the figures, and each voter's receipt by number."""
    side = Side()
    with Watch(server) as spent:
        voted: Voted = vote(address, errands, at_once, "cast", told)
    side.add(voted.tally, spent, voted.client_seconds)
    return side, {number: state.receipt for number, state in voted.states.items() if isinstance(state, Cast)}


def cast_in_turn(ours: Casts, server: Server, stock: tuple[Casts, Stock] | None, at_once: int) -> tuple[Side, Side]:
    """Send all ballots once to either server; the second side is empty without a stock server."""
    sides = Side(), Side()
    rounds = ROUNDS if stock and len(ours.numbers) >= ROUNDS * at_once else 1
    for part in range(rounds):
        numbers = ours.numbers[part::rounds]
        _measure(sides[0], server, ours.address, ours.each(numbers), at_once)
        if stock:
            _measure(sides[1], stock[1].server, stock[1].address, stock[0].each(numbers), at_once)
    return sides


def send_for(
    seconds: float, at_once: int, server: Server, ours: Casts, manifest: str, stock: tuple[Casts, Stock] | None
) -> Iterator[Timed]:
    """Send one kind of request for `seconds`, then the next: health, the manifest at path `manifest`, repeated casts.

    The casts are those that `ours` and the stock server's have already sent. A repeated cast is verified and
    acknowledged as the first one was; but nothing is written.
    """

    def gets(address: str, path: str) -> Iterator[Wanted]:
        return cycle([Wanted(request(address, "GET", path), expect_success)])

    def timed(what: str, mine: Iterator[Wanted], theirs: Iterator[Wanted] | None) -> Timed:
        side = Side()
        _measure(side, server, ours.address, mine, at_once, seconds)
        other = None
        if stock and theirs is not None:
            other = Side()
            _measure(other, stock[1].server, stock[1].address, theirs, at_once, seconds)
        return Timed(what, side, other)

    there = stock[1].address if stock else ""
    yield timed("GET health", gets(ours.address, "/vote/health"), gets(there, "/health") if stock else None)
    yield timed("GET manifest", gets(ours.address, manifest), gets(there, "/manifest") if stock else None)
    if ours.numbers:
        again = stock[0].each(cycle(stock[0].numbers)) if stock else None
        yield timed("POST ballot, repeated", ours.each(cycle(ours.numbers)), again)


def _measure(
    side: Side, server: Server, address: str, wanted: Iterator[Wanted], at_once: int, seconds: float | None = None
) -> None:
    with Watch(server) as spent:
        before = time.process_time()
        tally = send(address, wanted, at_once, seconds)
        client_seconds = time.process_time() - before
    side.add(tally, spent, client_seconds)
