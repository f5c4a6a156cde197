"""Routes of an election's trustees for its organisers: who they are, how far they are, and what is asked of them."""

from typing import Annotated, Any, Literal, Self

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ballotcast.ballots.fields import Text, UtcSecond
from ballotcast.ballots.named_trustees import FEWEST, MOST
from ballotcast.elections.roles import Role
from ballotcast.elections.typed_text import typed
from ballotcast.faults import FaultError
from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.trustees.ceremony import Stage
from organise.account_routes import Email
from organise.drafts import owned_election
from organise.trustees import Ceremony, begin_ceremony, find_ceremony, fix_election, remind_trustees

router = routes()
OPTIONAL: Any = Field(default=None)


class TrusteeNamed(BaseModel):
    """`name`: as everybody sees it. `email`: where the trustee's links go."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: Text
    email: Email

    @field_validator("name", mode="before")
    @classmethod
    def _typed(cls, name: object) -> object:
        return typed(name) if isinstance(name, str) else name


class CeremonyOrder(BaseModel):
    """`begin`: ask these trustees to make a key, of whom `t` open the ballots, in the place of any asked before.

    `attempt`: 1, then one more than that of the ceremony that ends. `deadline`: two weeks from now if left out.
    `fix`: have them confirm the draft as it is. `remind`: mail all who are waited for, or one `trustee`.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    act: Literal["begin", "fix", "remind"]
    attempt: Annotated[int, Field(ge=1, le=1000)] = OPTIONAL
    t: Annotated[int, Field(ge=FEWEST, le=MOST)] = OPTIONAL
    trustees: Annotated[list[TrusteeNamed], Field(min_length=FEWEST, max_length=MOST)] = OPTIONAL
    deadline: UtcSecond = OPTIONAL
    trustee: Annotated[int, Field(ge=1, le=MOST)] = OPTIONAL

    @model_validator(mode="after")
    def _what_it_takes(self) -> Self:
        given = self.model_fields_set - {"act"}
        needed = {"attempt", "t", "trustees"} if self.act == "begin" else set[str]()
        allowed = {"begin": {*needed, "deadline"}, "fix": set[str](), "remind": {"trustee"}}[self.act]
        for name in sorted(needed - given):
            raise FaultError("needed-for", field=name, act=self.act)
        for name in sorted(given - allowed):
            raise FaultError("not-for", field=name, act=self.act)
        if self.act == "begin":
            self._require_ceremony()
        return self

    def _require_ceremony(self) -> None:
        if self.t > len(self.trustees):
            raise FaultError("too-few-trustees", t=self.t, n=len(self.trustees))
        for values in ([one.name for one in self.trustees], [one.email.lower() for one in self.trustees]):
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice:
                raise FaultError("same-trustee", name=twice)


class TrusteeView(BaseModel):
    """`mailed`: whether a mail went out. `bounced`: whether the newest one came back. The others: the steps taken."""

    index: int
    name: str
    email: str
    mailed: bool
    bounced: bool
    joined: bool
    dealt: bool
    confirmed: bool
    agreed: bool
    released: bool


class Blame(BaseModel):
    """Why a ceremony is over. `trustee`: whose message shows it; null where none does."""

    trustee: int | None
    reason: str
    detail: str


class CeremonyView(BaseModel):
    """`stage`: `joining`, `dealing`, `confirming`, `confirmed` or `over`. `waits_for`: the numbers of trustees.

    `fixed`: the draft is being confirmed, and changes no more. `fingerprint`: of the transcript, once all have dealt.
    """

    attempt: int
    t: int
    stage: Stage
    fixed: bool
    begun_at: str
    deadline: str
    waits_for: list[int]
    fingerprint: str | None
    blame: Blame | None
    trustees: list[TrusteeView]

    @classmethod
    def of(cls, ceremony: Ceremony) -> Self:
        held, state = ceremony.held, ceremony.state
        blame = state.blame
        dealt = state.stage in (Stage.CONFIRMING, Stage.CONFIRMED)
        confirmed = {one.index for one in state.confirmations}
        return cls(
            attempt=held.attempt,
            t=held.t,
            stage=state.stage,
            fixed=state.manifest_hash is not None,
            begun_at=held.begun_at,
            deadline=held.deadline,
            waits_for=list(state.waits_for),
            fingerprint=state.transcript.hash.hex() if dealt else None,
            blame=Blame(trustee=blame.index, reason=blame.reason, detail=str(blame)) if blame else None,
            trustees=[
                TrusteeView(
                    index=person.index,
                    name=held.names[person.index - 1],
                    email=person.email,
                    mailed=bool(person.mailed),
                    bounced=person.unreached,
                    joined=person.index in state.joins,
                    dealt=person.index in state.deals,
                    confirmed=person.index in confirmed,
                    agreed=person.index in ceremony.agreed,
                    released=person.index in ceremony.released,
                )
                for person in ceremony.people
            ],
        )


@router.get("/elections/{id}/trustees", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def show(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> CeremonyView:
    """How far the trustees are with the election's key."""
    return CeremonyView.of(find_ceremony(wiring, owned_election(wiring, organiser, election, Role.OBSERVER)))


@router.post("/elections/{id}/trustees", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409, 429))
def order(
    election: ElectionId, body: CeremonyOrder, request: Request, organiser: CurrentOrganiser, wiring: Wired
) -> CeremonyView:
    """Name trustees and begin, have them confirm the election, or remind them. The same again changes nothing."""
    owned, address = owned_election(wiring, organiser, election), base_url(request, wiring.settings)
    match body.act:
        case "begin":
            people = [(one.name, one.email) for one in body.trustees]
            deadline = body.deadline if "deadline" in body.model_fields_set else None
            return CeremonyView.of(begin_ceremony(wiring, owned, body.attempt, body.t, people, deadline, address))
        case "fix":
            return CeremonyView.of(fix_election(wiring, owned, address))
        case "remind":
            index = body.trustee if "trustee" in body.model_fields_set else None
            return CeremonyView.of(remind_trustees(wiring, owned, index))
