"""Routes of one's own account: what it is, and whether mails about one's elections are wanted."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ballotcast.errors import Unauthorised
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.wiring import Wiring

router: APIRouter = routes()

OPTIONAL: Any = Field(default=None)


class AccountChanges(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    milestone_mails: bool = OPTIONAL


class AccountView(BaseModel):
    """`milestone_mails`: of openings, closes, counts, and invitations that came back, in all elections."""

    organiser_id: str
    email: str
    verified: bool
    milestone_mails: bool


@router.get("/account", openapi_extra=contract(Access.ORGANISER))
def show(organiser: CurrentOrganiser, wiring: Wired) -> AccountView:
    """The account of the organiser who asks."""
    return _view(wiring, organiser)


@router.patch("/account", openapi_extra=contract(Access.ORGANISER))
def change(body: AccountChanges, organiser: CurrentOrganiser, wiring: Wired) -> AccountView:
    """Want mails about one's elections, or none; codes and invitations are mailed all the same."""
    if "milestone_mails" in body.model_fields_set:
        wiring.organisers.want_milestones(organiser, wanted=body.milestone_mails)
    return _view(wiring, organiser)


def _view(wiring: Wiring, organiser: str) -> AccountView:
    found = wiring.organisers.find(organiser)
    if found is None:
        raise Unauthorised("bad-session", "there is no such account any more")
    return AccountView(
        organiser_id=found.id, email=found.email, verified=found.verified, milestone_mails=found.milestone_mails
    )
