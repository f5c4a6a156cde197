"""Records that wait to be published: bounded in bytes, taken in order, in batches by count, size and age.

Times are seconds of any clock that does not go back; the caller passes them.
"""

from collections import deque
from dataclasses import dataclass
from math import inf

OVERHEAD = 128
"""What holding a record costs next to its bytes, in CPython; so that the bound is one of memory."""


@dataclass(frozen=True)
class Limits:
    """`records` and `size` (bytes) of a batch; `age`: seconds a record waits for company; `held`: bytes in all."""

    records: int = 1000
    size: int = 500_000
    age: float = 0.5
    held: int = 64 * 2**20


class Waiting:
    """Not safe under threads: the caller locks."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._records: deque[tuple[bytes, float]] = deque()
        self._size = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def held(self) -> int:
        """Bytes of memory."""
        return self._size + OVERHEAD * len(self._records)

    def add(self, record: bytes, now: float) -> bool:
        """Return False, and nothing kept, when the record would go over `held`."""
        if self.held + len(record) + OVERHEAD > self._limits.held:
            return False
        self._records.append((record, now))
        self._size += len(record)
        return True

    @property
    def due_at(self) -> float:
        """When a batch is to be taken: -inf if one is full, inf if nothing waits."""
        if not self._records:
            return inf
        if len(self._records) >= self._limits.records or self._size >= self._limits.size:
            return -inf
        return self._records[0][1] + self._limits.age

    def take(self) -> list[bytes]:
        """Return the oldest records, within a batch's limits; one that is over `size` by itself goes alone."""
        batch: list[bytes] = []
        size = 0
        while self._records and len(batch) < self._limits.records:
            length = len(self._records[0][0])
            if batch and size + length > self._limits.size:
                break
            batch.append(self._records.popleft()[0])
            size += length
        self._size -= size
        return batch
