"""Organisers in a browser: the session's token in a cookie that no script can read, and forms that only our pages send.

Both cookies go to the organisers' pages alone (`Path`), so that no voter's page, check or cast carries one. A form is
ours if the browser says so (`Origin`, Fetch standard) and if it holds the value of the cookie `form`, which another
site can neither read nor guess; masked again for each page, so that compression does not tell it (BREACH).
"""

import hmac
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode
from ballotcast.errors import Forbidden, Unauthorised
from ballotcast.http.address import base_url

PAGES = "/manage"
"""Below the deployment's address: where the cookies go."""
SESSION, FORM, DEVICE = "session", "form", "device"
YEAR = 365 * 24 * 60 * 60
FIELD, HEADER = "form_token", "x-form-token"
_LENGTH = 32


def signed_in(request: Request) -> str:
    """The session's token; the dependency that access `browser-session` demands."""
    if token := request.cookies.get(_name(request, SESSION)):
        return token
    raise Unauthorised("no-session", "log in first")


SignedIn = Annotated[str, Depends(signed_in)]


def is_signed_in(request: Request) -> bool:
    return _name(request, SESSION) in request.cookies


def keep_session(request: Request, response: Response, token: str, seconds: int) -> None:
    """Also a new form cookie: what was known before the log-in counts no more."""
    _set(request, response, SESSION, token, seconds)
    _set(request, response, FORM, b64u_encode(secrets.token_bytes(_LENGTH)), None)


def device_of(request: Request) -> str:
    """What the last log-in in this browser left; it gives no access (organise/devices.py)."""
    return request.cookies.get(_name(request, DEVICE), "")


def keep_device(request: Request, response: Response, device: str) -> None:
    _set(request, response, DEVICE, device, YEAR)


def forget_session(request: Request, response: Response) -> None:
    for name in (SESSION, FORM):
        _set(request, response, name, "", 0)


class FormToken:
    """What a page's forms carry; `keep` sets the cookie where the browser had none."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._known = _cookie(request)
        self._value = self._known or secrets.token_bytes(_LENGTH)
        self._used = False

    def masked(self) -> str:
        self._used = True
        mask = secrets.token_bytes(_LENGTH)
        return b64u_encode(mask + _xor(mask, self._value))

    def keep(self, response: Response) -> None:
        if self._used and not self._known:
            _set(self._request, response, FORM, b64u_encode(self._value), None)


def require_own_form(request: Request, given: str) -> None:
    """Forbidden unless a page of ours sent this; `given`: its token, from the field or the header."""
    require_own_origin(request)
    if not is_own_form(request, given):
        raise _foreign()


def require_own_origin(request: Request) -> None:
    """Forbidden unless the browser says that a page of ours sent this."""
    address = urlsplit(base_url(request, request.app.state.wiring.settings))
    if request.headers.get("origin") != f"{address.scheme}://{address.netloc}":
        raise _foreign()


def is_own_form(request: Request, given: str) -> bool:
    """Whether `given` holds the value of this browser's cookie."""
    value = _cookie(request)
    try:
        sent = b64u_decode(given)
    except EncodingError:
        sent = b""
    if not value or len(sent) != 2 * _LENGTH:
        return False
    return hmac.compare_digest(_xor(sent[:_LENGTH], sent[_LENGTH:]), value)


def _foreign() -> Forbidden:
    return Forbidden("foreign-form", "this form was not sent by a page of ours, or it is too old; open the page again")


def _cookie(request: Request) -> bytes:
    try:
        value = b64u_decode(request.cookies.get(_name(request, FORM), ""))
    except EncodingError:
        return b""
    return value if len(value) == _LENGTH else b""


def _set(request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
    address = urlsplit(base_url(request, request.app.state.wiring.settings))
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds,
        path=address.path + PAGES,
        secure=address.scheme == "https",
        httponly=True,
        samesite="lax",  # strict would withhold them when a link in a mail leads here, and the page would set new ones
    )


def _name(request: Request, name: str) -> str:
    """With the prefix that has browsers insist on HTTPS (RFC 6265bis), where there is HTTPS."""
    secure = base_url(request, request.app.state.wiring.settings).startswith("https://")
    return f"__Secure-ballotcast-{name}" if secure else f"ballotcast-{name}"


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
