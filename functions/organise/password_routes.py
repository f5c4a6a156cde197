"""Routes of a forgotten password."""

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import routes
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from organise.account_routes import Email, NewPassword
from organise.passwords import ask_reset, set_password

router = routes()


class Forgotten(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email


class Renewal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    email: Email
    token: Annotated[str, Field(max_length=100, repr=False)]
    password: NewPassword


class Empty(BaseModel): ...


class Renewed(BaseModel):
    """`device`: to log in with, also while the address is locked by others' attempts."""

    device: str


@router.post("/organisers/reset", status_code=202, openapi_extra=contract(Access.PUBLIC))
def reset(body: Forgotten, request: Request, wiring: Wired) -> Empty:
    """Have a code to set a new password mailed; the same answer for every address."""
    ask_reset(wiring, body.email, base_url(request, wiring.settings))
    return Empty()


@router.post("/organisers/password", openapi_extra=contract(Access.PUBLIC), responses=refuses(403))
def renew(body: Renewal, wiring: Wired) -> Renewed:
    """Set a new password by the code that was mailed."""
    return Renewed(device=set_password(wiring, body.email, body.token, body.password))
