"""The leaves of an election's log: what each entry says, in the bytes that are hashed.

    0x00‖M, the first | 0x02‖JCS{at, reason, …} | 0x01‖ballot | 0x03‖JCS{closed_at, ballots, …}, the last

Ballots enter the log at the close only, in ascending order of their hashes.

Receipts and the API name a leaf by `merkle.leaf_hash` of these bytes.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.faults import first_fault
from ballotcast.ballots.fields import Hash, UtcSecond
from ballotcast.crypto import canonical


class LeafError(ValueError):
    """Bytes that are not a leaf of an election's log."""


@dataclass(frozen=True, slots=True)
class ManifestLeaf:
    """The first leaf: the election is the one with this manifest hash (32 bytes)."""

    manifest_hash: bytes

    def encode(self) -> bytes:
        """0x00‖M"""
        return b"\x00" + self.manifest_hash


@dataclass(frozen=True, slots=True, repr=False)
class BallotLeaf:
    """A ballot, whole and still sealed. No `repr`: it has no place in a log."""

    ballot: bytes

    def encode(self) -> bytes:
        """0x01‖ballot"""
        return b"\x01" + self.ballot


Count = Annotated[int, Field(ge=0, le=canonical.MAX_INTEGER)]


class ClosingLeaf(BaseModel):
    """The last leaf: when voting closed, and what is counted. A checkpoint over it is final.

    ballots: the leaves before this one that are ballots. issued: credentials, the filled lines of the ledger.
    ledger_sha256: of `issuance.csv`. roll_revision: the newest revision of the roll.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    v: Literal[2] = 2
    closed_at: UtcSecond
    ballots: Count
    issued: Count
    ledger_sha256: Hash
    roll_revision: Count

    def encode(self) -> bytes:
        """0x03‖JCS{v, closed_at, ballots, issued, ledger_sha256, roll_revision}"""
        return b"\x03" + canonical.dumps(self.model_dump(mode="json"))


Leaf = ManifestLeaf | BallotLeaf | AmendmentLeaf | ClosingLeaf


def parse(data: bytes) -> Leaf:
    """Read a leaf. Raises LeafError unless `encode` of the result gives `data` back."""
    body = data[1:]
    leaf: Leaf
    try:
        match data[:1]:
            case b"\x00":
                leaf = ManifestLeaf(body)
            case b"\x01":
                leaf = BallotLeaf(body)
            case b"\x02":
                leaf = AmendmentLeaf.model_validate_json(body)
            case b"\x03":
                leaf = ClosingLeaf.model_validate_json(body)
            case _:
                raise LeafError("unknown kind of leaf")
    except ValidationError as error:
        raise LeafError(" ".join(filter(None, first_fault(error)))) from None
    if leaf.encode() != data or (isinstance(leaf, ManifestLeaf) and len(body) != 32):
        raise LeafError("not the canonical bytes of a leaf")
    return leaf
