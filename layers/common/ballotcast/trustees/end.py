"""The end of an election as a file: all that a trustee checks before it agrees to open the ballots, without a network.

    JCS{v, manifest, checkpoint, amendments, start_proof, closing, closing_proof}

The log begins with the manifest's leaf and these amendments, and ends with the closing leaf. Between them is room for
its ballots only, so no amendment is kept back from anyone who checks the file.
"""

from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.faults import first_fault
from ballotcast.ballots.fields import Blob, Hash
from ballotcast.ballots.leaf import ClosingLeaf, LeafError, ManifestLeaf, parse
from ballotcast.ballots.manifest import Manifest, ManifestError
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import canonical, merkle
from ballotcast.crypto.checkpoint import Checkpoint, CheckpointError
from ballotcast.crypto.signed_note import NoteError, Verifier
from ballotcast.elections.amendment_audit import AmendmentAudit
from ballotcast.trustees.faults import WORDS, CeremonyError, Reason
from ballotcast.trustees.secrets import OutOfTurn, Secrets

LABEL: Final = "ballotcast/end/1"
MAX_LENGTH = 4 * 1024 * 1024
"""Bytes of a file; the amendments of an election have 1 MiB at most, and in base64url a third more."""

Hashes = Annotated[tuple[Hash, ...], Field(max_length=64, strict=False)]


class ProvenEnd(NamedTuple):
    """What the file proves, but for the clock. closes_at: the end in force, extensions among the amendments included.

    An extension that the log's writer kept from this log is not in it: look whether this is the end that was announced.
    """

    checkpoint: Checkpoint
    title: str
    closes_at: datetime
    ballots: int


class End(BaseModel):
    """manifest, closing, amendments: bytes, the leaves with their kind. checkpoint: the signed note.

    start_proof: that the log has grown from the manifest's leaf and the amendments. closing_proof: that it ends with
    the closing leaf.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    v: Literal["ballotcast/end/1"] = LABEL
    manifest: Blob
    checkpoint: str
    amendments: Annotated[tuple[Blob, ...], Field(max_length=10_000, strict=False)]
    start_proof: Hashes
    closing: Blob
    closing_proof: Hashes

    def encode(self) -> bytes:
        return canonical.dumps(self.model_dump(mode="json"))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """CeremonyError unless `encode` of the result gives `data` back."""
        if len(data) > MAX_LENGTH:
            raise _malformed(f"longer than {MAX_LENGTH} bytes")
        try:
            canonical.loads(data)
            end = cls.model_validate_json(data)
        except canonical.CanonicalError as error:
            raise _malformed(str(error)) from None
        except ValidationError as error:
            raise _malformed(" ".join(filter(None, first_fault(error)))) from None
        if end.encode() != data:
            raise _malformed("a member is not in its one spelling")
        return end

    def require(self, manifest_hash: bytes, now: datetime) -> Checkpoint:
        """The final checkpoint. CeremonyError unless it is one of this manifest, and voting has ended.

        now: by the trustee's own clock. It decides, and not what the closing leaf says: an organiser may have ended
        voting early, but until the end in force passes, somebody else might still vote under another log.
        """
        proven = self.prove(manifest_hash)
        if now < proven.closes_at:
            until = to_rfc3339(proven.closes_at)
            raise CeremonyError(Reason.STILL_OPEN, told=f"by this clock, voting is open until {until}")
        return proven.checkpoint

    def prove(self, manifest_hash: bytes) -> ProvenEnd:
        """CeremonyError unless it is the end of the log of this manifest."""
        try:
            manifest = Manifest.parse(self.manifest)
            checkpoint = Checkpoint.open(self.checkpoint, Verifier(manifest.origin, manifest.log_pk))
            closing = parse(self.closing)
            amendments = [parse(one) for one in self.amendments]
        except (ManifestError, NoteError, CheckpointError, LeafError) as error:
            raise _not_final(str(error)) from None
        if manifest.hash != manifest_hash:
            raise CeremonyError(Reason.OTHER_MANIFEST, told="this is the end of another election")
        if not isinstance(closing, ClosingLeaf):
            raise _not_final("the last leaf does not close the log")
        starts = [merkle.leaf_hash(one) for one in (ManifestLeaf(manifest_hash).encode(), *self.amendments)]
        if len(starts) + closing.ballots + 1 != checkpoint.size:
            raise _not_final("not as many leaves as amendments and ballots")
        self._require_log(starts, checkpoint)
        audit = AmendmentAudit(manifest)
        for amendment in amendments:
            fault = audit.take(amendment) if isinstance(amendment, AmendmentLeaf) else "it is something else"
            if fault:
                raise _not_final(f"an amendment may not be there: {fault}")
        if not manifest.opens_at <= closing.closed_at or not audit.could_close(closing.closed_at):
            raise _not_final("voting cannot have ended when the log says")
        return ProvenEnd(checkpoint, manifest.title, audit.closes_at, closing.ballots)

    def _require_log(self, starts: list[bytes], checkpoint: Checkpoint) -> None:
        """CeremonyError unless the log under the checkpoint begins and ends as the file says."""
        size, root, last = checkpoint.size, checkpoint.root, merkle.leaf_hash(self.closing)
        if not merkle.verify_consistency(len(starts), size, merkle.root(starts), root, self.start_proof):
            raise _not_final("the log does not begin with the manifest and these amendments")
        if not merkle.verify_inclusion(last, size - 1, size, self.closing_proof, root):
            raise _not_final("the log does not end with this leaf")


def agree(secrets: Secrets, end: End, now: datetime) -> Secrets:
    """Agree to open the ballots, if this is the end of the election that was confirmed, and it has passed."""
    if not secrets.confirmation:
        raise OutOfTurn("a trustee agrees to nothing that it has not confirmed")
    return secrets.with_agreement(end.require(secrets.confirmation.manifest, now))


def _malformed(told: str) -> CeremonyError:
    return CeremonyError(Reason.MALFORMED, told=f"{WORDS[Reason.MALFORMED]}: {told}")


def _not_final(told: str) -> CeremonyError:
    return CeremonyError(Reason.NOT_FINAL, told=f"{WORDS[Reason.NOT_FINAL]}: {told}")
