"""The proof that a receipt's promise was broken, as a file that anyone can check without asking a server.

The log has its ballots in ascending order of leaf hash. Two leaves next to each other, one below the receipt's hash and
one above it, leave no place for the ballot: it is absent, or the log is out of order, and either is a breach.
"""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.ballots import receipt
from ballotcast.ballots.faults import first_fault
from ballotcast.ballots.fields import Blob, Hash
from ballotcast.ballots.leaf import ClosingLeaf, LeafError
from ballotcast.ballots.leaf import parse as parse_leaf
from ballotcast.ballots.manifest import Manifest, ManifestError
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.crypto import canonical, merkle
from ballotcast.crypto.checkpoint import Checkpoint, CheckpointError
from ballotcast.crypto.signed_note import NoteError, Verifier

MAX_LENGTH = 256 * 1024
"""Bytes of a file: a manifest of 100,000 in base64url, and some thousands more."""

Hashes = Annotated[tuple[Hash, ...], Field(max_length=64, strict=False)]
Index = Annotated[int, Field(ge=1, le=canonical.MAX_INTEGER)]


class AbsenceError(ValueError):
    """A file that is not a proof of absence, or proves nothing. The message says what is wrong."""


class Proven(BaseModel):
    """A leaf with the proof that it is in the log at `index`."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    index: Index
    leaf_hash: Hash
    proof: Hashes


class Shown(NamedTuple):
    """What a proof shows: the ballot with this leaf hash is not under this final checkpoint of this election."""

    manifest: Manifest
    leaf_hash: bytes
    checkpoint: Checkpoint
    closing: ClosingLeaf


class Absence(BaseModel):
    """manifest, closing: their bytes. receipt, checkpoint: signed notes. neighbours: two, one at an end, none in a log
    without ballots."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    v: Literal["ballotcast/absence/1"] = "ballotcast/absence/1"
    manifest: Blob
    receipt: str
    checkpoint: str
    closing: Blob
    closing_proof: Hashes
    neighbours: Annotated[tuple[Proven, ...], Field(max_length=2, strict=False)]

    def encode(self) -> bytes:
        """The file: canonical JSON; bytes as base64url, hashes as hex."""
        return canonical.dumps(self.model_dump(mode="json"))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises AbsenceError unless `encode` of the result gives `data` back."""
        if len(data) > MAX_LENGTH:
            raise AbsenceError(f"longer than {MAX_LENGTH} bytes")
        try:
            canonical.loads(data)
            absence = cls.model_validate_json(data)
        except canonical.CanonicalError as error:
            raise AbsenceError(str(error)) from None
        except ValidationError as error:
            raise AbsenceError(" ".join(filter(None, first_fault(error)))) from None
        if absence.encode() != data:
            raise AbsenceError("a member is not in its one spelling")
        return absence

    def verify(self) -> Shown:
        """Return what the proof shows, if its signatures and hashes hold. Whose election it is, the manifest's hash
        says.

        Raises AbsenceError.
        """
        try:
            manifest = Manifest.parse(self.manifest)
            leaf_hash = receipt.open_receipt(self.receipt, manifest)
            checkpoint = Checkpoint.open(self.checkpoint, Verifier(manifest.origin, manifest.log_pk))
            closing = parse_leaf(self.closing)
        except ManifestError as error:
            raise AbsenceError(f"the manifest: {error}") from None
        except ReceiptError as error:
            raise AbsenceError(f"the receipt: {error}") from None
        except (NoteError, CheckpointError) as error:
            raise AbsenceError(f"the checkpoint: {error}") from None
        except LeafError as error:
            raise AbsenceError(f"the closing leaf: {error}") from None
        if not isinstance(closing, ClosingLeaf):
            raise AbsenceError("the last leaf does not close the log")
        last = Proven.model_construct(
            index=checkpoint.size - 1, leaf_hash=merkle.leaf_hash(self.closing), proof=self.closing_proof
        )
        for one, what in ((last, "the closing leaf"), *((neighbour, "a neighbour") for neighbour in self.neighbours)):
            if not merkle.verify_inclusion(one.leaf_hash, one.index, checkpoint.size, one.proof, checkpoint.root):
                raise AbsenceError(f"{what} is not in the log at the place that is named")
        self._require_gap(leaf_hash, range(checkpoint.size - 1 - closing.ballots, checkpoint.size - 1))
        return Shown(manifest, leaf_hash, checkpoint, closing)

    def _require_gap(self, leaf_hash: bytes, ballots: range) -> None:
        """Raise AbsenceError unless the neighbours are ballots and leave no place for this leaf hash between them."""
        if ballots.start < 1:
            raise AbsenceError("the closing leaf states more ballots than the log can have")
        if any(one.index not in ballots for one in self.neighbours):
            raise AbsenceError("a neighbour is not a ballot")
        below = [one for one in self.neighbours if one.leaf_hash < leaf_hash]
        above = [one for one in self.neighbours if one.leaf_hash > leaf_hash]
        if len(below) > 1 or len(above) > 1 or len(below) + len(above) != len(self.neighbours):
            raise AbsenceError("the neighbours are not one below and one above the receipt's hash")
        before = below[0].index if below else ballots.start - 1
        behind = above[0].index if above else ballots.stop
        if behind != before + 1:
            raise AbsenceError("the neighbours leave a place for the ballot between them")
