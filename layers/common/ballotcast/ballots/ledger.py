"""The issuance ledger: one line for each right to vote that was ever on the roll, and the outcome of it.

    issuance.csv: `tag,added,ended,replaces,blinded_sha256`, then lines in ascending order of tag, each ended by LF

    tag             hex; only the voter can tell which line is theirs (`roll.tag`)
    added           the revision of the roll that it came with: 0 is the manifest's
    ended           the revision that asked to end it, or nothing
    replaces        the tag of the right that it takes the place of, or nothing
    blinded_sha256  hex, the hash of the blinded value that was signed, or nothing

A right has ended if that was asked for and no credential had been issued. A line that replaces another counts for
nothing if a credential was issued to one before it in its chain: one person, one credential.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from ballotcast.crypto import merkle

HEADER = "tag,added,ended,replaces,blinded_sha256"
_LINE = re.compile(rb"([0-9a-f]{64}),(0|[1-9][0-9]{0,14}),([1-9][0-9]{0,14})?,([0-9a-f]{64})?,([0-9a-f]{64})?\n")


class LedgerError(ValueError):
    """Bytes that are not an issuance ledger."""


class LedgerLine(NamedTuple):
    """Hashes are 32 bytes, or empty; `ended` is 0 where nothing was asked for."""

    tag: bytes
    added: int = 0
    ended: int = 0
    replaces: bytes = b""
    blinded_sha256: bytes = b""

    @classmethod
    def parse(cls, row: bytes) -> "LedgerLine":
        """Read a line with its LF. Raises LedgerError for any other spelling."""
        match = _LINE.fullmatch(row)
        if not match:
            raise LedgerError("not a tag, two revisions, a tag and a hash")
        tag, added, ended, replaces, blinded = (part.decode() for part in match.groups(b""))
        return cls(bytes.fromhex(tag), int(added), int(ended or 0), bytes.fromhex(replaces), bytes.fromhex(blinded))

    def encode(self) -> bytes:
        ended = self.ended or ""
        return f"{self.tag.hex()},{self.added},{ended},{self.replaces.hex()},{self.blinded_sha256.hex()}\n".encode()


class Ledger:
    """The lines in order of tag."""

    def __init__(self, lines: Iterable[LedgerLine]) -> None:
        self.lines = sorted(lines)

    @classmethod
    def parse(cls, data: bytes) -> "Ledger":
        """Read a ledger. Raises LedgerError unless its tags ascend and `encode` of the result gives `data` back."""
        _, *rows = data.splitlines(keepends=True) or [b""]
        ledger = cls(map(LedgerLine.parse, rows))
        if ledger.encode() != data or any(one.tag == next_.tag for one, next_ in pairwise(ledger.lines)):
            raise LedgerError("not the one spelling of a ledger")
        return ledger

    def encode(self) -> bytes:
        return b"".join((HEADER.encode() + b"\n", *(line.encode() for line in self.lines)))

    def rolls(self, newest: int) -> list[tuple[int, bytes]]:
        """Size and root (32 bytes) of the roll as of each revision, from 0 to the newest."""
        hashes = [merkle.leaf_hash(line.tag) for line in self.lines]  # once, whatever the number of revisions
        added: defaultdict[int, list[int]] = defaultdict(list)
        for at, line in enumerate(self.lines):
            added[line.added].append(at)
        rolls: list[tuple[int, bytes]] = []
        there: list[int] = []
        for revision in range(newest + 1):
            if revision and revision not in added:
                rolls.append(rolls[-1])
                continue
            there = sorted(there + added[revision])  # two ascending runs: linear in the lines that are there
            rolls.append((len(there), merkle.root([hashes[at] for at in there])))
        return rolls

    @property
    def issued(self) -> int:
        return sum(1 for line in self.lines if line.blinded_sha256)

    @property
    def voters(self) -> int:
        """How many people could vote: without rights that ended, and those whose person had voted by an earlier one."""
        by_tag = {line.tag: line for line in self.lines}
        return sum(1 for line in self.lines if not self._counts_for_nothing(line, by_tag))

    @staticmethod
    def _counts_for_nothing(line: LedgerLine, by_tag: Mapping[bytes, LedgerLine]) -> bool:
        if line.ended and not line.blinded_sha256:
            return True
        while before := by_tag.get(line.replaces):
            if before.blinded_sha256:
                return True
            line = before
        return False
