"""Routes of pages: what goes wrong is a page too, and nothing is posted but from a page of ours."""

import functools
import inspect
import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from markupsafe import Markup

from ballotcast import errors
from ballotcast.client.errors import ApiError, ClientError
from ballotcast.http.access import Undeclared
from ballotcast.http.app import ContractRoute, routes
from ballotcast.http.cookies import forget_session, is_signed_in
from ballotcast.http.problems import MEDIA_TYPE, STATUS
from web.forms import GUARDS
from web.pages import HEADERS, Page

KINDS = {status.value: kind for kind, status in STATUS.items()}
VARY = "Accept, Accept-Language, Cookie"
"""A fault is a page or JSON; a page is in the reader's language, and knows who is signed in."""
OVER = frozenset({"no-session", "bad-session", "session-over"})


class PageRoute(ContractRoute):
    """A route that answers with pages."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        options.setdefault("response_model", None)
        super().__init__(path, _refusing(endpoint), **options)
        calls = {dependency.call for dependency in self.dependant.dependencies}
        if "GET" not in (self.methods or ()) and not calls.intersection(GUARDS):
            raise Undeclared(f"{self.methods} {self.path} takes what other sites send")

    def problem(self, error: Exception, request: Request) -> Response:
        """An address with an id that cannot be one leads nowhere; a form is not at fault."""
        if isinstance(error, RequestValidationError) and any(part["loc"][0] == "path" for part in error.errors()):
            error = errors.NotFound("not-found", "there is nothing at this address")
        return super().problem(error, request)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            response = await handle(request)
            if response.headers.get("content-type") == MEDIA_TYPE:
                response = error_page(request, json.loads(bytes(response.body)), dict(response.headers))
            return as_page(response)

        return answer


def as_page(response: Response) -> Response:
    """With the headers of pages, but for those that it has already.

    What is made for a reader says what it was chosen by; files and data are not.
    """
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    kind = response.headers.get("content-type", "").partition(";")[0]
    if kind in ("text/html", MEDIA_TYPE, ""):
        response.headers["Vary"] = VARY
    return response


def page_routes() -> APIRouter:
    return routes(PageRoute)


def error_page(request: Request, problem: dict[str, Any], headers: dict[str, str]) -> Response:
    """A problem document as a page that says what to do next; after a session ended, the log-in page."""
    page, slug = Page(request), problem["type"].rpartition(":")[2]
    if slug in OVER:
        asked = quote(request.scope["path"], safe="")
        response: Response = page.redirect(f"/manage/log-in?next={asked}")
        if is_signed_in(request):  # a form of another site comes without the cookie: it may not end the session
            forget_session(request, response)
        return response
    told, wait = advice(page, slug, problem["status"]), waiting(page, headers.get("retry-after"))
    if "application/json" in request.headers.get("accept", ""):
        response = JSONResponse({**problem, "advice": f"{told} {wait}"}, problem["status"], media_type=MEDIA_TYPE)
    else:
        response = page.render("error", problem["status"], problem=problem, advice=told, wait=wait)
    for name in ("retry-after", "cache-control"):
        if name in headers:
            response.headers[name] = headers[name]
    return response


def advice(page: Page, slug: str, status: int) -> Markup:
    """What to do after a refusal, in the page's language."""
    keys = (f"problem.{name}" for name in (slug, status))
    return page.text(next(filter(page.language.has, keys), "problem.other"))


def waiting(page: Page, seconds: str | int | None) -> Markup:
    """When to come back, rounded up; empty where the API does not say."""
    if seconds is None:
        return Markup()
    left = int(seconds)
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if left > 2 * length:
            return page.text(f"error.wait_{unit}", count=-(-left // length))
    return page.text("error.wait_seconds", count=left)


def refused(error: ClientError) -> errors.Refused:
    """What the API refused, as our own refusal."""
    if not isinstance(error, ApiError):
        return errors.Unavailable("busy", "the service does not answer; try again in a moment", retry_after=1)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return errors.Unavailable(
            "busy", "the service cannot answer now; try again in a moment", retry_after=error.retry_after
        )
    return KINDS[error.status](error.slug, error.detail, errors=error.errors, retry_after=error.retry_after)


def _refusing(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    def call(*args: Any, **values: Any) -> Any:
        try:
            return endpoint(*args, **values)
        except ClientError as error:
            raise refused(error) from None

    if inspect.iscoroutinefunction(endpoint):
        raise TypeError("pages wait for the API: `def`, not `async def`")
    return call
