"""The page of one election: how it stands, and what its organiser can do now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Response

from ballotcast.client import published
from ballotcast.client.errors import ApiError, ClientError
from ballotcast.client.organiser import Organiser
from ballotcast.clock import from_rfc3339
from ballotcast.errors import NotFound
from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import SignedIn
from ballotcast.http.fields import ElectionId
from web.copy_form import COPY_ACTS, copy_election
from web.draft_form import DraftForm, ballot_of
from web.extension_form import extend_voting
from web.faults import Faults, faults_of
from web.figures.shares import percentage
from web.forms import OurForm
from web.mail_routes import ACTS as MAIL_ACTS
from web.mail_routes import change_mail
from web.notices import NOTICE_ACTS, change_notices
from web.organising import BADGES, delivery_counts, done_text, grouped, organiser_at, standing, time_left
from web.pages import Page, Paged
from web.people_form import PEOPLE_ACTS, ROLES, change_people
from web.remind_form import REMIND_ACTS, schedule_reminder
from web.routing import advice, page_routes
from web.trustee_form import FIELD, TRUSTEE_ACTS, ceremony_of, order_trustees
from web.withdrawal_form import withdraw_option

router = page_routes()
SESSION = contract(Access.BROWSER_SESSION)
LOOKED_AT = 1000
"""Voters whose delivery the overview counts; the roll's pages tell of the others."""


@dataclass(frozen=True)
class Act:
    """`do` answers with what was done, if it has a number. `asks`: only after the page has said what follows."""

    do: Callable[[Organiser, str], Any]
    asks: bool = False
    danger: bool = False


ACTS = {
    "begin": Act(lambda organiser, election: organiser.invite(election)["queued"], asks=True),
    "invite": Act(lambda organiser, election: organiser.invite(election)["queued"]),
    "remind": Act(lambda organiser, election: organiser.invite(election, only="not_issued")["queued"], asks=True),
    "bounced": Act(lambda organiser, election: organiser.invite(election, only="bounced")["queued"]),
    "all": Act(lambda organiser, election: organiser.invite(election, only="all")["queued"], asks=True),
    "result": Act(lambda organiser, election: organiser.invite(election, only="result")["queued"], asks=True),
    "stop": Act(lambda organiser, election: organiser.stop_invitations(election)),
    "open": Act(lambda organiser, election: organiser.open(election), asks=True),
    "close": Act(lambda organiser, election: organiser.close(election), asks=True, danger=True),
    "count": Act(lambda organiser, election: organiser.close(election)),
    "release": Act(lambda organiser, election: organiser.release_result(election), asks=True),
    "erase": Act(lambda organiser, election: organiser.erase_personal_data(election), asks=True, danger=True),
    "empty": Act(lambda organiser, election: organiser.empty_roll(election), asks=True, danger=True),
    "delete": Act(lambda organiser, election: organiser.delete_election(election), asks=True, danger=True),
}
FIXING = ("begin", "open")
"""After these nothing of the draft can be changed; they are not offered while nobody is on the roll."""


@router.get("/manage/elections/{id}", openapi_extra=SESSION)
def overview(
    page: Paged,
    token: SignedIn,
    election: ElectionId,
    done: Annotated[str, Query(max_length=20)] = "",
    count: Annotated[int | None, Query(ge=0)] = None,
    cursor: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """One election."""
    return _overview(page, organiser_at(page, token), election, done=(done, count), cursor=cursor)


@router.post("/manage/elections/{id}", openapi_extra=SESSION)
def act(page: Paged, token: SignedIn, form: OurForm, election: ElectionId) -> Response:
    """Do something with the election; first ask, if it cannot be undone."""
    name, organiser = form.text("act"), organiser_at(page, token)
    if name == "extend":
        return extend_voting(page, organiser, election, form)
    if name in COPY_ACTS:
        return copy_election(page, organiser, election, form)
    if name in NOTICE_ACTS:
        return change_notices(page, organiser, election, form)
    if name == "withdraw":
        return withdraw_option(page, organiser, election, form)
    if name in REMIND_ACTS:
        return schedule_reminder(page, organiser, election, form)
    if name in TRUSTEE_ACTS:
        ordered = order_trustees(page, organiser, election, form)
        typed = form.text(FIELD) if name == "trustees-begin" else None
        return _overview(page, organiser, election, ordered, typed=typed) if isinstance(ordered, Faults) else ordered
    if name in PEOPLE_ACTS:
        changed = change_people(page, organiser, election, form)
        return _overview(page, organiser, election, changed) if isinstance(changed, Faults) else changed
    if name in MAIL_ACTS:
        return change_mail(page, organiser, election, form)
    chosen = ACTS.get(name)
    if chosen is None:
        raise NotFound("no-act", "there is no such thing to do")
    if chosen.asks and form.text("sure") != "yes":
        return _asked(page, organiser, election, name)
    try:
        done = chosen.do(organiser, election)
    except ClientError as error:
        return _overview(page, organiser, election, faults_of(page, error, lambda pointer: ("", "")), error)
    if name == "delete":
        return page.redirect("/manage?done=delete")
    count = f"&count={done}" if isinstance(done, int) else ""
    return page.redirect(f"/manage/elections/{election}?done={name}{count}")


def _asked(page: Page, organiser: Organiser, election: str, name: str) -> Response:
    """What follows, before it is done; of what fixes the election, all that is fixed."""
    shown = organiser.election(election)
    fixes, roll = name in FIXING, organiser.page(f"/elections/{election}/voters", limit=LOOKED_AT)
    if fixes and not roll["voters"]:
        nobody = Faults(notice=advice(page, "empty-roll", 409), status=409)
        return _overview(page, organiser, election, nobody)
    return page.render(
        "manage/confirm",
        act=name,
        danger=ACTS[name].danger,
        election=shown,
        on_roll=len(standing(roll["voters"])),
        more_on_roll=bool(roll["next_cursor"]),
        late=_late(page, shown),
        ballots=ballot_of(DraftForm.of(shown)) if fixes else [],
    )


def _late(page: Page, election: dict[str, Any]) -> bool:
    """Whether a draft says that it opens at a time which is past: it would open as soon as it is fixed."""
    now: datetime = page.request.app.state.wiring.clock()
    return election["status"] == "draft" and from_rfc3339(election["opens_at"]) <= now


def _overview(
    page: Page,
    organiser: Organiser,
    election: str,
    faults: Faults | None = None,
    refusal: ClientError | None = None,
    *,
    done: tuple[str, int | None] = ("", None),
    cursor: str = "",
    typed: str | None = None,
) -> Response:
    shown = organiser.election(election)
    roll = organiser.page(f"/elections/{election}/voters", limit=LOOKED_AT)
    events = organiser.page(f"/elections/{election}/events", cursor)
    frozen = shown["status"] != "draft"
    inviting = shown["status"] in ("scheduled", "open")
    ceremony = ceremony_of(organiser, shown)
    people = ceremony["trustees"] if ceremony else []
    seen = _if_there("no-log", lambda: published.turnout(organiser.api, election)) if frozen else None
    return page.render(
        "manage/overview",
        faults.status if faults else 200,
        faults=faults or Faults(),
        unverified=events["events"][0]["organiser"] if _is(refusal, "not-verified") and events["events"] else "",
        done=done_text(page, *done, shown),
        election=shown,
        fingerprint=grouped(shown["manifest_hash"] or ""),
        on_roll=len(standing(roll["voters"])),
        more_on_roll=bool(roll["next_cursor"]),
        late=_late(page, shown),
        delivery=delivery_counts(standing(roll["voters"])),
        run=organiser.invitations(election)["run"] if inviting else None,
        turnout=seen,
        state="counted" if shown["counted"] else "held" if shown["held_since"] else shown["status"],
        badges=BADGES,
        time_left=time_left(page, shown),
        cast_part=_cast_part(page, seen, shown),
        ballots=ballot_of(DraftForm.of(shown)),
        people=organiser.people(election),
        ceremony=ceremony,
        asking_trustees=typed is not None,
        typed_trustees=typed or "",
        named_trustees="\n".join(f"{one['name']}, {one['email']}" for one in people),
        roles=ROLES,
        events=events["events"],
        later=events["next_cursor"],
    )


def _cast_part(page: Page, seen: dict[str, Any] | None, shown: dict[str, Any]) -> str:
    """Which part of the voters has cast a ballot, as far as that is told; nothing before the log."""
    if seen is None or not shown["roll_size"]:
        return ""
    return percentage(min(seen["cast"], shown["roll_size"]), shown["roll_size"], page.text)


def _if_there(otherwise: str, look: Callable[[], Any]) -> Any:
    try:
        return look()
    except ApiError as error:
        if error.slug != otherwise:
            raise
        return None


def _is(error: ClientError | None, slug: str) -> bool:
    return isinstance(error, ApiError) and error.slug == slug
