"""What one trustee keeps of one attempt: its private keys, what it made of them, and what it has signed.

Every step returns new secrets with the message that it made; write them down before the message is sent. A step that is
repeated returns the same message, since a second one of the same round would prove that the trustee cheats. So a
trustee may be interrupted anywhere.

    join → deal → confirm (or complain) → agree → release
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.ballots.faults import first_fault
from ballotcast.ballots.named_trustees import MOST
from ballotcast.crypto import canonical, hpke, p256, schnorr, secret_sharing
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.agreement import Agreement, require_agreements
from ballotcast.trustees.complaint import Complaint
from ballotcast.trustees.confirmation import Confirmation, require_confirmation
from ballotcast.trustees.deal import Deal, Proof, open_share, share_context
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.join import Join, commitment, joins_hash, proof_context, require_joins
from ballotcast.trustees.message import Scalar
from ballotcast.trustees.release import Release
from ballotcast.trustees.setup import Index, Setup
from ballotcast.trustees.transcript import Transcript

LABEL: Final = "ballotcast/secrets/1"


class SecretsError(ValueError):
    """Bytes that are not a trustee's secrets. The message never repeats any of them."""


class OutOfTurn(ValueError):
    """A step that the trustee's earlier ones do not allow, like a complaint after it has confirmed."""


class Secrets(BaseModel):
    """signing, encryption: private keys. polynomial, proof: until the deal is made, then empty and left out.

    The other members are what was sent.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    v: Literal["ballotcast/secrets/1"] = LABEL
    setup: Setup
    index: Index
    signing: Annotated[Scalar, Field(repr=False)]
    encryption: Annotated[Scalar, Field(repr=False)]
    polynomial: Annotated[tuple[Scalar, ...] | None, Field(max_length=MOST, strict=False, repr=False)] = None
    proof: Proof | None = None
    join: Join
    deal: Deal | None = None
    complaint: Complaint | None = None
    confirmation: Confirmation | None = None
    agreement: Agreement | None = None
    release: Release | None = None

    @classmethod
    def begin(cls, setup: Setup, index: int) -> Self:
        """Fresh secrets, with the first message."""
        if not 1 <= index <= setup.n:
            raise OutOfTurn(f"there is no trustee {index}")
        signing, encryption = p256.generate(), p256.generate()
        polynomial = secret_sharing.polynomial(setup.t)
        points = secret_sharing.commitments(polynomial)
        proof = schnorr.prove(p256.from_scalar(polynomial[0]), proof_context(setup.hash, index))
        join = Join.sign(
            signing,
            setup,
            index,
            signing_key=p256.point(signing),
            encryption_key=p256.point(encryption),
            commitment=commitment(setup.hash, index, proof, points),
        )
        return cls(
            setup=setup,
            index=index,
            signing=p256.scalar(signing),
            encryption=p256.scalar(encryption),
            polynomial=polynomial,
            proof=proof,
            join=join,
        )

    def with_deal(self, joins: Sequence[Join]) -> Self:
        """Open the commitment and deal shares, once everybody has joined. CeremonyError for joins that are wrong."""
        if self.deal:
            return self
        require_joins(self.setup, joins)
        if joins[self.index - 1] != self.join:
            raise CeremonyError(Reason.OTHER_JOINS, told="what is shown as this trustee's keys is not its own")
        assert self.polynomial  # kept until the deal is made, like the proof
        assert self.proof
        ceremony = self.setup.hash
        deal = Deal.sign(
            self._signing_key,
            self.setup,
            self.index,
            joins=joins_hash(joins),
            proof=self.proof,
            points=secret_sharing.commitments(self.polynomial),
            shares=tuple(
                hpke.seal(
                    join.encryption_key,
                    share_context(ceremony, self.index, join.index),
                    secret_sharing.share(self.polynomial, join.index),
                )
                for join in joins
            ),
        )
        return self.model_copy(update={"deal": deal, "polynomial": None, "proof": None})

    def share(self, transcript: Transcript) -> bytes:
        """This trustee's share of the election's private key, 32 bytes.

        CeremonyError names the dealer of a share that is wrong: then complain about it.
        """
        self._require_own(transcript)
        key = p256.from_scalar(self.encryption)
        return secret_sharing.add_scalars([open_share(self.setup, deal, self.index, key) for deal in transcript.deals])

    def with_complaint(self, transcript: Transcript, accused: int) -> Self:
        """Show everybody that a share is wrong. It gives the encryption key away, and ends the attempt."""
        if self.complaint:
            return self
        if self.confirmation:
            raise OutOfTurn("a trustee who has confirmed keeps its key to itself")
        self._require_own(transcript)
        complaint = Complaint.sign(
            self._signing_key,
            self.setup,
            self.index,
            joins=joins_hash(transcript.joins),
            accused=accused,
            encryption_key=self.encryption,
        )
        return self.model_copy(update={"complaint": complaint})

    def with_confirmation(self, transcript: Transcript, manifest_hash: bytes) -> Self:
        """Sign transcript and manifest, one of each ever. CeremonyError if a share of this trustee's is wrong."""
        self.share(transcript)
        if self.complaint:
            raise OutOfTurn("a trustee who has complained does not confirm")
        if kept := self.confirmation:
            if (kept.transcript, kept.manifest) != (transcript.hash, manifest_hash):
                raise OutOfTurn("this trustee has confirmed another transcript or manifest")
            return self
        confirmation = Confirmation.sign(
            self._signing_key, self.setup, self.index, transcript=transcript.hash, manifest=manifest_hash
        )
        return self.model_copy(update={"confirmation": confirmation})

    def with_sent_confirmation(self, transcript: Transcript, confirmation: Confirmation) -> Self:
        """Take over what this trustee has sent from another device: its own signature shows what it confirmed."""
        if self.confirmation:
            return self
        self._require_own(transcript)
        require_confirmation(transcript, confirmation.manifest, confirmation, self.index)
        return self.model_copy(update={"confirmation": confirmation})

    def with_agreement(self, checkpoint: Checkpoint) -> Self:
        """Agree to open the ballots of this checkpoint, and of no other one ever.

        That it is the final one of the manifest that was confirmed, and that voting has ended by the trustee's own
        clock, is to be checked before.
        """
        if not self.confirmation:
            raise OutOfTurn("a trustee agrees to nothing that it has not confirmed")
        if kept := self.agreement:
            if (kept.size, kept.root) != (checkpoint.size, checkpoint.root):
                raise OutOfTurn("this trustee has agreed to another checkpoint")
            return self
        agreement = Agreement.sign(
            self._signing_key,
            self.setup,
            self.index,
            manifest=self.confirmation.manifest,
            size=checkpoint.size,
            root=checkpoint.root,
        )
        return self.model_copy(update={"agreement": agreement})

    def with_release(self, transcript: Transcript, checkpoint: Checkpoint, agreements: Sequence[Agreement]) -> Self:
        """Give the share away, once the threshold has agreed to the checkpoint that this trustee agreed to."""
        if self.release:
            return self
        if not self.confirmation or not self.agreement:
            raise OutOfTurn("a trustee releases nothing before it has agreed")
        if self.confirmation.transcript != transcript.hash:
            raise OutOfTurn("this trustee has confirmed another transcript")
        if (self.agreement.size, self.agreement.root) != (checkpoint.size, checkpoint.root):
            raise OutOfTurn("this trustee has agreed to another checkpoint")
        manifest = self.confirmation.manifest
        require_agreements(transcript, manifest, checkpoint, agreements)
        release = Release.sign(
            self._signing_key,
            self.setup,
            self.index,
            manifest=manifest,
            root=checkpoint.root,
            share=self.share(transcript),
        )
        return self.model_copy(update={"release": release})

    def encode(self) -> bytes:
        return canonical.dumps(self.model_dump(mode="json", exclude_none=True))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read secrets. SecretsError unless `encode` of the result gives `data` back."""
        try:
            canonical.loads(data)
            secrets = cls.model_validate_json(data)
        except canonical.CanonicalError as error:
            raise SecretsError(str(error)) from None
        except ValidationError as error:
            raise SecretsError(" ".join(filter(None, first_fault(error)))) from None
        if secrets.encode() != data or not secrets._is_whole():
            raise SecretsError("not what a trustee keeps")
        return secrets

    def _is_whole(self) -> bool:
        """Whether the private keys are those that the join names, and the deal can be made if it is not."""
        keys = ((self.signing, self.join.signing_key), (self.encryption, self.join.encryption_key))
        ours = self.join.ceremony == self.setup.hash and self.join.index == self.index
        can_deal = self.deal is not None or (self.proof is not None and len(self.polynomial or ()) == self.setup.t)
        return ours and can_deal and all(secret_sharing.fits(scalar, point) for scalar, point in keys)

    @property
    def _signing_key(self) -> p256.PrivateKey:
        return p256.from_scalar(self.signing)

    def _require_own(self, transcript: Transcript) -> None:
        """CeremonyError if the transcript shows as this trustee's what it never sent."""
        shown = (transcript.joins[self.index - 1 : self.index], transcript.deals[self.index - 1 : self.index])
        if transcript.setup != self.setup or shown != ((self.join,), (self.deal,)):
            raise CeremonyError(Reason.OTHER_TRANSCRIPT, told="the transcript is not the one that this trustee is in")
