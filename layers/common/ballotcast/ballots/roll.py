"""The roll: who may vote, published only as salted tags under one root."""

import unicodedata
from collections.abc import Iterable
from hashlib import sha256

from ballotcast.crypto import merkle

SALT_LENGTH = 16

_LABEL = b"ballotcast/roll/1\n"


def email_key(email: str) -> str:
    """The form in which two spellings of one address are equal: trimmed, NFC, lower-case."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def tag(salt: bytes, email: str) -> bytes:
    """A voter's line on the roll, 32 bytes; only who knows the voter's 16-byte salt can tell whose it is."""
    return sha256(_LABEL + salt + email_key(email).encode()).digest()


def roll_root(tags: Iterable[bytes]) -> bytes:
    """The RFC 9162 root over the sorted tags, 32 bytes; the order of `tags` does not matter."""
    return merkle.root([merkle.leaf_hash(tag) for tag in sorted(tags)])
