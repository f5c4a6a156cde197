"""The voter's anonymous side: no cookie, no session, no link."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from ballotcast.ballots.manifest import Manifest
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import Base64Url, ElectionId
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from vote.casting import cast_ballot
from vote.polls import Polls
from vote.sealed_logs import SealedLogs

router = routes()
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class BallotCast(BaseModel):
    """A ballot as the voter's side made it (docs/protocol.md, wire format)."""

    model_config = ConfigDict(extra="forbid", strict=True)
    ballot: Base64Url


class Receipt(BaseModel):
    """The board's signed note: this leaf is under the log's final checkpoint."""

    receipt: str


def polls_of(request: Request) -> Polls:
    polls: Polls = request.app.state.polls
    return polls


def logs_of(request: Request) -> SealedLogs:
    logs: SealedLogs = request.app.state.sealed_logs
    return logs


@router.get(
    "/elections/{id}/manifest",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={200: {"model": Manifest}, **refuses(404)},
)
def show_manifest(election: ElectionId, polls: Annotated[Polls, Depends(polls_of)]) -> Response:
    """The exact bytes whose SHA-256 is the manifest hash."""
    return Response(polls.frozen(election).manifest, media_type="application/json", headers=FOR_EVER)


@router.post(
    "/elections/{id}/ballots",
    status_code=201,
    openapi_extra=contract(Access.ANONYMOUS_CREDENTIAL, body_limit=64 * 1024),
    responses={
        200: {"model": Receipt, "description": "The same ballot again: the same receipt"},
        **refuses(403, 404, 409, 410, 503),
    },
)
def cast(
    election: ElectionId,
    body: BallotCast,
    response: Response,
    polls: Annotated[Polls, Depends(polls_of)],
    logs: Annotated[SealedLogs, Depends(logs_of)],
    wiring: Wired,
) -> Receipt:
    """Put a ballot into the box; the same bytes again get the same receipt, also after close.

    Never one for a ballot that is not in the log: see `cast_ballot`.
    """
    result = cast_ballot(polls, wiring.ballots, logs, election, body.ballot)
    if not result.anew:
        response.status_code = 200
    return Receipt(receipt=result.receipt)
