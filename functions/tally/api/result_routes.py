"""What can be seen after the count: the result, and everything that it takes to count again."""

from typing import Annotated

from fastapi import Path, Query, Response

from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import Digits, ElectionId
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from tally.api.log_routes import BINARY, BY_ACCEPT, FOR_EVER
from tally.api.pictures import SVG, show_picture
from tally.api.publication import (
    ExportView,
    PartsView,
    ResultView,
    read_part,
    require_published,
    show_export,
    show_parts,
    show_result,
)

router = routes()


@router.get("/elections/{id}/results", openapi_extra=contract(Access.PUBLIC), responses=refuses(403, 404))
def results(
    election: ElectionId, wiring: Wired, response: Response, contest: Annotated[str, Query(max_length=20)] = ""
) -> ResultView:
    """The result with every round and tie, spoilt ballots and turnout; 403 before the count.

    `contest`: the id of the only one that is wanted. Where all are too long for one answer, the longest come without
    rounds.
    """
    published, manifest = require_published(wiring.results, wiring.manifests, election)
    response.headers["Cache-Control"] = "public, max-age=300"
    return show_result(published, manifest, wiring.results, wiring.blobs, contest)


@router.get(
    "/elections/{id}/export", status_code=303, openapi_extra=contract(Access.PUBLIC), responses=refuses(403, 404)
)
def export(election: ElectionId, wiring: Wired, response: Response) -> ExportView:
    """Leads to the zip that anyone can verify the election with; 403 before the count."""
    published, _ = require_published(wiring.results, wiring.manifests, election)
    view = show_export(published, wiring.blobs)
    response.headers["Location"] = view.url
    return view


@router.get("/elections/{id}/export/parts", openapi_extra=contract(Access.PUBLIC), responses=refuses(403, 404))
def export_parts(election: ElectionId, wiring: Wired) -> PartsView:
    """How the export is parted at our own address, for browsers that may ask no other; 403 before the count."""
    return show_parts(require_published(wiring.results, wiring.manifests, election)[0])


@router.get(
    "/elections/{id}/export/parts/{number}",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={200: {"content": {BINARY: {}}}, **refuses(403, 404)},
)
def export_part(election: ElectionId, number: Annotated[int, Digits, Path(le=100_000)], wiring: Wired) -> Response:
    """One part of the export, from 0."""
    published, _ = require_published(wiring.results, wiring.manifests, election)
    headers = {"Cache-Control": FOR_EVER, **BY_ACCEPT}
    return Response(read_part(published, number, wiring.blobs), media_type=BINARY, headers=headers)


@router.get(
    "/pictures/{picture}",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={200: {"content": {SVG: {}}}, **refuses(404)},
)
def picture_by_hash(picture: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], wiring: Wired) -> Response:
    """An organisation's logo, or an option's photo, by its hash, for ever."""
    return Response(show_picture(picture, wiring.blobs), media_type=SVG, headers={"Cache-Control": FOR_EVER})
