"""Routes of organisers' accounts and sessions."""

import unicodedata
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ballotcast.elections.addresses import email_address
from ballotcast.faults import FaultError
from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import routes
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import LIFETIME, CurrentOrganiser, current_session
from ballotcast.http.wired import Wired
from ballotcast.mails.language import codes
from organise.accounts import PASSWORD_BYTES, ask_verification, log_in, log_out, register_organiser, verify_organiser

router = routes()
PASSWORD_CHARACTERS = 12
SCORE = 3
"""Of zxcvbn, from 0 to 4: 10^8 guesses at least."""

OPTIONAL: Any = Field(default=None)

Email = Annotated[str, Field(max_length=320), AfterValidator(email_address)]


def _long_enough(password: str) -> str:
    if len(password) < PASSWORD_CHARACTERS:
        raise FaultError("too-short", least=PASSWORD_CHARACTERS)
    return password


def _hard_to_guess(password: str) -> str:
    """`zxcvbn` is imported with the first new password: its lists of words take a tenth of a second."""
    from zxcvbn import zxcvbn

    if zxcvbn(password)["score"] < SCORE:
        raise FaultError("weak-password")
    return password


def _within_bcrypt(password: str) -> str:
    if len(password.encode()) > PASSWORD_BYTES:
        raise FaultError("too-many-bytes", most=PASSWORD_BYTES)
    return password


def _nfc(password: str) -> str:
    """One keyboard composes an accent, another does not (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


Password = Annotated[str, Field(max_length=1000, repr=False), AfterValidator(_nfc)]
NewPassword = Annotated[
    Password, AfterValidator(_long_enough), AfterValidator(_within_bcrypt), AfterValidator(_hard_to_guess)
]


def _known_language(code: str) -> str:
    if code and code not in codes():
        raise FaultError("no-choice", choices=", ".join(codes()))
    return code


MailLanguage = Annotated[str, Field(max_length=10), AfterValidator(_known_language)]


class SignUp(BaseModel):
    """`language`: of mails about the account, or empty."""

    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    password: NewPassword
    language: MailLanguage = ""


class SignedUp(BaseModel):
    organiser_id: str


class Verification(BaseModel):
    """`token`: the code that was mailed; left out: have another one mailed."""

    model_config = ConfigDict(extra="forbid", strict=True)
    organiser_id: Annotated[str, Field(max_length=64)]
    token: Annotated[str, Field(max_length=100, repr=False)] = OPTIONAL


class Verified(BaseModel):
    verified: bool


Device = Annotated[str, Field(max_length=100, repr=False)]


class Credentials(BaseModel):
    """`device`: what the last log-in on this device responded with, or empty. `language`: of mails from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    password: Password
    device: Device = ""
    language: MailLanguage = ""


class Session(BaseModel):
    """`token` goes into the header `Authorization: Bearer …`; `expires_in` is in seconds. `device`: for next time."""

    token: str
    expires_in: int
    device: str


@router.post(
    "/organisers", status_code=201, openapi_extra=contract(Access.PUBLIC, creates=True), responses=refuses(409, 429)
)
def register(body: SignUp, request: Request, wiring: Wired) -> SignedUp:
    """Sign up; a code to verify the address is mailed to it."""
    pages = base_url(request, wiring.settings)
    return SignedUp(organiser_id=register_organiser(wiring, body.email, body.password, pages, body.language))


@router.post("/organisers/verify", openapi_extra=contract(Access.PUBLIC), responses=refuses(403))
def verify(body: Verification, request: Request, wiring: Wired) -> Verified:
    """Verify an organiser's address by the code that was mailed to it, or have another code mailed."""
    if "token" not in body.model_fields_set:
        ask_verification(wiring, body.organiser_id, base_url(request, wiring.settings))
        return Verified(verified=False)
    verify_organiser(wiring, body.organiser_id, body.token)
    return Verified(verified=True)


@router.delete(
    "/sessions", status_code=204, response_class=Response, openapi_extra=contract(Access.ORGANISER), responses={}
)
def close(request: Request, organiser: CurrentOrganiser, wiring: Wired) -> None:
    """Log out: the session that this request comes with ends at once."""
    log_out(wiring, current_session(request))


@router.post("/sessions", openapi_extra=contract(Access.PUBLIC), responses=refuses(401, 429))
def open_(body: Credentials, request: Request, wiring: Wired) -> Session:
    """Log in. Takes no Idempotency-Key into account: a token is never stored."""
    pages = base_url(request, wiring.settings)
    token, device = log_in(wiring, body.email, body.password, pages, body.device, body.language)
    return Session(token=token, expires_in=int(LIFETIME.total_seconds()), device=device)
