"""What DynamoDB charges for a request, by its documented rules, and a meter that adds it up.

A write takes a unit for each started KB of the item, the larger of before and after; a read half a unit for each
started 4 KB, a whole one if strongly consistent; a transaction takes both twice. What is not there, and a write that
is refused, is charged as well. (Developer Guide: "DynamoDB on-demand capacity mode", "Item sizes and formats".)
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KB = 1024
READ = 4 * KB
OVERHEAD = 3
"""Bytes of a list or a map beside its elements, each of which has one of its own."""


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Bytes of an item as boto3 has it: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    size: int
    match kind:
        case "S":
            size = len(content.encode())
        case "B":
            size = len(content)
        case "N":
            size = (len(content.strip("-0")) + 1) // 2 + 1 + content.startswith("-")
        case "BOOL" | "NULL":
            size = 1
        case "L":
            size = OVERHEAD + sum(1 + _value_size(part) for part in content)
        case "M":
            size = OVERHEAD + len(content) + item_size(content)
        case _:
            raise ValueError(f"no size is known for a {kind}")
    return size


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
