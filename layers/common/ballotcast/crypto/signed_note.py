"""C2SP signed notes with one Ed25519 signature (type 0x01): a text, a blank line, one signature line.

C2SP allows more signature lines, and readers that pass over those of unknown keys. Here every other line is refused, so
that a signed text has as many spellings as its key made signatures, and nobody else can add one.

Notes and texts are `str`; on the wire they are UTF-8.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.crypto import ed25519
from ballotcast.crypto.encoding import EncodingError, b64_decode, b64_encode

ED25519 = b"\x01"
KEY_ID_LENGTH = 4


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
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:KEY_ID_LENGTH]

    def verify(self, note: str) -> str:
        """Return the text of a note that this key signed, and nobody else. Raises NoteError."""
        text, name, key_id, signature = _parse(note)
        if (name, key_id) != (self.name, self.key_id):
            raise NoteError("no signature of the expected key")
        if not ed25519.verify(self.public_key, text.encode(), signature):
            raise NoteError("the expected key's signature does not verify")
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


def sign(text: str, signer: Signer) -> str:
    """Return the note of `text` with the signer's signature. Raises NoteError unless the text may stand in a note."""
    _check_text(text)
    signature = b64_encode(signer.verifier.key_id + signer.key.sign(text.encode()))
    return f"{text}\n— {signer.name} {signature}\n"


def _parse(note: str) -> tuple[str, str, bytes, bytes]:
    """Split a note into its text, and the key's name, its id and the signature of its one signature line."""
    _check_text(note)
    text, separator, block = note.rpartition("\n\n")
    if not separator:
        raise NoteError("a note has a signature line after a blank line")
    first, *more = block.removesuffix("\n").split("\n")
    if more:
        raise NoteError(f"{1 + len(more)} signature lines where exactly one is allowed")
    return text + "\n", *_parse_signature(first)


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    match line.split(" "):
        case ["—", name, encoded]:
            try:
                data = b64_decode(encoded)
            except EncodingError as error:
                raise NoteError(f"signature: {error}") from None
            if len(data) == KEY_ID_LENGTH + ed25519.SIGNATURE_LENGTH:
                return name, data[:KEY_ID_LENGTH], data[KEY_ID_LENGTH:]
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
