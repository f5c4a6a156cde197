"""The hot routes: which event asks for each, of which function, and what its answer must be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ballotcast.ballots import credential
from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import RAND_LENGTH, blind
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.http.sessions import open_session
from ballotcast_tools.scale.making import ELECTION

from .events import event
from .playing import Played
from .sensor import SENSOR, sample

RECORDS = 100
"""In a publish."""


@dataclass(frozen=True)
class Route:
    """`event`: as Lambda gets it, the second time another that costs the same, where the same would not be taken
    twice. `function`: the folder whose app answers it."""

    name: str
    function: str
    status: int
    first: dict[str, Any]
    second: dict[str, Any]


def open_routes(played: Played) -> Iterator[Route]:
    """Those of an open election and of a channel."""
    one = {"id": ELECTION}
    casts = [
        event("POST", "/elections/{id}/ballots", one, body={"ballot": b64u_encode(ballot)}) for ballot in played.ballots
    ]
    yield Route("cast", "vote", 201, casts[0], casts[1])
    yield _same("manifest", "vote", event("GET", "/elections/{id}/manifest", one))
    opened = {"link": played.link.encode()}
    yield _same("link", "register", event("POST", "/links", {}, body=opened))
    wanted = event("POST", "/elections/{id}/credentials", one, body={**opened, "blinded": _blinded(played)})
    yield _same("credential", "register", wanted)
    yield _same("checkpoint", "tally", event("GET", "/elections/{id}/log/checkpoint", one))
    yield _same("turnout", "tally", event("GET", "/elections/{id}/turnout", one))
    yield _same("tile", "tally", event("GET", "/elections/{id}/log/tile/{path+}", {**one, "path": played.tile}))
    yield from _channel_routes(played)


def counted_routes() -> Iterator[Route]:
    """Those of an election that is counted."""
    yield _same("results", "tally", event("GET", "/elections/{id}/results", {"id": ELECTION}))


def _channel_routes(played: Played) -> Iterator[Route]:
    wiring, name = played.wiring, {"name": played.channel.name}
    later = wiring.clock() + timedelta(seconds=-1)
    session = open_session(wiring.session_secret, "organiser", lambda: later)
    bearer = {"Authorization": f"Bearer {session}", "Prefer": "wait=0"}
    drafts = [{"name": f"bench-{number}", "schema": SENSOR} for number in range(2)]
    registering = [event("POST", "/channels", {}, body=draft, headers=bearer) for draft in drafts]
    yield Route("register channel", "channel", 202, *registering)
    yield _same("channel", "channel", event("GET", "/channels/{name}", name))
    key = {"Authorization": f"Bearer {played.api_key}"}
    records = {"records": [sample(number) for number in range(RECORDS)]}
    published = event("POST", "/channels/{name}/records", name, body=records, headers=key)
    yield _same(f"{RECORDS} records", "channel", published, 202)
    yield _same("live", "channel", event("GET", "/channels/{name}/live", name))


def _same(name: str, function: str, asked: dict[str, Any], status: int = 200) -> Route:
    return Route(name, function, status, asked, asked)


def _blinded(played: Played) -> str:
    key, rand = p256.generate(), bytes(RAND_LENGTH)
    prepared = credential.prepare(played.manifest.hash, p256.point(key), rand)
    return b64u_encode(blind(played.manifest.issuer, prepared).blinded)
