"""Routes of a forgotten password."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ballotcast.http.access import Access, contract
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


@router.post("/organisers/reset", status_code=202, openapi_extra=contract(Access.PUBLIC))
def reset(body: Forgotten, wiring: Wired) -> Empty:
    """Have a code to set a new password mailed; the same answer for every address."""
    ask_reset(wiring, body.email)
    return Empty()


@router.post("/organisers/password", openapi_extra=contract(Access.PUBLIC), responses=refuses(403))
def renew(body: Renewal, wiring: Wired) -> Empty:
    """Set a new password by the code that was mailed."""
    set_password(wiring, body.email, body.token, body.password)
    return Empty()
