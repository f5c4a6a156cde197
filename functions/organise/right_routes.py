"""Routes of rights that end, or are given to another address, while voting runs."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ballotcast.elections.typed_text import TypedText
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from organise.account_routes import Email
from organise.drafts import owned_election
from organise.rights import MOST_ENDINGS, MOST_MOVES, Move, end_rights, move_rights

router = routes()


class Endings(BaseModel):
    """`voters`: addresses on the roll. `reason`: for everybody to read, for good."""

    model_config = ConfigDict(extra="forbid", strict=True)
    voters: Annotated[list[Email], Field(min_length=1, max_length=MOST_ENDINGS)]
    reason: TypedText


class MoveOrder(BaseModel):
    """`voter`: the address on the roll; `email`: the one that takes its place."""

    model_config = ConfigDict(extra="forbid", strict=True)
    voter: Email
    email: Email


class Moves(BaseModel):
    """`reason`: for everybody to read, for good."""

    model_config = ConfigDict(extra="forbid", strict=True)
    moves: Annotated[list[MoveOrder], Field(min_length=1, max_length=MOST_MOVES)]
    reason: TypedText


class Asked(BaseModel):
    """The same whether or not any of the rights was used."""

    state: Literal["asked"] = "asked"


@router.post(
    "/elections/{id}/voters/endings",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER),
    responses=refuses(404, 409),
)
def end(election: ElectionId, body: Endings, organiser: CurrentOrganiser, wiring: Wired) -> Asked:
    """End the rights of voters who were invited, unless they were used: whether they were, shows after the close."""
    end_rights(wiring, owned_election(wiring, organiser, election), body.voters, body.reason)
    return Asked()


@router.post(
    "/elections/{id}/voters/moves",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER),
    responses=refuses(403, 404, 409, 429),
)
def move(election: ElectionId, body: Moves, organiser: CurrentOrganiser, wiring: Wired) -> Asked:
    """Give rights to other addresses and invite these; one that was used before gives no second vote."""
    moves = [Move(order.voter, order.email) for order in body.moves]
    move_rights(wiring, owned_election(wiring, organiser, election), moves, body.reason)
    return Asked()
