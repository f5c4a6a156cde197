"""Following a channel as server-sent events, as long as the client stays: what API Gateway cannot do.

Who follows costs no thread and no worker. The function is asked for the next page of records by one question for all
who are at the same place, and again after PAUSE: a hundred who follow one channel ask as often as one. Each holds the
page that it sends and nothing more; nothing is asked for a client that has not taken its page, and after TAKING it is
ended.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .bodies import Gone, Message, Receive
from .descriptors import connections_at_once
from .responses import Answer

RESOURCE = "/channels/{name}/follow"
PAUSE = 0.5
"""Seconds between two questions about what is new at a place."""
BEAT = 15.0
"""Seconds after which a line without meaning is sent, so that nobody on the way takes the connection for dead."""
KEPT = 16
"""Pages in memory."""
MOST = min(100, connections_at_once() // 2)
"""Who may follow at once; one more ends the one who has followed longest, who comes again where it was."""
TAKING = 30.0
"""Seconds that a client may take for a page, which is in memory until then."""
EVENTS = b"text/event-stream"
OK = 200
Ask = Callable[[Any, str], Awaitable[Answer]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Page:
    answer: "asyncio.Future[Answer]"
    until: float


class Following:
    """`ask` has the function answer a GET: its scope and its path."""

    def __init__(self, ask: Ask, most: int = MOST) -> None:
        self._ask, self._most = ask, most
        self._pages: dict[tuple[str, str], Page] = {}
        self._present: dict[asyncio.Future[None], None] = {}

    @property
    def present(self) -> int:
        """How many follow."""
        return len(self._present)

    def stop(self) -> None:
        """End all who follow, as the server stops: they come again where they were."""
        for present in list(self._present):
            present.cancel()

    async def serve(self, scope: Any, path: str, receive: Receive, send: Send) -> Answer | None:
        """Return the answer where it is one; None if it was sent as events. Raises Gone."""
        headers = dict(scope["headers"])
        wants = headers.get(b"accept", b"").partition(b",")[0].partition(b";")[0].strip()
        if wants != EVENTS or scope["method"] == "HEAD":
            return await self._wait(scope, path, receive)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        place = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("since", "")
        first = await self._page(scope, path, place)
        if first.status != OK:
            return first
        with self._being_present(receive) as present:
            try:
                await self._stream(scope, path, first, present, send)
            except (TimeoutError, asyncio.CancelledError):
                raise Gone from None
        return None

    async def _wait(self, scope: Any, path: str, receive: Receive) -> Answer:
        """Return the first page that holds something, or the last one once the time to wait is over."""
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        wait = query.get("wait", "10")
        if not (wait.isascii() and wait.isdigit() and len(wait) < 5 and int(wait) <= 10):
            return await self._ask(scope, path)  # the function refuses it
        seconds = 0 if scope["method"] == "HEAD" else int(wait)
        until, place = monotonic() + seconds, dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
        answer = await self._page(scope, path, place or query.get("since", ""))
        with self._being_present(receive) as present:
            while answer.status == OK and _is_empty(answer) and monotonic() < until and not present.done():
                await asyncio.wait({present}, timeout=PAUSE)
                answer = await self._page(scope, path, _next(answer))
        headers = [(name, value) for name, value in answer.headers if name not in (b"cache-control", b"etag")]
        return Answer(answer.status, [*headers, (b"cache-control", b"no-store")], answer.body)

    async def _stream(self, scope: Any, path: str, page: Answer, present: "asyncio.Future[None]", send: Send) -> None:
        headers = [(name, value) for name, value in page.headers if name.startswith((b"access-control", b"x-content"))]
        headers += [(b"content-type", EVENTS), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": OK, "headers": headers})
        await _send(send, b"retry: 1000\nid: %s\n\n" % _next(page).encode())
        sent, place = monotonic(), ""
        while not present.done():
            if page.status == OK and not _is_empty(page):
                place = _next(page)
                await _send(send, b"id: %s\ndata: %s\n\n" % (place.encode(), page.body))
                sent = monotonic()
            else:
                place = _next(page) if page.status == OK else place
                if monotonic() - sent >= BEAT:
                    await _send(send, b":\n\n")
                    sent = monotonic()
                await asyncio.wait({present}, timeout=PAUSE)
            if page.status in (404, 422):  # the channel is gone: a client that comes again is told so
                break
            page = await self._page(scope, path, place)
        await send({"type": "http.response.body", "body": b""})

    async def _page(self, scope: Any, path: str, place: str) -> Answer:
        """Return the page at a place: one question for all who ask for it within PAUSE."""
        key, now = (path, place), monotonic()
        known = self._pages.get(key)
        if known is None or (known.answer.done() and now >= known.until):
            asked = {
                **scope,
                "method": "GET",
                "query_string": urlencode({"since": place}).encode() if place else b"",
                "headers": [(name, value) for name, value in scope["headers"] if name == b"host"],
            }
            work = asyncio.ensure_future(self._ask(asked, path.rstrip("/").removesuffix("follow") + "records"))
            known = self._pages[key] = Page(work, now + PAUSE)
            while len(self._pages) > KEPT:
                del self._pages[next(iter(self._pages))]
        return await asyncio.shield(known.answer)

    @contextmanager
    def _being_present(self, receive: Receive) -> Iterator["asyncio.Future[None]"]:
        """A future that is done once the client has gone, or has to."""
        if len(self._present) >= self._most:
            longest = next(iter(self._present))
            del self._present[longest]
            longest.cancel()
        present = asyncio.ensure_future(_leaves(receive))
        self._present[present] = None
        try:
            yield present
        finally:
            self._present.pop(present, None)
            present.cancel()


async def _leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, body: bytes) -> None:
    async with asyncio.timeout(TAKING):
        await send({"type": "http.response.body", "body": body, "more_body": True})


def _next(page: Answer) -> str:
    return _header(page, b"x-next")


def _is_empty(page: Answer) -> bool:
    return _header(page, b"x-records") == "0" and b'"skipped":0' in page.body


def _header(page: Answer, name: bytes) -> str:
    return next((value.decode("latin-1") for one, value in page.headers if one == name), "")
