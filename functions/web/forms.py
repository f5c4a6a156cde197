"""What a browser sends to our pages: forms, and bodies that our scripts send; both only from pages of ours."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from ballotcast.errors import Malformed, Unsupported
from ballotcast.http.cookies import FIELD, HEADER, is_own_form, require_own_form, require_own_origin

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 5000
"""A draft has up to 100 contests of 15 fields, and three for each option that something is said of."""


class Form:
    """The fields of a form, as text; a field that is not there is empty."""

    def __init__(self, data: FormData) -> None:
        self._data = data
        self.outdated = False
        """From a page of ours, but one of before a log-in: nothing may be done with it but show it again."""

    def text(self, name: str) -> str:
        """Without white space around, line ends as `\\n`."""
        value = self._data.get(name, "")
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def secret(self, name: str) -> str:
        """Exactly as typed: passwords."""
        value = self._data.get(name, "")
        return value if isinstance(value, str) else ""

    def lines(self, name: str) -> list[str]:
        """Return the lines of a text area that are not blank."""
        return [line.strip() for line in self.text(name).split("\n") if line.strip()]

    def names(self) -> Iterator[str]:
        return iter(self._data.keys())


async def read_form(request: Request) -> Form:
    """The form of this request. Forbidden unless a page of ours sent it."""
    form = await _parsed(request)
    require_own_form(request, form.secret(FIELD))
    return form


async def read_long_form(request: Request) -> Form:
    """The same for a form that is long to fill: one that is only outdated is not refused, so that it can come back."""
    form = await _parsed(request)
    require_own_origin(request)
    form.outdated = not is_own_form(request, form.secret(FIELD))
    return form


async def _parsed(request: Request) -> Form:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Unsupported("unsupported-media-type", "this page takes a form")
    try:
        return Form(await request.form(max_fields=MOST_FIELDS))
    except ValueError:
        raise Malformed("malformed", "this form cannot be read") from None


def own_fetch(request: Request) -> None:
    """Raise Forbidden unless a script of ours sent this request."""
    require_own_form(request, request.headers.get(HEADER, ""))


OurForm = Annotated[Form, Depends(read_form)]
LongForm = Annotated[Form, Depends(read_long_form)]
OwnFetch = Depends(own_fetch)
GUARDS = (read_form, read_long_form, own_fetch)
