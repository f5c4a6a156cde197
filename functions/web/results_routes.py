"""The public page of an election: what it is, its turnout, and its result once it is counted; nothing of it before."""

import json
from collections.abc import Callable
from datetime import datetime
from html import unescape
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from markupsafe import Markup

from ballotcast.channels.names import RESERVED
from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, Held, NotYet
from ballotcast.client.published import results, turnout, withdrawn
from ballotcast.errors import Forbidden, NotFound
from ballotcast.http.access import Access, contract
from ballotcast.http.fields import ElectionId
from web.figures.contest import ContestView, show_contest
from web.figures.shares import percentage
from web.figures.spreadsheet import spreadsheet
from web.figures.table_file import table_file
from web.figures.tables import Room
from web.notices import shown_notices
from web.pages import Page, Paged
from web.routing import VARY, page_routes

router = page_routes()
PUBLIC = contract(Access.PUBLIC)
FOR_EVERYBODY = {"Cache-Control": "public, max-age=300"}
"""A published result never changes; what it is shown in does."""
Document = dict[str, Any]


@router.get("/results/{id}", openapi_extra=PUBLIC)
def result(page: Paged, election: ElectionId, view: Annotated[Literal["", "minutes"], Query()] = "") -> Response:
    """The result of an election, or how far it is; `view=minutes`: the same as a document to print."""
    api = _api(page)
    manifest = json.loads(api.get(f"/elections/{election}/manifest").content)
    known = {"election": election, "channel": RESERVED + election, "manifest": manifest, "number": _number(page)}
    known["notices"] = shown_notices(api, election)
    try:
        counted = results(api, election)
    except NotYet as early:
        held = early.document if isinstance(early, Held) else None
        seen = _unless_missing(lambda: turnout(api, election))
        state = "held" if held else "closed" if seen and seen["closed_at"] else _state(page, manifest, seen)
        gone = withdrawn(api, election) if seen else {}
        return page.render("results/waiting", **known, state=state, turnout=seen, withdrawn=gone, held=held)
    room = Room()
    contests = [show_contest(contest, page.text, room) for contest in counted["contests"]]
    seen = turnout(api, election)
    parts = {name: percentage(counted[name], counted["roll"], page.text) for name in ("issued", "cast")}
    known |= {"result": counted, "contests": contests, "turnout": seen, "parts": parts}
    template = "results/minutes" if view else "results/counted"
    response = page.render(template, **known, shared=_shared(page, counted, contests, parts["cast"]))
    response.headers.update(FOR_EVERYBODY)
    return response


@router.get("/results/{id}/csv", openapi_extra=PUBLIC)
def result_as_csv(
    page: Paged, election: ElectionId, form: Annotated[Literal["long", "table"], Query()] = "long"
) -> Response:
    """Every figure of the result, exact, one in a line; or a line for each option. 403 before it is published."""
    try:
        document = results(_api(page), election)
    except Held:
        raise Forbidden("held", "the result is counted, and held until an organiser releases it") from None
    except NotYet:
        raise Forbidden("not-counted", "the ballots of this election are not counted yet") from None
    table = form == "table"
    name = f"ballotcast-{election}{'-table' if table else ''}.csv"
    headers = {"Cache-Control": "public, max-age=300", "Content-Disposition": f'attachment; filename="{name}"'}
    if table:
        headers["Vary"] = VARY
    content = table_file(document, page.text) if table else spreadsheet(document)
    return Response(content, headers=headers, media_type="text/csv; charset=utf-8; header=present")


@router.get("/results/{id}/statement", openapi_extra=PUBLIC)
def turnout_statement(page: Paged, election: ElectionId) -> Response:
    """The newest turnout statement as a file, to be kept; NotFound until one is signed."""
    note = turnout(_api(page), election)["statement"]
    if note is None:
        raise NotFound("no-statement", "no turnout of this election is stated yet")
    hour = note.split("\n")[3].replace(":", "")
    name = f"ballotcast-turnout-{election}-{hour}.txt"
    headers = {"Cache-Control": "no-cache", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(note, headers=headers, media_type="text/plain; charset=utf-8")


def _shared(page: Page, counted: Document, contests: list[ContestView], part: Markup) -> str:
    """The result in a few lines of text, to be passed on."""
    lines = [page.text("results.title", election=counted["title"])]
    for view in contests:
        outcome = Markup(" ").join(view.card.outcome).striptags()
        lines.append(page.text("results.shared_contest", contest=view.contest["title"], outcome=outcome))
    number = _number(page)
    figures = {"cast": number(counted["cast"]), "roll": number(counted["roll"]), "part": part}
    lines.append(page.text("results.shared_turnout", **figures))
    return "\n".join(unescape(str(line)) for line in lines)


def _api(page: Page) -> Api:
    api: Api = page.request.app.state.connect(page.api_address)
    return api


def _state(page: Page, manifest: Document, seen: Document | None) -> str:
    """By the clock, as planned, or as amended."""
    ends = (seen and seen["closes_at"]) or manifest["closes_at"]
    opens_at, closes_at = datetime.fromisoformat(manifest["opens_at"]), datetime.fromisoformat(ends)
    now = page.request.app.state.wiring.clock()
    return "scheduled" if now < opens_at else "open" if now < closes_at else "closed"


def _unless_missing(look: Callable[[], Document]) -> Document | None:
    try:
        return look()
    except ApiError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def _number(page: Page) -> Callable[[int], str]:
    group = str(page.text("results.group_mark"))
    return lambda number: f"{number:,}".replace(",", group)
