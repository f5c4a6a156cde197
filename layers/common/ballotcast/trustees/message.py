"""What all messages of trustees have in common: one canonical spelling, bound to ceremony, round and index, and signed.

    JCS{v, round, ceremony, index, …, signature}

The signature is ECDSA by the trustee's signing key, over the label and the JCS without the member `signature`.
"""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.ballots.faults import first_fault
from ballotcast.ballots.fields import Blob, Hash
from ballotcast.crypto import canonical, p256
from ballotcast.trustees.faults import WORDS, CeremonyError, Reason
from ballotcast.trustees.setup import Index, Setup

LABEL: Final = "ballotcast/trustee/1"
MAX_LENGTH = 16 * 1024
"""Bytes of a message; the longest, a deal among 15, has a third of it."""

Signature = Annotated[Blob, Field(min_length=p256.SIGNATURE_LENGTH, max_length=p256.SIGNATURE_LENGTH)]
Scalar = Annotated[Blob, Field(min_length=p256.SCALAR_LENGTH, max_length=p256.SCALAR_LENGTH)]


class Message(BaseModel):
    """ceremony: the setup's hash. index: of the trustee who signed it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    v: Literal["ballotcast/trustee/1"] = LABEL
    round: str
    ceremony: Hash
    index: Index
    signature: Signature

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a message of this round. Raises CeremonyError unless `encode` of the result gives `data` back."""
        if len(data) > MAX_LENGTH:
            raise _malformed(f"longer than {MAX_LENGTH} bytes")
        try:
            canonical.loads(data)
            message = cls.model_validate_json(data)
        except canonical.CanonicalError as error:
            raise _malformed(str(error)) from None
        except ValidationError as error:
            raise _malformed(" ".join(filter(None, first_fault(error)))) from None
        if message.encode() != data:
            raise _malformed("a member is not in its one spelling")
        return message

    @classmethod
    def sign(cls, key: p256.PrivateKey, setup: Setup, index: int, **members: Any) -> Self:
        """Return a new message. ECDSA is randomised: keep it, and send the same bytes again."""
        unsigned = cls(ceremony=setup.hash, index=index, signature=bytes(p256.SIGNATURE_LENGTH), **members)
        return unsigned.model_copy(update={"signature": p256.sign(key, unsigned.signed_bytes())})

    def encode(self) -> bytes:
        return canonical.dumps(self.model_dump(mode="json"))

    def signed_bytes(self) -> bytes:
        """Return what the signature is over."""
        return LABEL.encode() + b"\n" + canonical.dumps(self.model_dump(mode="json", exclude={"signature"}))

    def is_signed(self, signing_key: bytes) -> bool:
        """Return whether the holder of this key, 65 bytes, signed it."""
        return p256.verify(p256.from_point(signing_key), self.signed_bytes(), self.signature)

    def require(self, setup: Setup, index: int, signing_key: bytes) -> None:
        """Raise CeremonyError unless it is this trustee's message of this ceremony."""
        if self.ceremony != setup.hash:
            raise CeremonyError(Reason.ANOTHER_CEREMONY, index)
        if self.index != index:
            raise CeremonyError(Reason.ANOTHER_INDEX, index)
        if not self.is_signed(signing_key):
            raise CeremonyError(Reason.BAD_SIGNATURE, index)


def require_one_message(first: Message, second: Message, signing_key: bytes) -> None:
    """CeremonyError that names a trustee who signed both of two different messages of one round.

    The signature counts as part of a message: nobody else can make another one.
    """
    same = (first.ceremony, first.round, first.index) == (second.ceremony, second.round, second.index)
    if same and first != second and first.is_signed(signing_key) and second.is_signed(signing_key):
        raise CeremonyError(Reason.TWO_MESSAGES, first.index)


def _malformed(told: str) -> CeremonyError:
    return CeremonyError(Reason.MALFORMED, told=f"{WORDS[Reason.MALFORMED]}: {told}")
