"""Routes of organisers' accounts and sessions."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ballotcast.elections.addresses import email_address
from ballotcast.faults import FaultError
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import LIFETIME
from ballotcast.http.wired import Wired
from organise.accounts import PASSWORD_BYTES, log_in, register_organiser, verify_organiser

router = routes()
PASSWORD_CHARACTERS = 12

Email = Annotated[str, Field(max_length=320), AfterValidator(email_address)]


def _long_enough(password: str) -> str:
    if len(password) < PASSWORD_CHARACTERS:
        raise FaultError("too-short", least=PASSWORD_CHARACTERS)
    return password


def _within_bcrypt(password: str) -> str:
    if len(password.encode()) > PASSWORD_BYTES:
        raise FaultError("too-many-bytes", most=PASSWORD_BYTES)
    return password


def _nfc(password: str) -> str:
    """One keyboard composes an accent, another does not (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


Password = Annotated[str, Field(max_length=1000, repr=False), AfterValidator(_nfc)]
NewPassword = Annotated[Password, AfterValidator(_long_enough), AfterValidator(_within_bcrypt)]


class SignUp(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    password: NewPassword


class SignedUp(BaseModel):
    organiser_id: str


class Verification(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    organiser_id: Annotated[str, Field(max_length=64)]
    token: Annotated[str, Field(max_length=100, repr=False)]


class Verified(BaseModel):
    verified: bool


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    password: Password


class Session(BaseModel):
    """`token` goes into the header `Authorization: Bearer …`; `expires_in` is in seconds."""

    token: str
    expires_in: int


@router.post(
    "/organisers", status_code=201, openapi_extra=contract(Access.PUBLIC, creates=True), responses=refuses(409, 429)
)
def register(body: SignUp, wiring: Wired) -> SignedUp:
    """Sign up; a code to verify the address is mailed to it."""
    return SignedUp(organiser_id=register_organiser(wiring, body.email, body.password))


@router.post("/organisers/verify", openapi_extra=contract(Access.PUBLIC), responses=refuses(403))
def verify(body: Verification, wiring: Wired) -> Verified:
    """Verify an organiser's address by the code that was mailed to it."""
    verify_organiser(wiring, body.organiser_id, body.token)
    return Verified(verified=True)


@router.post("/sessions", openapi_extra=contract(Access.PUBLIC), responses=refuses(401, 429))
def open_(body: Credentials, wiring: Wired) -> Session:
    """Log in. Takes no Idempotency-Key into account: a token is never stored."""
    token = log_in(wiring, body.email, body.password)
    return Session(token=token, expires_in=int(LIFETIME.total_seconds()))
