"""Organisers' sessions: a signed token (JWT, RFC 7519, HS256) that lasts an hour and holds an id, nothing else.

The library of tokens is imported with the first one: it takes 20 ms, and most functions never meet a session.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from ballotcast.clock import Clock
from ballotcast.errors import Unauthorised
from ballotcast.store.secrets import Secret
from ballotcast.wiring import Wiring

LIFETIME = timedelta(hours=1)
_ALGORITHM, _ISSUER = "HS256", "ballotcast"


def open_session(secret: Secret, organiser: str, clock: Clock) -> str:
    import jwt

    now = clock()
    claims = {"iss": _ISSUER, "sub": organiser, "iat": now, "exp": now + LIFETIME}
    return jwt.encode(claims, secret.key("session"), algorithm=_ALGORITHM)


def organiser_of(authorization: str | None, secret: Secret, clock: Clock) -> str:
    """The organiser whose session the header `Authorization: Bearer …` carries; Unauthorised without one."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("no-session", "log in first: send the session's token as Authorization: Bearer …")
    import jwt

    try:
        claims = jwt.decode(
            token.strip(),
            secret.key("session"),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            options={"require": ["exp", "iat", "iss", "sub"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        raise Unauthorised("bad-session", "the session's token is not one of ours: log in again") from None
    if not claims["iat"] <= clock().timestamp() + 1 or clock().timestamp() >= claims["exp"]:
        raise Unauthorised("session-over", "the session is over: log in again")
    organiser: str = claims["sub"]
    return organiser


def current_organiser(request: Request) -> str:
    """The id of the organiser who calls; the dependency that access `organiser` demands."""
    wiring: Wiring = request.app.state.wiring
    return organiser_of(request.headers.get("authorization"), wiring.session_secret, wiring.clock)


CurrentOrganiser = Annotated[str, Depends(current_organiser)]
