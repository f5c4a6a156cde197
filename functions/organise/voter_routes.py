"""Routes of the roll: voters, imports, and the end of personal data."""

from typing import Annotated, Any, Literal, Self

from fastapi import Header, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, computed_field

from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roles import Role
from ballotcast.elections.roll_cells import read_name
from ballotcast.elections.roll_file import Reading, Row
from ballotcast.errors import Unsupported
from ballotcast.http.access import MOST_BODY, Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId, IdempotencyKey, JobId
from ballotcast.http.paging import Cursor, Limit, to_cursor
from ballotcast.http.raw_body import RawBody
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.http.worded import Told, Worded
from ballotcast.store.election import Election
from ballotcast.store.jobs import Job
from ballotcast.store.voter import Voter
from organise.account_routes import Email
from organise.drafts import owned_election
from organise.importing import check_roll, find_import, import_roll
from organise.roll import Wanted, add_voter, erase_personal_data, voters_page
from organise.roll_editing import edit_voter, empty_roll, remove_voters

router = routes()
ROLL_TYPES = frozenset(
    {
        "text/csv",
        "text/plain",
        "text/tab-separated-values",
        "application/octet-stream",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
"""What a file is, its first bytes tell. API Gateway passes any bytes as `application/octet-stream` only."""


def _name(text: str) -> str:
    return read_name([text], lambda _: None)


class VoterAdded(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    phone: Annotated[str, Field(max_length=40)] = ""
    name: Annotated[str, Field(max_length=400), AfterValidator(_name)] = ""
    language: Literal["", "de", "en", "es", "fr"] = ""


OPTIONAL: Any = Field(default=None)


class VoterChanges(BaseModel):
    """`voter`: the address as it is on the roll; the others replace what is there."""

    model_config = ConfigDict(extra="forbid", strict=True)
    voter: Email
    email: Email = OPTIONAL
    phone: Annotated[str, Field(max_length=40)] = OPTIONAL
    name: Annotated[str, Field(max_length=400), AfterValidator(_name)] = OPTIONAL
    language: Literal["", "de", "en", "es", "fr"] = OPTIONAL


class Removal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    voters: Annotated[list[Email], Field(min_length=1, max_length=97)]


class Removed(BaseModel):
    removed: int


Right = Literal["none", "stated", "ended", "moved"]
"""Of a voter: on no roll that anybody was shown (everybody in a draft); on one; asked to end; given to another address.

Whether a right did end is not told: that depends on whether it was used.
"""


def right_of(election: Election, voter: Voter) -> Right:
    if voter.ended:
        return "moved" if voter.successor else "ended"
    return "stated" if election.frozen and election.added(voter.generation) is not None else "none"


class VoterView(BaseModel):
    """`issued` (took part so far as to get a credential) is null until the election is closed.

    Before that it would tell when somebody votes. Whether a mail was opened is never recorded.
    """

    email: str
    name: str
    phone: str
    language: str
    delivery: Literal["none", "queued", "sent", "bounced"]
    right: Right
    issued: bool | None

    @classmethod
    def of(cls, voter: Voter, election: Election, *, closed: bool = False) -> Self:
        shown = ("email", "name", "phone", "language")
        personal = {name: "" if election.erased else getattr(voter, name) for name in shown}
        issued, right = voter.issued if closed else None, right_of(election, voter)
        return cls.model_validate({**personal, "delivery": voter.delivery, "right": right, "issued": issued})


class VotersPage(BaseModel):
    """`count`: voters on the whole roll; null where that is not known (older elections)."""

    voters: list[VoterView]
    next_cursor: str | None
    count: int | None


class Rejected(Worded):
    line: int
    value: str

    @computed_field
    def reason(self) -> str:
        """In English."""
        return self.words


class DuplicateRow(BaseModel):
    """`first_line`: where the address stands further up; null if it is on the roll already."""

    line: int
    value: str
    first_line: int | None


class MendedRow(Worded):
    line: int
    value: str

    @computed_field
    def note(self) -> str:
        """In English."""
        return self.words


class ImportReport(BaseModel):
    """`duplicates`: on the roll already, or further up in the file. At most 2,000 rows are listed of each kind.

    `columns`: which hold `email`, `name`, `phone` and `language`, from 1. `ignored_columns`: names of the others, in
    lower case; at most 20. `mended`: rows that were taken after something in them was changed.
    """

    added: int
    duplicates: int
    duplicate_rows: list[DuplicateRow]
    rejected: list[Rejected]
    rejected_count: int
    mended: list[MendedRow]
    mended_count: int
    ignored_columns: list[str]
    columns: dict[str, list[int]]
    warnings: list[Told]


class ImportCheck(ImportReport):
    """Of a dry run. `compared`: duplicates on the roll are counted; else only those within the file.

    `undecided`: why the columns have to be chosen, of which `first_rows` are to choose from; null where they are known.
    """

    compared: bool
    undecided: Told | None
    first_rows: list[list[str]]


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


class Running(BaseModel):
    state: Literal["running"]


@router.post(
    "/elections/{id}/voters",
    status_code=201,
    openapi_extra=contract(Access.ORGANISER, creates=True),
    responses=refuses(403, 404, 409),
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
    row = Row(body.email, body.phone, body.name, body.language)
    return VoterView.of(add_voter(wiring, owned, row, idempotency_key), owned)


@router.patch("/elections/{id}/voters", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def edit(election: ElectionId, body: VoterChanges, organiser: CurrentOrganiser, wiring: Wired) -> VoterView:
    """Change a voter who was not invited yet."""
    owned = owned_election(wiring, organiser, election)
    changes = {name: getattr(body, name) for name in body.model_fields_set - {"voter"}}
    return VoterView.of(edit_voter(wiring, owned, body.voter, changes), owned)


@router.post("/elections/{id}/voters/removals", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def remove(election: ElectionId, body: Removal, organiser: CurrentOrganiser, wiring: Wired) -> Removed:
    """Take voters off the roll who were not invited yet; addresses that are not on it are ignored."""
    return Removed(removed=remove_voters(wiring, owned_election(wiring, organiser, election), body.voters))


@router.delete(
    "/elections/{id}/voters",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER),
    responses=refuses(404, 409),
)
def empty(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> Running:
    """Take everybody off a draft's roll who is on it now, in the background."""
    empty_roll(wiring, owned_election(wiring, organiser, election))
    return Running(state="running")


@router.post(
    "/elections/{id}/voters/import",
    openapi_extra=contract(Access.ORGANISER, creates=True, body_limit=MOST_BODY),
    responses={
        202: {"model": ImportJob, "description": "A large file: continues as a job"},
        **refuses(403, 404, 409, 415),
    },
)
def import_(
    election: ElectionId,
    organiser: CurrentOrganiser,
    wiring: Wired,
    response: Response,
    roll: RawBody,
    dry_run: Annotated[bool, Query()] = False,
    columns: Annotated[str, Query(max_length=80)] = "",
    header: Annotated[bool, Query()] = True,
    content_type: Annotated[str, Header()] = "text/csv",
    idempotency_key: IdempotencyKey = None,
) -> ImportReport | ImportCheck | ImportJob:
    """Put the voters of a table on the roll (CSV, .xlsx, .ods), or tell what would be.

    `columns` (`email:2,name:1+3,phone:5`) where their names are not known; `header`: whether the first row has names.
    """
    if content_type.partition(";")[0].strip().lower() not in ROLL_TYPES:
        raise Unsupported("unsupported-media-type", "a roll comes as text/csv or application/octet-stream")
    owned = owned_election(wiring, organiser, election)
    chosen = Reading(choice=columns, header=header)
    if dry_run:
        return ImportCheck(**check_roll(wiring, owned, roll, chosen))
    job = import_roll(wiring, owned, roll, idempotency_key, chosen)
    if job.state == "done":
        return ImportReport(**job.outcome)
    response.status_code = 202
    return ImportJob.of(job)


@router.get("/elections/{id}/voters/imports/{job}", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def show_import(election: ElectionId, job: JobId, organiser: CurrentOrganiser, wiring: Wired) -> ImportJob:
    """How far an import is."""
    return ImportJob.of(find_import(wiring, owned_election(wiring, organiser, election, Role.OBSERVER), job))


@router.get("/elections/{id}/voters", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def list_(
    election: ElectionId,
    organiser: CurrentOrganiser,
    wiring: Wired,
    limit: Limit = 100,
    cursor: Cursor = None,
    search: Annotated[str, Query(max_length=200)] = "",
    delivery: Literal["", "none", "queued", "sent", "bounced"] = "",
) -> VotersPage:
    """The roll in order of address: all of it, who is found by the beginning of an address or a name, or by a state."""
    owned = owned_election(wiring, organiser, election, Role.OBSERVER)
    found, more = voters_page(wiring, owned, Wanted(search.strip(), delivery), cursor, limit)
    closed = owned.status(wiring.clock()) is Status.CLOSED
    voters = [VoterView.of(voter, owned, closed=closed) for voter in found]
    count = wiring.roll_index.count(election) if owned.roll_indexed else None
    return VotersPage(voters=voters, next_cursor=to_cursor(more) if more else None, count=count)


@router.delete(
    "/elections/{id}/voters/personal-data",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER),
    responses=refuses(404, 409),
)
def erase(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> Running:
    """After close: hide addresses and telephone numbers now, and erase them in the background; counts stay."""
    erase_personal_data(wiring, owned_election(wiring, organiser, election, Role.OWNER))
    return Running(state="running")
