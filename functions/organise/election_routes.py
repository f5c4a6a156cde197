"""Routes of elections: drafts and what is shown of each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Any, Literal, Self
from unicodedata import category

from fastapi import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.fields import UtcSecond
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.roles import Role
from ballotcast.elections.typed_text import TypedText, typed
from ballotcast.faults import FaultError
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId, IdempotencyKey
from ballotcast.http.paging import Cursor, Limit, from_cursor, to_cursor
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.store.election import Election
from ballotcast.wiring import Wiring
from organise.contest_draft import OPTIONAL, Contests
from organise.copying import copy_election
from organise.drafts import create_election, delete_election, edit_election, owned_election
from organise.noticing import change_description, give_notice

router = routes()
WITH_PHOTOS = 1024 * 1024
"""Bytes of a draft: some forty new photos come with one; those that are stored are named by their hashes."""


def _lines(text: str) -> str:
    if any(category(character) == "Cc" and character not in "\t\r\n" for character in text):
        raise FaultError("control-in-text")
    return text


Description = Annotated[str, Field(max_length=4000), AfterValidator(_lines)]
SecondFactor = Literal["none", "email", "sms"]
Mode = Literal["managed", "trustees"]
Release = Literal["automatic", "held"]
Country = Annotated[str, Field(pattern="^([A-Z]{2})?$")]


class ElectionDraft(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    title: TypedText
    description: Description = ""
    opens_at: UtcSecond
    closes_at: UtcSecond
    contests: Contests
    second_factor: SecondFactor = "none"
    country: Country = ""
    mode: Mode = "managed"
    release: Release = "automatic"


class ElectionChanges(BaseModel):
    """Any of a draft's fields; `contests` replaces all of them."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: TypedText = OPTIONAL
    description: Description = OPTIONAL
    opens_at: UtcSecond = OPTIONAL
    closes_at: UtcSecond = OPTIONAL
    contests: Contests = OPTIONAL
    second_factor: SecondFactor = OPTIONAL
    country: Country = OPTIONAL
    mode: Mode = OPTIONAL
    release: Release = OPTIONAL


class ElectionView(BaseModel):
    """`manifest_hash` (M, hex) and `roll_size` (of the newest roll in the log) from freezing on. `withdrawn`: by the id
    of a contest the numbers of its options that were withdrawn, from 1. `role`: the caller's. `counted`: its result is
    published. `held_since`: when the ballots were counted whose result waits to be released. `remind_at`: when voters
    are reminded. `result_mailed`: whether the result's address was ordered to be mailed."""

    id: str
    title: str
    description: str
    opens_at: str
    closes_at: str
    contests: list[Contest]
    second_factor: SecondFactor
    country: str
    mode: Mode
    release: Release
    rehearsal: bool
    status: Status
    created_at: str
    withdrawn: dict[str, list[int]]
    closed_at: str | None
    manifest_hash: str | None
    roll_size: int | None
    personal_data_erased: bool
    role: Literal["owner", "organiser", "observer"]
    counted: bool
    held_since: str | None
    remind_at: str | None
    result_mailed: bool

    @classmethod
    def of(cls, election: Election, wiring: Wiring) -> Self:
        return cls.all_of([election], wiring)[0]

    @classmethod
    def all_of(cls, elections: Sequence[Election], wiring: Wiring) -> list[Self]:
        """Of the closed ones, one request looks up which are counted, and one more which of the held are released."""
        now = wiring.clock()
        counted = wiring.results.counted(one.id for one in elections if one.status(now) == "closed")
        return [cls._of(election, wiring, counted) for election in elections]

    @classmethod
    def _of(cls, election: Election, wiring: Wiring, counted: Mapping[str, str | None]) -> Self:
        held_since = counted.get(election.id)
        return cls(
            counted=election.id in counted and held_since is None,
            held_since=held_since,
            **{name: getattr(election, name) for name in cls.model_fields if name in Election.__dataclass_fields__}
            | {"roll_size": election.roll_size if election.frozen else None, "remind_at": election.remind_at or None},
            status=election.status(wiring.clock()),
            manifest_hash=sha256(election.manifest).hexdigest() if election.manifest else None,
            personal_data_erased=election.erased,
            result_mailed=bool(election.result_run),
        )


class CopyOrder(BaseModel):
    """What differs from the election that is copied. `roll`: whether its voters are copied as well.

    `rehearsal`: a copy whose mails go to the organiser alone.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    title: TypedText = OPTIONAL
    opens_at: UtcSecond = OPTIONAL
    closes_at: UtcSecond = OPTIONAL
    roll: bool = False
    rehearsal: bool = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        """The title of a rehearsal is the system's, and its roll as well."""
        for other in ("title", "roll"):
            if self.rehearsal and other in self.model_fields_set:
                raise FaultError("one-or-other", one=other, other="rehearsal")
        return self


class CopyView(ElectionView):
    """`roll_import`: the import that adds the voters (`…/voters/imports/{job}`); null without any."""

    roll_import: str | None


class NoticeOrder(BaseModel):
    """`replaces`: the number of the notice that this one corrects; an empty text takes that one back."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: Annotated[str, Field(max_length=2000), BeforeValidator(typed), AfterValidator(_lines)]
    replaces: Annotated[int, Field(ge=0, le=1000)] = 0


class NoticeGiven(BaseModel):
    number: int
    at: str


class ElectionsPage(BaseModel):
    elections: list[ElectionView]
    next_cursor: str | None


@router.post(
    "/elections",
    status_code=201,
    openapi_extra=contract(Access.ORGANISER, creates=True, body_limit=WITH_PHOTOS),
    responses=refuses(403, 409),
)
def create(
    draft: ElectionDraft, organiser: CurrentOrganiser, wiring: Wired, idempotency_key: IdempotencyKey = None
) -> ElectionView:
    """Draft an election."""
    return ElectionView.of(create_election(wiring, organiser, _given(draft), idempotency_key), wiring)


@router.post(
    "/elections/{id}/copies",
    status_code=201,
    openapi_extra=contract(Access.ORGANISER, creates=True),
    responses=refuses(403, 404, 409),
)
def copy(
    election: ElectionId,
    order: CopyOrder,
    organiser: CurrentOrganiser,
    wiring: Wired,
    idempotency_key: IdempotencyKey = None,
) -> CopyView:
    """Draft another election like this one, with or without its voters."""
    owned = owned_election(wiring, organiser, election)
    changes = {name: getattr(order, name) for name in order.model_fields_set - {"roll", "rehearsal"}}
    made = copy_election(
        wiring,
        owned,
        changes,
        with_roll=order.roll,
        rehearsal=order.rehearsal,
        idempotency_key=idempotency_key,
    )
    shown = ElectionView.of(made.election, wiring)
    return CopyView(**dict(shown), roll_import=made.job.id if made.job else None)


@router.post("/elections/{id}/notices", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def notice(election: ElectionId, order: NoticeOrder, organiser: CurrentOrganiser, wiring: Wired) -> NoticeGiven:
    """Say something to everybody once the election is frozen, correct it, or take it back; every change is kept."""
    owned = owned_election(wiring, organiser, election)
    given = give_notice(wiring, owned, order.text, order.replaces)
    return NoticeGiven(number=given.number, at=given.at)


@router.get("/elections", openapi_extra=contract(Access.ORGANISER))
def list_(organiser: CurrentOrganiser, wiring: Wired, limit: Limit = 100, cursor: Cursor = None) -> ElectionsPage:
    """The elections that you have a part in, in order of id."""
    found, more = wiring.elections.owned_by(organiser, after=from_cursor(cursor), limit=min(limit, 100))
    theirs = [election.id for election in found if election.organiser != organiser]
    roles = wiring.members.roles(theirs, organiser) if theirs else {}
    own = [
        replace(election, caller=organiser, role=roles.get(election.id, Role.OWNER))
        for election in found
        if election.organiser == organiser or election.id in roles
    ]
    return ElectionsPage(elections=ElectionView.all_of(own, wiring), next_cursor=to_cursor(more) if more else None)


@router.get("/elections/{id}", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def show(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """One of your elections."""
    return ElectionView.of(owned_election(wiring, organiser, election, Role.OBSERVER), wiring)


@router.patch(
    "/elections/{id}",
    openapi_extra=contract(Access.ORGANISER, body_limit=WITH_PHOTOS),
    responses=refuses(404, 409),
)
def edit(election: ElectionId, changes: ElectionChanges, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """Change a draft; the fields left out stay. Of a frozen election the description alone, and everybody sees that."""
    owned, given = owned_election(wiring, organiser, election), _given(changes, exclude_unset=True)
    if owned.frozen and given.keys() == {"description"}:
        return ElectionView.of(change_description(wiring, owned, given["description"]), wiring)
    return ElectionView.of(edit_election(wiring, owned, given), wiring)


@router.delete(
    "/elections/{id}",
    status_code=204,
    response_class=Response,
    openapi_extra=contract(Access.ORGANISER),
    responses=refuses(404, 409),
)
def delete(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> None:
    """Delete a draft with its roll."""
    delete_election(wiring, organiser, election)


def _given(body: ElectionDraft | ElectionChanges, *, exclude_unset: bool = False) -> dict[str, Any]:
    """The fields as Python values; of the contests, only what was said, since the rules know what is left out."""
    fields = {name: getattr(body, name) for name in type(body).model_fields}
    if exclude_unset:
        fields = {name: value for name, value in fields.items() if name in body.model_fields_set}
    if "contests" in fields:
        fields["contests"] = [contest.model_dump(exclude_unset=True) for contest in fields["contests"]]
    return fields
