"""What DynamoDB charges for a request, by its documented rules, and a meter that adds it up.

A write takes a unit for each started KB of the item, the larger of before and after; a read half a unit for each
started 4 KB, a whole one if strongly consistent; a transaction takes both twice. What is not there, and a write that
is refused, is charged as well. (Developer Guide: "DynamoDB on-demand capacity mode", "Item sizes and formats".)
"""

from collections import Counter
from dataclasses import dataclass, field

KB = 1024
READ = 4 * KB


def write_units(before: int, after: int) -> int:
    """Of one write, given the item's sizes in bytes (0: it is not there)."""
    return max(1, -(-max(before, after) // KB))


def read_units(size: int, *, consistent: bool) -> float:
    """Of one read of `size` bytes."""
    return max(1, -(-size // READ)) * (1.0 if consistent else 0.5)


@dataclass
class Meter:
    """What was asked of AWS: requests by name; units; bytes of the largest item written, and of objects moved."""

    requests: Counter[str] = field(default_factory=Counter)
    reads: float = 0
    writes: float = 0
    largest: int = 0
    moved: int = 0

    def add(self, other: "Meter") -> None:
        self.requests.update(other.requests)
        self.reads += other.reads
        self.writes += other.writes
        self.largest = max(self.largest, other.largest)
        self.moved += other.moved

    def take(self) -> "Meter":
        """What was counted since the last time."""
        taken = Meter(Counter(self.requests), self.reads, self.writes, self.largest, self.moved)
        self.requests.clear()
        self.reads = self.writes = self.largest = self.moved = 0
        return taken
