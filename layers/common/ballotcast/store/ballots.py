"""The ballot box: cast ballots as they came, and nothing else; no time, no sequence, no address.

Board   BALLOT#<election>#<xx> / <hex H(vk)>    b = the ballot's bytes; xx = first byte of H(vk)
"""

import hashlib
from collections.abc import Iterator

from ballotcast.store.table import ABSENT, Refusal, Table

PARTITIONS = tuple(f"{byte:02x}" for byte in range(256))
VK = slice(33, 98)
"""Where a ballot (wire format) holds its credential key."""


def ballot_pk(election: str, partition: str) -> str:
    return f"BALLOT#{election}#{partition}"


def ballot_key(ballot: bytes) -> str:
    return hashlib.sha256(ballot[VK]).hexdigest()


class AlreadyCast(Exception):
    """Nothing was written: `ballot` is what this credential cast before, the same one or another."""

    def __init__(self, ballot: bytes) -> None:
        super().__init__("a ballot was cast with this credential before")
        self.ballot = ballot


class Ballots:
    def __init__(self, board: Table) -> None:
        self._board = board

    def cast(self, election: str, ballot: bytes) -> None:
        """Put the ballot into the box by one conditional put. Raises AlreadyCast."""
        key = ballot_key(ballot)
        try:
            self._board.put({"pk": ballot_pk(election, key[:2]), "sk": key, "b": ballot}, ABSENT)
        except Refusal as refused:
            raise AlreadyCast(refused.item["b"]) from None

    def find(self, election: str, ballot: bytes) -> bytes | None:
        """Return the ballot cast with the same credential, if there is one."""
        key = ballot_key(ballot)
        item = self._board.get(ballot_pk(election, key[:2]), key)
        return item["b"] if item else None

    def in_partition(self, election: str, partition: str) -> Iterator[bytes]:
        """Return every ballot of a partition, strongly consistent."""
        return (item["b"] for item in self._board.query(ballot_pk(election, partition)))
