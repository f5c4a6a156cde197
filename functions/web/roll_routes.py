"""Pages of an election's roll: who is on it, whom mails reached, and importing a file."""

import io
from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from ballotcast.client.errors import ApiError, ClientError
from ballotcast.client.organiser import Organiser
from ballotcast.client.roll_table import write_roll
from ballotcast.errors import TooLarge
from ballotcast.http.access import MOST_BODY, Access, contract
from ballotcast.http.cookies import SignedIn
from ballotcast.http.fields import ElectionId
from ballotcast.http.raw_body import RawBody
from web.faults import Faults, by_label, faults_of, in_words, told
from web.forms import OurForm, OwnFetch
from web.organising import delivery_counts, done_text, form_page, organiser_at, standing
from web.pages import Page, Paged
from web.right_form import RIGHT_ACTS, change_right
from web.routing import advice, page_routes

router = page_routes()
SESSION = contract(Access.BROWSER_SESSION)
ROLL_FILE = contract(Access.BROWSER_SESSION, body_limit=MOST_BODY)
MOST_TABLE = 5000
"""Voters in a table that is downloaded: fifty requests for pages of the roll."""
STATES = ("none", "queued", "sent", "bounced")
LABELS = {"email": "manage.email", "phone": "manage.phone", "name": "manage.name"}


@router.get("/manage/elections/{id}/voters", openapi_extra=SESSION)
def roll(
    page: Paged,
    token: SignedIn,
    election: ElectionId,
    cursor: Annotated[str, Query(max_length=400)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
    search: Annotated[str, Query(max_length=200)] = "",
    delivery: Annotated[str, Query(pattern="^(none|queued|sent|bounced)?$")] = "",
    table: Annotated[bool, Query()] = False,
) -> Response:
    """A page of the roll: of all, or of those who are looked for; or all of it as a `table` (CSV)."""
    if table:
        return _table(page, organiser_at(page, token), election)
    wanted = {"search": search.strip(), "delivery": delivery}
    return _roll(page, organiser_at(page, token), election, cursor, done=done, wanted=wanted)


@router.post("/manage/elections/{id}/voters", openapi_extra=SESSION)
def change_roll(page: Paged, token: SignedIn, form: OurForm, election: ElectionId) -> Response:
    """Add, change or remove a voter, send one their invitation again, end their right or correct their address."""
    organiser = organiser_at(page, token)
    if form.text("act") in RIGHT_ACTS:
        return change_right(page, organiser, election, form)
    email, phone, name = form.text("email"), form.text("phone"), form.text("name")
    act, cursor, voter = form.text("act"), form.text("cursor"), form.text("voter")
    typed = {"email": email, "phone": phone, "name": name, "voter": voter}
    if act == "edit":
        return _roll(page, organiser, election, cursor, typed=typed)
    try:
        match act:
            case "resend":
                organiser.invite(election, voters=[email])
            case "remove":
                organiser.remove_voters(election, [email])
            case _ if voter:
                organiser.edit_voter(election, voter, {"email": email, "phone": phone, "name": name})
            case _:
                organiser.add_voter(election, email, phone, name)
    except ClientError as error:
        of_row = act in ("resend", "remove")
        faults = faults_of(page, error, (lambda pointer: ("", "")) if of_row else by_label(page, LABELS))
        return _roll(page, organiser, election, cursor, faults, {} if of_row else typed)
    done = {"resend": "resent", "remove": "removed"}.get(act, "edited" if voter else "added")
    where = f"&cursor={cursor}" if cursor else ""
    return page.redirect(f"/manage/elections/{election}/voters?done={done}{where}")


@router.get("/manage/elections/{id}/import", openapi_extra=SESSION)
def import_form(
    page: Paged, token: SignedIn, election: ElectionId, job: Annotated[str, Query(pattern="^[A-Za-z0-9_-]{0,64}$")] = ""
) -> Response:
    """Where a file is chosen; with `job`, how far an import is."""
    organiser = organiser_at(page, token)
    if not job:
        return page.render("manage/import", election=organiser.election(election))
    return JSONResponse(_report(page, organiser.find_import(election, job)))


@router.post("/manage/elections/{id}/import", openapi_extra=ROLL_FILE, dependencies=[OwnFetch])
def import_(
    page: Paged,
    token: SignedIn,
    election: ElectionId,
    roll: RawBody,
    dry_run: Annotated[bool, Query()] = True,
    columns: Annotated[str, Query(max_length=80)] = "",
    header: Annotated[bool, Query()] = True,
) -> Response:
    """Tell what would come of a file, or import it; as JSON, to our script."""
    organiser = organiser_at(page, token)
    act = organiser.check_import if dry_run else organiser.begin_import
    try:
        return JSONResponse(_report(page, act(election, roll, columns=columns, header=header)))
    except ApiError as error:
        if error.slug != "bad-roll-file":
            raise
        said = [advice(page, error.slug, error.status), *(in_words(page, one.fault) for one in error.errors)]
        problem = {**error.document, "advice": " ".join(str(text.striptags()) for text in said)}
        return JSONResponse(problem, error.status)


def _report(page: Page, report: dict[str, Any]) -> dict[str, Any]:
    """The report with its sentences in the page's language."""

    def word(found: Mapping[str, Any], words: str = "detail") -> str:
        return str(in_words(page, told(found, words)).striptags())

    return {
        **report,
        "rejected": [{**row, "reason": word(row, "reason")} for row in report["rejected"]],
        "warnings": [word(warning) for warning in report["warnings"]],
        "mended": [{**row, "note": word(row, "note")} for row in report["mended"]],
        "undecided": word(report["undecided"]) if report.get("undecided") else None,
    }


def _table(page: Page, organiser: Organiser, election: str) -> Response:
    """The roll as CSV; TooLarge over `MOST_TABLE` voters, which the command writes."""
    voters = list(islice(organiser.voters(election), MOST_TABLE + 1))
    if len(voters) > MOST_TABLE:
        raise TooLarge("roll-too-long", f"over {MOST_TABLE} voters: use `ballotcast voters export`")
    text = io.StringIO(newline="")
    write_roll(text, voters)
    headers = {"Content-Disposition": f'attachment; filename="roll-{election}.csv"'}
    return Response("\ufeff" + text.getvalue(), headers=headers, media_type="text/csv; charset=utf-8; header=present")


def _roll(
    page: Page,
    organiser: Organiser,
    election: str,
    cursor: str,
    faults: Faults | None = None,
    typed: dict[str, str] | None = None,
    *,
    done: str = "",
    wanted: dict[str, str] | None = None,
) -> Response:
    shown, wanted = organiser.election(election), wanted or {"search": "", "delivery": ""}
    listed = organiser.page(f"/elections/{election}/voters", cursor, wanted=wanted)
    return form_page(
        page,
        "manage/roll",
        faults,
        election=shown,
        voters=listed["voters"],
        delivery=delivery_counts(standing(listed["voters"])),
        cursor=cursor,
        more=listed["next_cursor"],
        count=listed["count"],
        wanted=wanted,
        states=STATES,
        typed=typed or {"email": "", "phone": "", "name": "", "voter": ""},
        done=done_text(page, done, election=shown),
    )
