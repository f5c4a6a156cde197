"""Organisers' sessions: a signed token (JWT, RFC 7519, HS256) that lasts an hour and holds ids, nothing else.

Each request looks whether the session has ended before, by a log-out or a new password (store/sessions.py). The library
of tokens is imported with the first one: it takes 20 ms, and most functions never meet a session.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from ballotcast.clock import Clock
from ballotcast.errors import Unauthorised
from ballotcast.store.secrets import Secret
from ballotcast.wiring import Wiring

LIFETIME = timedelta(hours=1)
_ALGORITHM, _ISSUER = "HS256", "ballotcast"


@dataclass(frozen=True)
class Session:
    """`generation`: of the organiser's sessions, when it was opened. `expires`: epoch seconds.

    `on_trial`: the organiser's address was not proven when it was opened.
    """

    organiser: str
    id: str
    generation: int
    expires: int
    on_trial: bool = False


def open_session(secret: Secret, organiser: str, clock: Clock, generation: int = 0, *, on_trial: bool = False) -> str:
    """`generation`: as read before the password was looked at."""
    import jwt

    now = clock()
    claims = {"iss": _ISSUER, "sub": organiser, "iat": now, "exp": now + LIFETIME}
    claims |= {"jti": secrets.token_hex(8), "gen": generation, **({"trial": True} if on_trial else {})}
    return jwt.encode(claims, secret.key("session"), algorithm=_ALGORITHM)


def session_of(authorization: str | None, wiring: Wiring) -> Session:
    """The session that the header `Authorization: Bearer …` carries; Unauthorised without one that is valid now."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("no-session", "log in first: send the session's token as Authorization: Bearer …")
    import jwt

    try:
        claims = jwt.decode(
            token.strip(),
            wiring.session_secret.key("session"),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            options={"require": ["exp", "iat", "iss", "jti", "sub"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        raise Unauthorised("bad-session", "the session's token is not one of ours: log in again") from None
    now = wiring.clock().timestamp()
    session = Session(claims["sub"], claims["jti"], int(claims.get("gen", 0)), int(claims["exp"]), "trial" in claims)
    over = not claims["iat"] <= now + 1 or now >= session.expires
    if over or wiring.sessions.ended(session.organiser, session.id, session.generation):
        raise Unauthorised("session-over", "the session is over: log in again")
    return session


def current_session(request: Request) -> Session:
    """Whose session it is that calls, looked at once for each request."""
    wiring: Wiring = request.app.state.wiring
    known: Session | None = request.scope.get("ballotcast.session")
    if known is None:
        known = session_of(request.headers.get("authorization"), wiring)
        request.scope["ballotcast.session"] = known
    return known


def current_organiser(request: Request) -> str:
    """The id of the organiser who calls; the dependency that access `organiser` demands."""
    return current_session(request).organiser


CurrentOrganiser = Annotated[str, Depends(current_organiser)]
