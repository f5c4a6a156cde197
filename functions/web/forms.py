"""What a browser sends to our pages: forms, and bodies that our scripts send; both only from pages of ours."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException

from ballotcast.errors import Malformed, Unsupported
from ballotcast.http.cookies import FIELD, HEADER, require_own_form

TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class Form:
    """The fields of a form, as text; a field that is not there is empty."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def text(self, name: str) -> str:
        """Without white space around, line ends as `\\n`."""
        value = self._data.get(name, "")
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def secret(self, name: str) -> str:
        """Exactly as typed: passwords."""
        value = self._data.get(name, "")
        return value if isinstance(value, str) else ""

    def lines(self, name: str) -> list[str]:
        """The lines of a text area that are not blank."""
        return [line.strip() for line in self.text(name).split("\n") if line.strip()]

    def names(self) -> Iterator[str]:
        return iter(self._data.keys())


async def read_form(request: Request) -> Form:
    """The form of this request. Forbidden unless a page of ours sent it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in TYPES:
        raise Unsupported("unsupported-media-type", "this page takes a form")
    try:
        form = Form(await request.form(max_files=0, max_fields=2000))
    except (MultiPartException, ValueError):
        raise Malformed("malformed", "this form cannot be read") from None
    require_own_form(request, form.secret(FIELD))
    return form


def own_fetch(request: Request) -> None:
    """Forbidden unless a script of ours sent this request."""
    require_own_form(request, request.headers.get(HEADER, ""))


OurForm = Annotated[Form, Depends(read_form)]
OwnFetch = Depends(own_fetch)
GUARDS = (read_form, own_fetch)
