"""Routes of an election's people: who they are, inviting and removing them, accepting an invitation."""

from typing import Annotated, Literal, Self

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from ballotcast.elections.roles import Role
from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId, IdempotencyKey
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.store.election import Election
from ballotcast.wiring import Wiring
from organise.account_routes import Email
from organise.drafts import owned_election
from organise.election_routes import ElectionView
from organise.people import accept_invitation, invite_person, people, remove_person

router = routes()


class PersonInvited(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    role: Literal["owner", "organiser", "observer"]


class PersonRemoved(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email


class Acceptance(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    token: Annotated[str, Field(max_length=100, repr=False)]


class PersonView(BaseModel):
    """`since`: when they were invited, then when they joined. `you`: whether it is who asks."""

    email: str
    you: bool
    role: Literal["owner", "organiser", "observer"]
    state: Literal["joined", "invited"]
    since: str


class People(BaseModel):
    people: list[PersonView]

    @classmethod
    def of(cls, wiring: Wiring, election: Election) -> Self:
        return cls.model_validate({"people": [vars(person) for person in people(wiring, election)]})


@router.get("/elections/{id}/people", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def list_(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> People:
    """Who conducts and observes the election, and who is invited to."""
    return People.of(wiring, owned_election(wiring, organiser, election, Role.OBSERVER))


@router.post(
    "/elections/{id}/people",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER, creates=True),
    responses=refuses(404, 409, 429),
)
def invite(
    election: ElectionId,
    body: PersonInvited,
    request: Request,
    organiser: CurrentOrganiser,
    wiring: Wired,
    idempotency_key: IdempotencyKey = None,
) -> People:
    """Invite somebody by mail, or change the role of somebody who is there."""
    owned = owned_election(wiring, organiser, election, Role.OWNER)
    invite_person(wiring, owned, body.email, Role(body.role), base_url(request, wiring.settings))
    return People.of(wiring, owned)


@router.post("/elections/{id}/people/removals", openapi_extra=contract(Access.ORGANISER), responses=refuses(404, 409))
def remove(election: ElectionId, body: PersonRemoved, organiser: CurrentOrganiser, wiring: Wired) -> People:
    """Remove somebody, or withdraw an invitation; owners remove anybody, others only themselves."""
    remove_person(wiring, owned_election(wiring, organiser, election, Role.OBSERVER), body.email)
    found = wiring.elections.find(election)
    return People.of(wiring, found) if found else People(people=[])


@router.post("/elections/{id}/people/acceptance", openapi_extra=contract(Access.ORGANISER), responses=refuses(409))
def accept(election: ElectionId, body: Acceptance, organiser: CurrentOrganiser, wiring: Wired) -> ElectionView:
    """Accept an invitation by the code that was mailed to one's own address."""
    return ElectionView.of(accept_invitation(wiring, organiser, election, body.token), wiring)
