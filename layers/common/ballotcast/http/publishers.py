"""Publishers: organisers by their session, programs by the API key of their channel.

Both come as `Authorization: Bearer …`, or as the password of `Basic`, so that clients which know nothing but a base URL
can carry them in it (`https://any:KEY@host/v1`).
"""

import hmac
from base64 import b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from ballotcast.errors import Forbidden, Unauthorised
from ballotcast.http.sessions import session_of
from ballotcast.wiring import Wiring

if TYPE_CHECKING:
    from ballotcast.store.channel import Channel

KEY = "bck_"
"""What API keys begin with."""


@dataclass(frozen=True)
class Publisher:
    """An organiser, or anyone who holds a channel's key: one of the two is empty."""

    organiser: str = ""
    key_hash: str = field(default="", repr=False)
    on_trial: bool = False
    """The organiser's address was not proven when the session was opened."""

    def require(self, channel: "Channel") -> None:
        """Forbidden unless the channel is theirs."""
        ours = self.organiser and self.organiser == channel.owner
        holds = self.key_hash and channel.key_hash and hmac.compare_digest(self.key_hash, channel.key_hash)
        if not (ours or holds):
            raise Forbidden("not-yours", f"{channel.name} takes its owner's session or its own key")

    def require_keeper(self, channel: "Channel") -> None:
        """Forbidden unless they may resume and remove the channel: its owner, its key's holder, or an election's
        owners and organisers for the election's channel."""
        if not (self.organiser and self.organiser in (channel.keeper, *channel.keepers)):
            self.require(channel)


def hash_key(api_key: str) -> str:
    return sha256(api_key.encode()).hexdigest()


def current_publisher(request: Request) -> Publisher:
    """Who calls; the dependency that access `publisher` demands."""
    wiring: Wiring = request.app.state.wiring
    token = _token(request.headers.get("authorization", ""))
    if token.startswith(KEY):
        return Publisher(key_hash=hash_key(token))
    session = session_of(f"Bearer {token}", wiring)
    return Publisher(organiser=session.organiser, on_trial=session.on_trial)


CurrentPublisher = Annotated[Publisher, Depends(current_publisher)]


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return token.strip() if scheme.lower() == "bearer" else ""
    try:
        return b64decode(token, validate=True).decode().partition(":")[2]
    except ValueError:
        raise Unauthorised("bad-session", "the header Authorization cannot be read") from None
