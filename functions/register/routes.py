"""The voter's identified side: a link opens it, and nothing here ever meets a ballot."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, PlainValidator, StringConstraints, WithJsonSchema

from ballotcast.ballots.link import Link
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import Base64Url, ElectionId
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from register import second_factor
from register.credentials import CredentialRequest, issue_credential
from register.issuers import Issuers
from register.links import manifest_hash, open_link

router = routes()
BY_LINK = contract(Access.LINK, body_limit=4 * 1024)

VoterLink = Annotated[Link, PlainValidator(lambda text: Link.parse(str(text))), WithJsonSchema({"type": "string"})]
"""As in the mail: `1.<token>.<M>.<salt>`, with or without the address before it."""


class LinkHeld(BaseModel):
    """A link, as the voter got it by mail."""

    model_config = ConfigDict(extra="forbid", strict=True)
    link: VoterLink


class CredentialWanted(LinkHeld):
    """`otp`: six digits, where the election has a second factor. `blinded`: k bytes (RFC 9474)."""

    otp: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None
    blinded: Base64Url


class LinkView(BaseModel):
    """What a link opens. `manifest_hash`: hex. `second_factor`: `none`, `email` or `sms`.

    `closed_at`: of an early close. `organisation`, `logo` and `contact`: as in the election's mails, or empty. These
    and `description` are in no manifest: they are what service and organiser say.
    """

    election: str
    manifest_hash: str
    second_factor: str
    closed_at: str | None
    description: str
    organisation: str
    logo: str
    contact: str


class CodeSent(BaseModel):
    """A code is on its way, by `email` or `sms`."""

    second_factor: str


class Credential(BaseModel):
    """`blind_signature`: k bytes as base64url. `issuance_receipt`: a signed note that says what was signed for whom."""

    blind_signature: str
    issuance_receipt: str


def issuers_of(request: Request) -> Issuers:
    issuers: Issuers = request.app.state.issuers
    return issuers


Issuing = Annotated[Issuers, Depends(issuers_of)]


@router.post("/links", openapi_extra=BY_LINK, responses=refuses(404, 410))
def open_voter_link(held: LinkHeld, issuers: Issuing, wiring: Wired) -> LinkView:
    """Which election a link is for, and what else it takes to vote."""
    voter = open_link(wiring.voters, issuers, held.link)
    election = issuers.election(voter.election)
    return LinkView(
        election=election.id,
        manifest_hash=manifest_hash(election).hex(),
        second_factor=election.second_factor,
        closed_at=election.closed_at,
        description=election.description,
        organisation=election.mail.get("organisation", ""),
        logo=election.mail.get("logo", ""),
        contact=election.mail.get("contact", ""),
    )


@router.post("/links/otp", status_code=202, openapi_extra=BY_LINK, responses=refuses(403, 404, 409, 410, 429))
def send_code(held: LinkHeld, issuers: Issuing, wiring: Wired) -> CodeSent:
    """Have a code sent to the address or telephone number on the roll."""
    return CodeSent(second_factor=second_factor.send_code(wiring, issuers, held.link))


@router.post("/elections/{id}/credentials", openapi_extra=BY_LINK, responses=refuses(401, 403, 404, 409, 410, 429))
def issue(election: ElectionId, wanted: CredentialWanted, issuers: Issuing, wiring: Wired) -> Credential:
    """Sign a blinded credential, once for each voter; the same value again gets the same signature."""
    request = CredentialRequest(wanted.link, wanted.blinded, wanted.otp)
    issued = issue_credential(wiring, issuers, election, request)
    return Credential(blind_signature=b64u_encode(issued.blind_signature), issuance_receipt=issued.receipt)
