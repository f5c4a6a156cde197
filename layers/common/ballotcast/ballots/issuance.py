"""The issuance receipt: the registrar's signed statement of what it signed for one line of the ledger.

A blind signature alone proves nothing about who got it. This receipt names the voter's tag and the hash of the blinded
value, so a ledger that shows something else in that line convicts the registrar.
"""

from typing import TYPE_CHECKING, NamedTuple

from ballotcast.crypto import signed_note
from ballotcast.crypto.encoding import EncodingError, hex_decode
from ballotcast.crypto.signed_note import NoteError, Signer, Verifier

if TYPE_CHECKING:
    from ballotcast.ballots.manifest import Manifest  # `register` has no need of it, and it is costly to import

_LABEL = "ballotcast/issuance/1"


class IssuanceError(ValueError):
    """A note that is not an issuance receipt of this election."""


class Issuance(NamedTuple):
    """What a receipt states, 32 bytes each."""

    tag: bytes
    blinded_sha256: bytes


def signer(manifest_origin: str, der: bytes) -> Signer:
    """Return the issuance key of the election whose log is `manifest_origin`, from its PKCS#8 DER."""
    return Signer.from_pkcs8(_key_name(manifest_origin), der)


def issue(signer: Signer, manifest_origin: str, manifest_hash: bytes, issuance: Issuance) -> str:
    """Return the signed note."""
    return signed_note.sign(_text(manifest_origin, manifest_hash, issuance), signer)


def verify(receipt: str, manifest: "Manifest") -> Issuance:
    """Return what a receipt states. Raises IssuanceError unless the manifest's issuance key signed it for this
    election.
    """
    try:
        text = Verifier(_key_name(manifest.origin), manifest.issuance_pk).verify(receipt)
        _, _, _, tag, blinded, _ = text.split("\n")
        issuance = Issuance(hex_decode(tag), hex_decode(blinded))
    except (NoteError, EncodingError, ValueError) as error:
        raise IssuanceError(str(error)) from None
    if text != _text(manifest.origin, manifest.hash, issuance) or {len(one) for one in issuance} != {32}:
        raise IssuanceError("a receipt of another kind or election")
    return issuance


def _key_name(origin: str) -> str:
    return f"{origin}/issuance"


def _text(origin: str, manifest_hash: bytes, issuance: Issuance) -> str:
    tag, blinded = issuance
    return f"{_LABEL}\n{origin}\n{manifest_hash.hex()}\n{tag.hex()}\n{blinded.hex()}\n"
