"""Routes of conducting an election: invitations, opening, closing, and what was done."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ballotcast.ballots.contest import MOST_OPTIONS, ContestId
from ballotcast.ballots.fields import UtcSecond
from ballotcast.elections.roles import Role
from ballotcast.elections.typed_text import TypedText
from ballotcast.faults import FaultError
from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId, IdempotencyKey
from ballotcast.http.measuring import count
from ballotcast.http.paging import Cursor, Limit, from_cursor, to_cursor
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.store.events import Event
from ballotcast.store.jobs import Job
from organise.account_routes import Email
from organise.closing import close_election, open_election
from organise.contest_draft import OPTIONAL
from organise.drafts import owned_election
from organise.election_routes import ElectionView
from organise.extending import extend_voting
from organise.invitation_jobs import newest_run, stop_run
from organise.inviting import Choice, invite
from organise.people import names_of
from organise.releasing import release_result
from organise.reminding import schedule_reminder
from organise.result_mails import mail_result
from organise.withdrawing import Order, withdraw_option

router = routes()


class Invitations(BaseModel):
    """`only` or `voters` (addresses); neither: anyone who has not been sent a mail yet.

    `at`: when to remind (`only` is `not_issued`), instead of now; null: not at a time that was chosen before.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    only: Literal["all", "bounced", "not_issued", "result"] = OPTIONAL
    voters: Annotated[list[Email], Field(min_length=1, max_length=100)] = OPTIONAL
    at: UtcSecond | None = OPTIONAL

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if {"only", "voters"} <= self.model_fields_set:
            raise FaultError("one-or-other", one="only", other="voters")
        if self.later and self.only != "not_issued":
            raise FaultError("only-reminders")
        return self

    @property
    def later(self) -> bool:
        return "at" in self.model_fields_set

    @property
    def choice(self) -> Choice:
        emails = tuple(self.voters) if "voters" in self.model_fields_set else None
        return Choice(self.only if "only" in self.model_fields_set and self.only != "result" else None, emails)

    @property
    def of_result(self) -> bool:
        return "only" in self.model_fields_set and self.only == "result"


class Queued(BaseModel):
    """`queued`: mails; null for a reminder, because the number would tell how many have voted.

    `last_day`: when the last of them go out (`2026-11-22`), if the day's allowance does not suffice; else null.
    """

    queued: int | None
    last_day: str | None


class RunView(BaseModel):
    """`done` of `total` mails are queued. `continues_at`: when it has mails again, if it waits for another day."""

    state: Literal["running", "waiting", "done", "stopped", "failed"]
    done: int
    total: int
    last_day: str | None
    continues_at: str | None

    @classmethod
    def of(cls, job: Job) -> Self:
        waits = job.parameters.get("continues_at") if job.state == "running" else None
        state = "waiting" if waits else job.state
        last_day = job.parameters.get("last_day")
        return cls.model_validate(
            {"state": state, "done": job.done, "total": job.total, "last_day": last_day, "continues_at": waits}
        )


class NewestRun(BaseModel):
    """`run`: the newest invitations to all, or to all who waited, that are a job; null if there are none."""

    run: RunView | None


class Extension(BaseModel):
    """`closes_at`: the later end. `reason`: for everybody to read, for good."""

    model_config = ConfigDict(extra="forbid", strict=True)
    closes_at: UtcSecond
    reason: TypedText


class WithdrawnOption(BaseModel):
    """`contest`: its id. `option`: its number, from 1. `reason`: for everybody to read, for good."""

    model_config = ConfigDict(extra="forbid", strict=True)
    contest: ContestId
    option: Annotated[int, Field(ge=1, le=MOST_OPTIONS)]
    reason: TypedText


class EventView(BaseModel):
    """`organiser`: the id of who did it; `name`: their address. `detail.member`: the address that it was done to."""

    id: str
    at: str
    organiser: str
    name: str
    action: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, told: Event, names: Mapping[str, str]) -> Self:
        """`names`: addresses by id."""
        member = told.detail.get("member")
        return cls(
            id=told.id,
            at=told.at,
            organiser=told.organiser,
            name=names.get(told.organiser, ""),
            action=told.action,
            detail=told.detail if member is None else {**told.detail, "member": names.get(member, "")},
        )


class EventsPage(BaseModel):
    events: list[EventView]
    next_cursor: str | None


@router.post(
    "/elections/{id}/invitations",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER, creates=True),
    responses=refuses(403, 404, 409, 429),
)
def send(
    election: ElectionId,
    request: Request,
    organiser: CurrentOrganiser,
    wiring: Wired,
    order: Invitations | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Queued:
    """Mail voters: invitations, again, a reminder, or the result; the first invitations freeze the manifest."""
    owned = owned_election(wiring, organiser, election)
    if order and order.later:
        schedule_reminder(wiring, owned, order.at)
        return Queued(queued=None, last_day=None)
    if order and order.of_result:
        job = mail_result(wiring, owned)
        return Queued(queued=job.total, last_day=job.parameters["last_day"])
    choice = order.choice if order else Choice()
    invited = invite(wiring, owned, choice, base_url(request, wiring.settings), idempotency_key)
    if invited.queued:
        count("InvitationsQueued", invited.queued)
    return Queued(**invited._asdict())


@router.get("/elections/{id}/invitations", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def show_run(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> NewestRun:
    """How far the invitations are. Reminders are not shown: their progress would tell who has voted."""
    job = newest_run(wiring, owned_election(wiring, organiser, election, Role.OBSERVER))
    return NewestRun(run=RunView.of(job) if job else None)


@router.post("/elections/{id}/invitations/stop", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def stop(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> NewestRun:
    """Queue no further mails of these invitations. Voters who are left can be invited later."""
    owned = owned_election(wiring, organiser, election)
    job = stop_run(wiring, election, owned.inviting, organiser) if owned.inviting else None
    return NewestRun(run=RunView.of(job) if job else None)


@router.post("/elections/{id}/open", openapi_extra=contract(Access.ORGANISER), responses=refuses(403, 404, 409))
def open_(election: ElectionId, request: Request, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """Open now, instead of at `opens_at`; only while the manifest is not frozen."""
    owned = owned_election(wiring, organiser, election)
    return ElectionView.of(open_election(wiring, owned, base_url(request, wiring.settings)), wiring)


@router.post("/elections/{id}/extensions", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def extend(election: ElectionId, body: Extension, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """Have voting end later, while it has not ended; every voter's page shows it, with the reason."""
    owned = owned_election(wiring, organiser, election)
    return ElectionView.of(extend_voting(wiring, owned, body.closes_at, body.reason), wiring)


@router.post("/elections/{id}/withdrawals", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def withdraw(election: ElectionId, body: WithdrawnOption, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """Withdraw an option, while voting has not ended; every voter's page shows it, with the reason."""
    owned = owned_election(wiring, organiser, election)
    return ElectionView.of(withdraw_option(wiring, owned, Order(body.contest, body.option, body.reason)), wiring)


@router.post(
    "/elections/{id}/close", status_code=202, openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409)
)
def close(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """Close now and start the count; again: start a count that failed again."""
    return ElectionView.of(close_election(wiring, owned_election(wiring, organiser, election)), wiring)


@router.post("/elections/{id}/release", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def release(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """Publish a result that the manifest holds after the count."""
    owned = owned_election(wiring, organiser, election)
    release_result(wiring, owned)
    return ElectionView.of(owned, wiring)


@router.get("/elections/{id}/events", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def list_events(
    election: ElectionId, organiser: CurrentOrganiser, wiring: Wired, limit: Limit = 100, cursor: Cursor = None
) -> EventsPage:
    """What organisers did, oldest first; nothing that a voter did."""
    owned = owned_election(wiring, organiser, election, Role.OBSERVER)
    found = wiring.events.page(election, after=from_cursor(cursor), limit=limit)
    concerned = {told.organiser for told in found} | {told.detail.get("member", told.organiser) for told in found}
    names = names_of(wiring, owned, concerned)
    events = [EventView.of(told, names) for told in found]
    return EventsPage(events=events, next_cursor=to_cursor(found[-1].id) if len(found) == limit else None)
