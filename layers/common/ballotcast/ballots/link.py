"""A voter's link: `1.<token>.<M>.<salt>` in the fragment of the voting page's URL, where no server or proxy sees it."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from ballotcast.ballots.roll import SALT_LENGTH
from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode

VERSION = "1"
TOKEN_LENGTH = 32
HASH_LENGTH = 32


class LinkError(ValueError):
    """A text that is not a voter's link. The message never repeats it."""


@dataclass(frozen=True, slots=True)
class Link:
    """token: 32 secret bytes that stand for the voter. manifest_hash: M. salt: 16 bytes of the voter's roll tag."""

    token: bytes = field(repr=False)
    manifest_hash: bytes
    salt: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a link, bare or as the fragment of a URL. Raises LinkError for any other spelling."""
        parts = text.rpartition("#")[2].split(".")
        if len(parts) != 4 or parts[0] != VERSION:
            raise LinkError("not a voter's link")
        try:
            token, manifest_hash, salt = map(b64u_decode, parts[1:])
        except EncodingError:
            raise LinkError("damaged link") from None
        if [len(token), len(manifest_hash), len(salt)] != [TOKEN_LENGTH, HASH_LENGTH, SALT_LENGTH]:
            raise LinkError("link cut short or run together")
        return cls(token, manifest_hash, salt)

    def encode(self) -> str:
        """Return the link without its URL."""
        return ".".join([VERSION, *map(b64u_encode, (self.token, self.manifest_hash, self.salt))])

    def url(self, page: str) -> str:
        """Return the link as the fragment of the voting page's URL."""
        return f"{page}#{self.encode()}"

    @property
    def token_hash(self) -> bytes:
        """H(token), 32 bytes: all that is stored of the token."""
        return sha256(self.token).digest()
