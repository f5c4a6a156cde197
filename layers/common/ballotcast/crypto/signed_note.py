"""C2SP signed notes with Ed25519 signatures (type 0x01): a text, a blank line, one line for each signature.

Notes and texts are `str`; on the wire they are UTF-8.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ballotcast.crypto.encoding import EncodingError, b64_decode, b64_encode

ED25519 = b"\x01"
MAX_SIGNATURES = 16


class NoteError(ValueError):
    """A note that is malformed, or that the expected key did not sign."""


@dataclass(frozen=True)
class Verifier:
    """A key that is expected to sign notes: its name and its 32-byte Ed25519 public key."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, tell which key made a signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]

    def verify(self, note: str) -> str:
        """The text of a note that this key signed; signatures of other keys are passed over. Raises NoteError."""
        text, signatures = _parse(note)
        ours = [s for name, key_id, s in signatures if (name, key_id) == (self.name, self.key_id)]
        if not ours:
            raise NoteError("no signature of the expected key")
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            for signature in ours:
                key.verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            raise NoteError("the expected key's signature does not verify") from None
        return text


@dataclass(frozen=True)
class Signer:
    """A private key with the name it signs notes under. Raises ValueError for a name no note can carry."""

    name: str
    key: Ed25519PrivateKey

    def __post_init__(self) -> None:
        _check_name(self.name)

    @classmethod
    def from_pkcs8(cls, name: str, der: bytes) -> Self:
        """Load a PKCS#8 DER private key. Raises ValueError unless it is an Ed25519 key."""
        key = serialization.load_der_private_key(der, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 private key")
        return cls(name, key)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())


def sign(text: str, *signers: Signer) -> str:
    """The note of `text` with each signer's signature. Raises NoteError unless the text may stand in a note."""
    _check_text(text)
    lines = [
        f"— {signer.name} {b64_encode(signer.verifier.key_id + signer.key.sign(text.encode()))}\n" for signer in signers
    ]
    return text + "\n" + "".join(lines)


def _parse(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Split a note into its text and its signatures as (key name, key id, signature)."""
    _check_text(note)
    text, separator, block = note.rpartition("\n\n")
    lines = block.removesuffix("\n").split("\n")
    if not separator or len(lines) > MAX_SIGNATURES:
        raise NoteError(f"a note has 1 to {MAX_SIGNATURES} signatures after a blank line")
    return text + "\n", [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    match line.split(" "):
        case ["—", name, encoded]:
            _check_name(name)
            try:
                signature = b64_decode(encoded)
            except EncodingError as error:
                raise NoteError(f"signature: {error}") from None
            if len(signature) > 4:
                return name, signature[:4], signature[4:]
    raise NoteError("malformed signature line")


def _check_text(text: str) -> None:
    if (
        not text.endswith("\n")
        or any(c < " " and c != "\n" for c in text)
        or any("\ud800" <= c <= "\udfff" for c in text)
    ):
        raise NoteError("a note ends with a newline and holds no other control character")


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise NoteError("a key name is not empty and has neither spaces nor plus signs")
