"""Following a channel at its full rate: every record by its number, none decimated."""

import time
from typing import Annotated

from fastapi import Header, Query, Response
from fastapi.responses import JSONResponse

from ballotcast.errors import Unavailable
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from ballotcast.store.record_pages import Page
from ballotcast.wiring import Wiring
from channel.routing import ChannelRoute

router = routes(ChannelRoute)
PLACE = r"^\d+\.\d+$"
MOST_WAIT = 10
"""Seconds. With the rate of `…/follow` (template.yaml) it bounds how many requests wait at once: publishing has the
same function."""
PAUSE = 0.5
"""Seconds between two looks while a request waits."""
POLL = 1000
"""Milliseconds after which to ask again, unless more is there at once."""
EVENTS = "text/event-stream"
Place = Annotated[str | None, Query(max_length=40, pattern=PLACE)]


@router.get(
    "/channels/{name}/records",
    openapi_extra=contract(Access.PUBLIC),
    response_class=JSONResponse,
    responses=refuses(404),
)
def list_records(
    name: Name, wiring: Wired, since: Place = None, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """Every record from the place `since` on, a page at a time; without it none, and the place of the next record.
    Answers at once."""
    born, start, page = _read(wiring, name, since)
    tag = f'W/"{born}.{start}.{page.next}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={60 if page.more else 1}", **_told(born, page)}
    if if_none_match == tag:
        return Response(status_code=304, headers=headers)
    return Response(_document(name, born, page), media_type="application/json", headers=headers)


@router.get(
    "/channels/{name}/follow",
    openapi_extra=contract(Access.PUBLIC),
    response_class=JSONResponse,
    responses={200: {"content": {EVENTS: {}}}, **refuses(404)},
)
def follow(
    name: Name,
    wiring: Wired,
    since: Place = None,
    wait: Annotated[int, Query(ge=0, le=MOST_WAIT)] = MOST_WAIT,
    last_event_id: Annotated[str | None, Header(max_length=40, pattern=PLACE)] = None,
    accept: Annotated[str, Header()] = "",
) -> Response:
    """The same, as soon as there is a record, or after `wait` seconds without one. As events where `Accept` begins with
    `text/event-stream`: an EventSource comes again with the place that it has."""
    until = time.monotonic() + wait
    born, _, page = _read(wiring, name, last_event_id or since)
    while not (page.count or page.skipped or page.more) and time.monotonic() < until:
        time.sleep(PAUSE)
        born, _, page = _read(wiring, name, f"{born}.{page.next}")
    document, headers = _document(name, born, page), {"Cache-Control": "no-store", **_told(born, page)}
    if accept.partition(",")[0].partition(";")[0].strip() != EVENTS:
        return Response(document, media_type="application/json", headers=headers)
    event = f"retry: {0 if page.more else POLL}\nid: {born}.{page.next}\n".encode() + b"data: " + document + b"\n\n"
    return Response(event, media_type=EVENTS, headers=headers)


def _read(wiring: Wiring, name: str, place: str | None) -> tuple[int, int, Page]:
    """Return the epoch of the channel, the number that was asked for, and the page from there on. A place of an earlier
    channel of the name stands for the first record of this one."""
    target = wiring.publisher.target(name)
    channel = target.channel
    if not place:
        place = f"{channel.born}.{wiring.record_pages.end(channel)}"
    born, start = map(int, place.split("."))
    if born > channel.born:  # a newer channel of the name, which another process knows already: nothing yet
        return born, start, Page(b"[]", 0, start, 0, more=False, until=0)
    start = start if born == channel.born else 0
    for _ in range(2):
        try:
            return channel.born, start, wiring.record_pages.page(channel, target.schema, start)
        except LookupError:  # the rows were read before a compaction, the objects after it
            continue
    raise Unavailable("busy", "the archive was compacted meanwhile: ask again", retry_after=1)


def _told(born: int, page: Page) -> dict[str, str]:
    return {"X-Records": str(page.count), "X-Next": f"{born}.{page.next}"}


def _document(name: str, born: int, page: Page) -> bytes:
    rest = f'"next":"{born}.{page.next}","skipped":{page.skipped},"poll_after_ms":{0 if page.more else POLL}'
    return f'{{"channel":"{name}","records":'.encode() + page.text + f",{rest}}}".encode()
