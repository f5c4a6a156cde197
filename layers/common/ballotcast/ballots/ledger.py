"""The issuance ledger: one line for each voter on the roll, with the hash of the blinded value signed for them, if any.

    issuance.csv: `tag,blinded_sha256`, then lines of lower-case hex in ascending order of tag, each ended by LF; the
    second field is empty where nothing was issued.

Only the voter can tell which line is theirs (`roll.tag`), and can see that it is empty, or holds their own value.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from ballotcast.ballots.roll import roll_root
from ballotcast.crypto.encoding import EncodingError, hex_decode

HEADER = "tag,blinded_sha256"
HASH_LENGTH = 32


class LedgerError(ValueError):
    """Bytes that are not an issuance ledger."""


class LedgerLine(NamedTuple):
    """tag: 32 bytes. blinded_sha256: 32 bytes, or empty."""

    tag: bytes
    blinded_sha256: bytes


class Ledger:
    """The lines in order of tag."""

    def __init__(self, lines: Iterable[LedgerLine]) -> None:
        self.lines = sorted(lines)

    @classmethod
    def parse(cls, data: bytes) -> "Ledger":
        """Read a ledger. Raises LedgerError unless its tags ascend and `encode` of the result gives `data` back."""
        try:
            ledger = cls(map(_line, data.decode("ascii").split("\n")[1:-1]))
        except ValueError as error:
            raise LedgerError(f"a line of the ledger cannot be read: {error}") from None
        if ledger.encode() != data or any(one.tag == next_.tag for one, next_ in pairwise(ledger.lines)):
            raise LedgerError("not the one spelling of a ledger")
        return ledger

    def encode(self) -> bytes:
        rows = (f"{line.tag.hex()},{line.blinded_sha256.hex()}" for line in self.lines)
        return "".join(f"{row}\n" for row in (HEADER, *rows)).encode()

    @property
    def roll_size(self) -> int:
        return len(self.lines)

    @property
    def roll_root(self) -> bytes:
        """The root that the log knows this roll by, 32 bytes."""
        return roll_root(line.tag for line in self.lines)

    @property
    def issued(self) -> int:
        return sum(1 for line in self.lines if line.blinded_sha256)


def _line(row: str) -> LedgerLine:
    first, comma, second = row.partition(",")
    line = LedgerLine(hex_decode(first), hex_decode(second))
    if not comma or len(line.tag) != HASH_LENGTH or len(line.blinded_sha256) not in (0, HASH_LENGTH):
        raise EncodingError("a tag, a comma, and a hash or nothing")
    return line
