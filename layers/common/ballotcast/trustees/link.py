"""A trustee's link: `1.<election>.<attempt>.<index>.<token>` in the fragment of the trustees' page, seen by no server.

The page sends it in the bodies of its requests. Of the token only the hash is stored.
"""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode

TOKEN_LENGTH = 32
_LINK = re.compile(r"1\.([0-9A-Za-z_-]{1,64})\.([1-9][0-9]{0,3})\.([1-9][0-9]?)\.([0-9A-Za-z_-]{43})", re.ASCII)


class TrusteeLinkError(ValueError):
    """A text that is not a trustee's link. The message never repeats it."""


@dataclass(frozen=True, slots=True)
class TrusteeLink:
    """attempt: of the ceremony that the link was made for. token: 32 secret bytes that stand for the trustee."""

    election: str
    attempt: int
    index: int
    token: bytes = field(repr=False)

    @classmethod
    def fresh(cls, election: str, attempt: int, index: int) -> Self:
        return cls(election, attempt, index, secrets.token_bytes(TOKEN_LENGTH))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a link, bare or as the fragment of an address. Raises TrusteeLinkError for any other spelling."""
        found = _LINK.fullmatch(text.rpartition("#")[2])
        if not found:
            raise TrusteeLinkError("not a trustee's link")
        try:
            token = b64u_decode(found[4])
        except EncodingError:
            raise TrusteeLinkError("damaged link") from None
        return cls(found[1], int(found[2]), int(found[3]), token)

    def encode(self) -> str:
        """Return the link without the address of the page."""
        return f"1.{self.election}.{self.attempt}.{self.index}.{b64u_encode(self.token)}"

    def url(self, page: str) -> str:
        return f"{page}#{self.encode()}"

    @property
    def token_sha256(self) -> str:
        """All that is stored of the token, in hex."""
        return sha256(self.token).hexdigest()
