"""What a page asks of the API is answered by the functions' own code, here; somebody between may interfere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, Request, Route

from asgi_client import TestClient

PREFIX = "/api"
KEPT = ("accept", "content-type", "cookie", "referer")

Passing = Callable[[str, Callable[[], "Answer"]], "Answer | None"]
"""Given a path and what sends the request on, returns what the page gets; None cuts the connection."""


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Between:
    """`seen`: (method, path, headers) of each request, in order. `passing` may be changed at any time."""

    address: str
    passing: Passing = lambda path, send: send()
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def api_behind(page: Page, server: TestClient) -> Iterator[Between]:
    """The API, for this page, at `address`: on the page's own origin, as in the deployment."""
    between = Between(page.url.rstrip("/") + PREFIX)

    def answer(route: Route, request: Request) -> None:
        path = request.url.removeprefix(between.address)
        headers = {name: value for name, value in request.all_headers().items() if name in KEPT}
        between.seen.append((request.method, path, headers))

        def send() -> Answer:
            got = server.request(
                request.method, path, content=request.post_data_buffer, headers=headers, follow_redirects=False
            )
            return Answer(got.status_code, got.content, dict(got.headers))

        given = between.passing(path, send)
        if given is None:
            route.abort("connectionreset")
        else:
            route.fulfill(status=given.status, body=given.content, headers=given.headers)

    page.route(f"{between.address}/**", answer)
    try:
        yield between
    finally:
        page.unroute(f"{between.address}/**")
