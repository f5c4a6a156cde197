"""The receipt: the board's signed promise that a ballot's leaf is under the log's final checkpoint."""

from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import signed_note
from ballotcast.crypto.encoding import EncodingError, hex_decode
from ballotcast.crypto.signed_note import NoteError, Signer, Verifier

_LABEL = "ballotcast/receipt/1"


class ReceiptError(ValueError):
    """A note that is not the receipt for this leaf of this election."""


def signer(manifest_origin: str, der: bytes) -> Signer:
    """Return the receipt key of the election whose log is `manifest_origin`, from its PKCS#8 DER."""
    return Signer.from_pkcs8(_key_name(manifest_origin), der)


def issue(signer: Signer, manifest: Manifest, leaf_hash: bytes) -> str:
    """Return the signed note that acknowledges the ballot with this leaf hash."""
    return signed_note.sign(_text(manifest, leaf_hash), signer)


def verify(receipt: str, manifest: Manifest, leaf_hash: bytes) -> None:
    """Raises ReceiptError unless `receipt` promises this leaf and the manifest's receipt key signed it."""
    try:
        text = Verifier(_key_name(manifest.origin), manifest.receipt_pk).verify(receipt)
    except NoteError as error:
        raise ReceiptError(str(error)) from None
    if text != _text(manifest, leaf_hash):
        raise ReceiptError("a receipt for another ballot or election")


def open_receipt(receipt: str, manifest: Manifest) -> bytes:
    """Return the leaf hash that a receipt promises. Raises ReceiptError unless the manifest's receipt key signed it."""
    try:
        leaf_hash = hex_decode(receipt.split("\n")[3])
    except (IndexError, EncodingError):
        raise ReceiptError("not the text of a receipt") from None
    verify(receipt, manifest, leaf_hash)
    return leaf_hash


def _key_name(origin: str) -> str:
    return f"{origin}/receipt"


def _text(manifest: Manifest, leaf_hash: bytes) -> str:
    return f"{_LABEL}\n{manifest.origin}\n{manifest.hash.hex()}\n{leaf_hash.hex()}\n"
