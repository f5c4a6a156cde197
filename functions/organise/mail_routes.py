"""Routes of what an election's mails say."""

from typing import Annotated, Any, Literal, Self

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, computed_field

from ballotcast.elections.addresses import email_address
from ballotcast.elections.roles import Role
from ballotcast.faults import FaultError
from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import routes
from ballotcast.http.fields import ElectionId, IdempotencyKey
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import CurrentOrganiser
from ballotcast.http.wired import Wired
from ballotcast.http.worded import Worded
from ballotcast.mails.language import DEFAULT, codes
from ballotcast.mails.logo import MOST_SENT
from ballotcast.mails.settings import MailSettings, Note
from ballotcast.store.election import Election
from organise.drafts import owned_election
from organise.mailing import PNG_URL, choose_mail, preview, send_test

router = routes()
OPTIONAL: Any = Field(default=None)
MOST_LOGO = len(PNG_URL) + 1 + (MOST_SENT + 2) // 3 * 4
BODY = MOST_LOGO + 40_000


def _address(text: str) -> str:
    return email_address(text) if text.strip() else ""


def _known_language(code: str) -> str:
    if code not in codes():
        raise FaultError("no-choice", choices=", ".join(codes()))
    return code


class MailChoice(BaseModel):
    """What is left out is as if nothing had been chosen. `logo`: a picture as `data:image/png;base64,…`, or the name of
    the one that is chosen, as it is shown."""

    model_config = ConfigDict(extra="forbid", strict=True)
    organisation: Annotated[str, Field(max_length=100)] = ""
    contact: Annotated[str, Field(max_length=320), AfterValidator(_address)] = ""
    language: Annotated[str, AfterValidator(_known_language)] = DEFAULT
    zone: Annotated[str, Field(max_length=60)] = "UTC"
    subject: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(max_length=4000)] = ""
    logo: Annotated[str, Field(max_length=MOST_LOGO)] = ""

    @property
    def settings(self) -> MailSettings:
        return MailSettings(**self.model_dump())


class NoteView(Worded):
    field: str

    @computed_field
    def note(self) -> str:
        """In English."""
        return self.words


class MailView(MailChoice):
    """`notes`: what was changed in what was sent, or is shown otherwise than one may expect."""

    notes: list[NoteView]

    @classmethod
    def made(cls, settings: MailSettings, notes: list[Note]) -> Self:
        return cls.model_validate({**settings.to_keep(), "notes": [note.to_json() for note in notes]})


class PreviewOrder(BaseModel):
    """`mail`: not saved yet; left out: as it is saved."""

    model_config = ConfigDict(extra="forbid", strict=True)
    mail: MailChoice = OPTIONAL
    reminds: bool = False


class Preview(BaseModel):
    """`sender`: the name before the platform's address, or empty. `reply_to`: where answers go, or empty."""

    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    notes: list[NoteView]


class TestMailOrder(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    reminds: bool = False


class TestMailQueued(BaseModel):
    queued: Literal[1]


@router.get("/elections/{id}/mail", openapi_extra=contract(Access.ORGANISER), responses=refuses(404))
def show_mail(election: ElectionId, organiser: CurrentOrganiser, wiring: Wired) -> MailView:
    """What this election's mails say."""
    return MailView.made(_kept(owned_election(wiring, organiser, election, Role.OBSERVER)), [])


@router.put(
    "/elections/{id}/mail",
    openapi_extra=contract(Access.ORGANISER, body_limit=BODY),
    responses=refuses(403, 404, 409),
)
def choose(election: ElectionId, body: MailChoice, organiser: CurrentOrganiser, wiring: Wired) -> MailView:
    """Choose what this election's mails say. Possible until it closes."""
    return MailView.made(*choose_mail(wiring, owned_election(wiring, organiser, election), body.settings))


@router.post(
    "/elections/{id}/mail/preview",
    openapi_extra=contract(Access.ORGANISER, body_limit=BODY),
    responses=refuses(404),
)
def show_preview(
    election: ElectionId,
    request: Request,
    organiser: CurrentOrganiser,
    wiring: Wired,
    order: PreviewOrder | None = None,
) -> Preview:
    """The invitation as a voter would get it, with a link of nobody."""
    owned, order = owned_election(wiring, organiser, election, Role.OBSERVER), order or PreviewOrder()
    settings = order.mail.settings if "mail" in order.model_fields_set else None
    mail, notes = preview(wiring, owned, settings, base_url(request, wiring.settings), reminds=order.reminds)
    shown = {name: getattr(mail, name) for name in Preview.model_fields if name != "notes"}
    return Preview(**shown, notes=[NoteView(**note.to_json()) for note in notes])


@router.post(
    "/elections/{id}/mail/test",
    status_code=202,
    openapi_extra=contract(Access.ORGANISER, creates=True),
    responses=refuses(403, 404, 409, 429),
)
def order_test(
    election: ElectionId,
    request: Request,
    organiser: CurrentOrganiser,
    wiring: Wired,
    order: TestMailOrder | None = None,
    idempotency_key: IdempotencyKey = None,
) -> TestMailQueued:
    """Send the invitation as it is now to oneself; its link is of nobody."""
    owned, reminds = owned_election(wiring, organiser, election), bool(order and order.reminds)
    send_test(wiring, owned, base_url(request, wiring.settings), reminds=reminds)
    return TestMailQueued(queued=1)


def _kept(election: Election) -> MailSettings:
    return MailSettings.kept(election.mail)
