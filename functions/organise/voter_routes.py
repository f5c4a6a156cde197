"""Routes of the roll: voters, imports, and the end of personal data."""

from typing import Annotated, Literal, Self

from fastapi import Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roll_file import Row
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId, IdempotencyKey, JobId
from ballotcast.http.paging import Cursor, Limit, to_cursor
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.store.jobs import Job
from ballotcast.store.voters import Voter
from organise.account_routes import Email
from organise.drafts import owned_election
from organise.importing import check_roll, find_import, import_roll
from organise.roll import add_voter, erase_personal_data, voters_page

router = routes()
ROLL_FILE = 5 * 1024 * 1024
"""Bytes of a roll in one request."""


class VoterAdded(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    phone: Annotated[str, Field(max_length=40)] = ""


class VoterView(BaseModel):
    """`issued` (took part so far as to get a credential) is null until the election is closed.

    Before that it would tell when somebody votes. Whether a mail was opened is never recorded.
    """

    email: str
    phone: str
    delivery: Literal["none", "queued", "sent", "bounced"]
    issued: bool | None

    @classmethod
    def of(cls, voter: Voter, *, closed: bool = False, erased: bool = False) -> Self:
        personal = {"email": "", "phone": ""} if erased else {"email": voter.email, "phone": voter.phone}
        issued = voter.issued if closed else None
        return cls.model_validate({**personal, "delivery": voter.delivery, "issued": issued})


class VotersPage(BaseModel):
    voters: list[VoterView]
    next_cursor: str | None


class Rejected(BaseModel):
    line: int
    reason: str


class ImportReport(BaseModel):
    """`duplicates`: on the roll already, or further up in the file. At most 2,000 rejected rows are listed.

    `ignored_columns`: names of columns that no roll has, in lower case; at most 20.
    """

    added: int
    duplicates: int
    rejected: list[Rejected]
    rejected_count: int
    ignored_columns: list[str]


class ImportCheck(ImportReport):
    """Of a dry run. `compared`: duplicates on the roll are counted; else only those within the file."""

    compared: bool


class ImportJob(ImportReport):
    """`done` of `total` readable rows are behind it."""

    job: str
    state: Literal["running", "done", "failed"]
    done: int
    total: int

    @classmethod
    def of(cls, job: Job) -> Self:
        progress = {"job": job.id, "state": job.state, "done": job.done, "total": job.total}
        return cls.model_validate({**progress, **job.outcome})


class Erasing(BaseModel):
    state: Literal["running"]


@router.post(
    "/elections/{id}/voters",
    status_code=201,
    openapi_extra=contract(Access.ORGANISER, creates=True),
    responses=refuses(404, 409),
)
def add(
    election: ElectionId,
    body: VoterAdded,
    organiser: CurrentOrganiser,
    wiring: Wired,
    idempotency_key: IdempotencyKey = None,
) -> VoterView:
    """Put one voter on the roll."""
    owned = owned_election(wiring, organiser, election)
    return VoterView.of(add_voter(wiring, owned, Row(body.email, body.phone), idempotency_key))


@router.post(
    "/elections/{id}/voters/import",
    openapi_extra=contract(Access.ORGANISER, creates=True, body_limit=ROLL_FILE),
    responses={202: {"model": ImportJob, "description": "A large file: goes on as a job"}, **refuses(404, 409)},
)
def import_(
    election: ElectionId,
    organiser: CurrentOrganiser,
    wiring: Wired,
    response: Response,
    roll: Annotated[bytes, Body(media_type="text/csv")] = b"",
    dry_run: Annotated[bool, Query()] = False,
    idempotency_key: IdempotencyKey = None,
) -> ImportReport | ImportCheck | ImportJob:
    """Put voters on the roll from a CSV file with the columns `email` and perhaps `phone`, or tell what would be."""
    owned = owned_election(wiring, organiser, election)
    if dry_run:
        return ImportCheck(**check_roll(wiring, owned, roll))
    job = import_roll(wiring, owned, roll, idempotency_key)
    if job.state == "done":
        return ImportReport(**job.outcome)
    response.status_code = 202
    return ImportJob.of(job)


@router.get("/elections/{id}/voters/imports/{job}", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def show_import(election: ElectionId, job: JobId, organiser: CurrentOrganiser, wiring: Wired) -> ImportJob:
    """How far an import is."""
    return ImportJob.of(find_import(wiring, owned_election(wiring, organiser, election), job))


@router.get("/elections/{id}/voters", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def list_(
    election: ElectionId, organiser: CurrentOrganiser, wiring: Wired, limit: Limit = 100, cursor: Cursor = None
) -> VotersPage:
    """The roll, in an order that tells nothing."""
    owned = owned_election(wiring, organiser, election)
    found, more = voters_page(wiring, election, cursor, limit)
    closed = owned.status(wiring.clock()) is Status.CLOSED
    voters = [VoterView.of(voter, closed=closed, erased=owned.erased) for voter in found]
    return VotersPage(voters=voters, next_cursor=to_cursor(more) if more else None)


@router.delete(
    "/elections/{id}/voters/personal-data",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER),
    responses=refuses(404, 409),
)
def erase(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> Erasing:
    """After close: hide addresses and telephone numbers now, and erase them in the background; counts stay."""
    erase_personal_data(wiring, owned_election(wiring, organiser, election))
    return Erasing(state="running")
