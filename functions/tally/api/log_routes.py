"""The log, as C2SP tlog-tiles serves one, and the turnout."""

from typing import Annotated, Literal

from fastapi import Path, Response
from pydantic import BaseModel

from ballotcast.crypto.encoding import b64u_encode
from ballotcast.crypto.tile_files import ENTRIES
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from ballotcast.store.log import SignedCheckpoint
from tally.api.public_log import (
    find_checkpoint,
    find_door,
    find_notices,
    find_statements,
    find_turnout,
    parse_tile_path,
    read_entries,
    read_tile,
)
from tally.api.publication import require_published

router = routes()
FOR_EVER = "public, max-age=31536000, immutable"
BINARY = "application/octet-stream"
BY_ACCEPT = {"Vary": "Accept"}
"""API Gateway passes bytes as bytes only to clients that ask for them first, and as base64 to others."""

TilePart = Annotated[str, Path(max_length=64, pattern="^[a-z0-9./-]+$")]


class Turnout(BaseModel):
    """issued, cast: credentials and ballots, once `final` exactly, before that rounded down; size: leaves of the log
    under the checkpoint (the signed note); closes_at: a later end than the manifest's, by an amendment, or null;
    closed_at: when an early close was ordered, or null; statement: the newest turnout statement (a signed note), or
    null. The statement's numbers are counted; the others may be estimates."""

    issued: int
    cast: int
    size: int
    final: bool
    closes_at: str | None
    closed_at: str | None
    checkpoint: str
    statement: str | None


class NoticeView(BaseModel):
    """`at`: RFC 3339. `text`: what is said from then on; empty: nothing any more.

    `replaces`: of a notice the number of the one that it corrects, or 0. `before`: the description that this one
    replaced.
    """

    number: int
    at: str
    kind: Literal["notice", "description"]
    text: str
    replaces: int
    before: str


class Notices(BaseModel):
    """Of the organiser's words only: nothing of it is in the manifest, and nothing proves it.

    `organisation` and `logo`: as in the election's mails, or empty.
    """

    notices: list[NoticeView]
    organisation: str
    logo: str


class Statements(BaseModel):
    """checkpoint: the newest signed note. leaves: base64url of the log's leaves before the ballots, in order.

    Until the log is sealed, these are all leaves that the checkpoint is over.
    """

    checkpoint: str
    leaves: list[str]


def _freshness(checkpoint: SignedCheckpoint) -> dict[str, str]:
    """A sealed log's checkpoint stays; a cosignature may still be added to its note."""
    return {"Cache-Control": f"public, max-age={3600 if checkpoint.final else 5}"}


@router.get(
    "/elections/{id}/log/checkpoint",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses=refuses(404),
)
def show_checkpoint(election: ElectionId, wiring: Wired) -> Response:
    """The newest signed checkpoint, a C2SP note."""
    checkpoint = find_checkpoint(wiring.log, election)
    return Response(checkpoint.note, media_type="text/plain; charset=utf-8", headers=_freshness(checkpoint))


@router.get("/elections/{id}/log/statements", openapi_extra=contract(Access.PUBLIC), responses=refuses(404))
def show_statements(election: ElectionId, wiring: Wired, response: Response) -> Statements:
    """The newest checkpoint with the manifest's leaf and all amendments: what a voter's software heeds."""
    checkpoint, leaves = find_statements(wiring.log, election)
    response.headers.update(_freshness(checkpoint))
    return Statements(checkpoint=checkpoint.note.decode(), leaves=list(map(b64u_encode, leaves)))


@router.get(
    "/elections/{id}/log/door",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses=refuses(404),
)
def show_door(election: ElectionId, wiring: Wired) -> Response:
    """The door statement: how many ballots and credentials there are, signed before the log is built."""
    door = find_door(wiring.log, election)
    return Response(door, media_type="text/plain; charset=utf-8", headers={"Cache-Control": FOR_EVER})


@router.get(
    "/elections/{id}/log/tile/{path:path}",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={200: {"content": {BINARY: {}}}, **refuses(403, 404)},
)
def show_tile(election: ElectionId, path: TilePart, wiring: Wired) -> Response:
    """A tile, or after the count a bundle of entries: `<level or entries>/<n>[.p/<width>]`, n as `x001/x234/067`."""
    tile = parse_tile_path(f"tile/{path}")
    if tile.level == ENTRIES:
        require_published(wiring.results, wiring.manifests, election)
        content = read_entries(wiring.log, wiring.blobs, election, tile.n, tile.width)
    else:
        content = read_tile(wiring.log, wiring.blobs, election, tile.level, tile.n, tile.width)
    return Response(content, media_type=BINARY, headers={"Cache-Control": FOR_EVER, **BY_ACCEPT})


@router.get("/elections/{id}/notices", openapi_extra=contract(Access.PUBLIC), responses=refuses(404))
def show_notices(election: ElectionId, wiring: Wired, response: Response) -> Notices:
    """What the organiser said in addition to the manifest, and every change of it, oldest first."""
    response.headers["Cache-Control"] = "public, max-age=5"
    notices = [NoticeView(**vars(notice)) for notice in find_notices(wiring, election)]
    return Notices(notices=notices, **vars(wiring.notices.face(election)))


@router.get("/elections/{id}/turnout", openapi_extra=contract(Access.PUBLIC), responses=refuses(404))
def show_turnout(election: ElectionId, wiring: Wired, response: Response) -> Turnout:
    """How many credentials were issued and ballots cast: rounded down until the log is sealed, then exact."""
    seen = find_turnout(wiring.log, election)
    response.headers.update(_freshness(seen.checkpoint))
    return Turnout(
        issued=seen.turnout.issued,
        cast=seen.turnout.cast,
        size=seen.checkpoint.size,
        final=seen.checkpoint.final,
        closes_at=seen.state.closes_at,
        closed_at=seen.state.closed_at,
        checkpoint=seen.checkpoint.note.decode(),
        statement=seen.statement,
    )
