"""A trustee's routes: a link says who it is, and one route takes every message."""

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from ballotcast.errors import NotFound
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from ballotcast.trustees.end import End
from ballotcast.trustees.link import TrusteeLink
from ballotcast.trustees.message import MAX_LENGTH
from ballotcast.trustees.record import CeremonyRecord
from trustee.closing import end_key
from trustee.messages import take_message, tell
from trustee.visits import VisitView, open_visit, show_visit

router = routes()
BY_LINK = contract(Access.LINK, body_limit=4 * MAX_LENGTH)
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}

HeldLink = Annotated[
    TrusteeLink, PlainValidator(lambda text: TrusteeLink.parse(str(text))), WithJsonSchema({"type": "string"})
]
"""As in the mail: `1.<election>.<attempt>.<index>.<token>`, with or without the address before it."""


class LinkHeld(BaseModel):
    """A link, as the trustee got it by mail."""

    model_config = ConfigDict(extra="forbid", strict=True)
    link: HeldLink


class MessageSent(LinkHeld):
    """`message`: the text of a message (docs/protocol.md, section 12)."""

    message: Annotated[str, Field(max_length=MAX_LENGTH)]


@router.post("/trustees/visits", openapi_extra=BY_LINK, responses=refuses(404, 410))
def visit(held: LinkHeld, wiring: Wired) -> VisitView:
    """What there is for this trustee to do, and all messages that it takes."""
    found = open_visit(wiring, held.link)
    tell(wiring, found)  # the sender of the last message may have been cut off before it mailed
    return show_visit(found)


@router.post("/trustees/messages", openapi_extra=BY_LINK, responses=refuses(404, 409, 410))
def send(sent: MessageSent, wiring: Wired) -> VisitView:
    """Keep a trustee's message; the same again changes nothing, another one of the same round is refused."""
    return show_visit(take_message(wiring, sent.link, sent.message.encode()))


@router.get(
    "/elections/{id}/ceremony",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={200: {"model": CeremonyRecord}, **refuses(404)},
)
def show_ceremony(election: ElectionId, wiring: Wired) -> Response:
    """How the election's trustees made its key, and that each confirmed the manifest: `ceremony.json` of the export."""
    ceremony = wiring.manifests.ceremony(election)
    if ceremony is None:
        raise NotFound("no-ceremony", "this election has no trustees, or they have not confirmed it yet")
    return Response(ceremony, media_type="application/json", headers=FOR_EVER)


@router.get(
    "/elections/{id}/end",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={200: {"model": End}, **refuses(404)},
)
def show_end(election: ElectionId, wiring: Wired) -> Response:
    """What a trustee checks before it agrees to open the ballots: the end of the election's log."""
    end = wiring.blobs.get(end_key(election))
    if end is None:
        raise NotFound("no-end", "this election has no trustees, or its log is not sealed yet")
    return Response(end, media_type="application/json")
