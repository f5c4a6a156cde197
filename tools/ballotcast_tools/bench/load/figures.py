"""Figures of one run: percentiles, and what the requests or voters of a run came to."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that at least `percent` per cent of `values` do not exceed; None of no values."""
    if not values:
        return None
    rank = max(1, math.ceil(len(values) * percent / 100))
    return sorted(values)[rank - 1]


@dataclass
class Tally:
    """What was done at once. `seconds`: the whole time; `latencies`: seconds of each that succeeded.

    `errors`: how many failed, by reason. `retries`: requests that the server turned away and that were sent again.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    retries: int = 0

    @property
    def completed(self) -> int:
        return len(self.latencies)

    @property
    def failed(self) -> int:
        return self.errors.total()

    @property
    def per_second(self) -> float:
        """How many succeeded in a second; 0 if none did."""
        return self.completed / self.seconds if self.seconds else 0.0

    def milliseconds(self, percent: float) -> float | None:
        """Return a percentile of the latencies in milliseconds, to 1/100; None if none succeeded."""
        found = percentile(self.latencies, percent)
        return None if found is None else round(found * 1000, 2)

    def add(self, other: "Tally") -> None:
        """Take in another run of the same that was made at another time."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.errors += other.errors
        self.retries += other.retries
