"""The roll: who may vote, published only as salted tags under one root."""

from collections.abc import Iterable
from hashlib import sha256

from ballotcast.crypto import merkle

SALT_LENGTH = 16

_LABEL = b"ballotcast/roll/1\n"
_LOWER_CASE = {letter: letter + 32 for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def email_key(email: str) -> str:
    """Return the form in which two spellings of one address are equal: without space around it, A to Z in lower case.

    A roll's addresses are ASCII, with international domains as A-labels (xn--…); other letters stay as they are.
    """
    return email.strip(" \t\r\n").translate(_LOWER_CASE)


def tag(salt: bytes, email: str) -> bytes:
    """Return a voter's line on the roll, 32 bytes; only who knows the voter's 16-byte salt can tell whose it is."""
    return sha256(_LABEL + salt + email_key(email).encode()).digest()


def rolls_digest(rolls: Iterable[tuple[int, bytes]]) -> bytes:
    """Return a hash over sizes and roots of all revisions of a roll, by which two sides find that they mean the same
    ones.
    """
    return sha256(b"".join(size.to_bytes(8) + root for size, root in rolls)).digest()


def roll_root(tags: Iterable[bytes]) -> bytes:
    """Return the RFC 9162 root over the sorted tags, 32 bytes; the order of `tags` does not matter."""
    return merkle.root([merkle.leaf_hash(tag) for tag in sorted(tags)])
