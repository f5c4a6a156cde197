"""Channels: the public list and each one's page; registering one and looking after it, for organisers."""

import json
import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Query, Response

from ballotcast.channels.names import NAME, RESERVED
from ballotcast.client.api import Api
from ballotcast.client.channels import Channels
from ballotcast.client.errors import ApiError
from ballotcast.errors import NotFound
from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import SignedIn
from ballotcast.http.fields import ChannelName as Name
from web.channel_schemas import SAMPLE, example, judge, signals
from web.charts_together import Together, show_together
from web.forms import OurForm
from web.pages import Page, Paged
from web.routing import page_routes

router = page_routes()
PUBLIC = contract(Access.PUBLIC)
OURS = contract(Access.BROWSER_SESSION)
REGISTERS = contract(Access.BROWSER_SESSION, body_limit=2_200_000)
"""A schema of a megabyte in a form."""
STATES = ("registering", "active", "repairing", "stopping", "failed")
ON_A_PAGE = 50
LONGEST_SHOWN = 100_000
"""Characters of a schema that is shown on the page; a longer one is linked to."""
PORTS = {"start": 26000, "end": 26999}
OFFERED = 20
BLANK = {
    "name": "",
    "port": "",
    "schema": SAMPLE,
    "decimation": "1",
    "algorithm": "downsample",
    "rotation": "hour",
    "retention": "30",
    "silence": "",
    "quota": "",
}
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
Document = dict[str, Any]
Told = Annotated[str, Query(max_length=64)]


@router.get("/watch", openapi_extra=PUBLIC)
def list_channels(
    page: Paged,
    view: Annotated[Together, Depends()],
    status: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """All channels by name, or those in one state; or the charts of the chosen ones together."""
    if view.names:
        return show_together(page, _api(page), view)
    asked = {"limit": ON_A_PAGE, "status": status if status in STATES else "", "cursor": cursor}
    found = _api(page).get("/channels", params={name: value for name, value in asked.items() if value}).json()
    return page.render("watch/list", listed=found, states=STATES, chosen=asked["status"], further=bool(cursor))


@router.get("/watch/{name}", openapi_extra=PUBLIC)
def watch(page: Paged, name: Name) -> Response:
    """A channel: what it is, what it does now, and its newest values as they come."""
    channels = Channels(_api(page))
    channel, schema = _channel(channels, name), channels.get_schema(name)
    election = name.removeprefix(RESERVED) if name.startswith(RESERVED) else ""
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    return page.render(
        "watch/channel",
        channel=channel,
        schema=schema,
        signals=signals(schema),
        text=text if len(text) <= LONGEST_SHOWN else "",
        election=election,
        title=_title(channels.api, election) if election else "",
    )


@router.get("/manage/channels", openapi_extra=OURS)
def list_own(page: Paged, session: SignedIn, gone: Told = "", purged: Told = "") -> Response:
    """The organiser's own channels, and what is kept of those that are gone. `gone`: the one that was deregistered
    just now; `purged`: the one whose records are being removed since then."""
    client = Channels(_api(page), session)
    return page.render(
        "watch/own",
        channels=client.list_channels(mine=True),
        past=client.past_channels(),
        gone=gone if NAME.fullmatch(gone) else "",
        purged=purged if NAME.fullmatch(purged) else "",
    )


@router.get("/manage/channels/new", openapi_extra=OURS)
def draft_channel(page: Paged, session: SignedIn) -> Response:
    """The form that registers a channel."""
    return _form(page, {**BLANK, "once": secrets.token_urlsafe(16)}, {})


@router.post("/manage/channels/new", openapi_extra=REGISTERS)
def register(page: Paged, session: SignedIn, form: OurForm) -> Response:
    """Register the channel and show its key, this once; or only say what is to be said of its schema."""
    typed = {name: form.text(name) for name in (*BLANK, "once")}
    verdict = judge(typed["schema"])
    if form.text("intent") == "check":
        return _form(page, typed, {}, verdict=verdict)
    if not verdict.good:
        return _form(page, typed, {"schema": ("schema", {})}, verdict=verdict)
    headers = {"Authorization": f"Bearer {session}", "Idempotency-Key": typed["once"] or secrets.token_urlsafe(16)}
    try:
        registered = _api(page).post("/channels", json=_draft(typed), headers=headers).json()
    except ApiError as error:
        return _form(page, typed, _errors(error), verdict=verdict, status=error.status)
    unit = PER_SECOND[verdict.unit]
    record = example(json.loads(typed["schema"]), int(datetime.now(UTC).timestamp() * unit))
    return page.render("watch/registered", registered=registered, record=json.dumps(record, ensure_ascii=False))


@router.get("/manage/channel/{name}", openapi_extra=OURS)
def look_after(page: Paged, session: SignedIn, name: Name) -> Response:
    """What a channel's relay does and could not do, a new key, and the way to deregister it."""
    return page.render("watch/owner", channel=_channel(Channels(_api(page)), name), key="", unconfirmed=False)


@router.post("/manage/channel/{name}", openapi_extra=OURS)
def act(page: Paged, session: SignedIn, name: Name, form: OurForm) -> Response:
    """Give the channel a new key, resume it after a failure, deregister it, or remove it without draining it."""
    channels = Channels(_api(page), session)
    channel = _channel(channels, name)
    if form.text("intent") == "key":
        return page.render("watch/owner", channel=channel, key=channels.rotate_key(name), unconfirmed=False)
    if form.text("intent") in ("resume", "around"):
        order = {"around": form.text("intent") == "around"}
        bearer = {"Authorization": f"Bearer {session}"}
        channels.api.send("POST", f"/channels/{name}/resume", json=order, headers=bearer)
        return page.redirect(f"/manage/channel/{name}")
    if not form.text("confirmed"):
        return page.render("watch/owner", HTTPStatus.UNPROCESSABLE_ENTITY, channel=channel, key="", unconfirmed=True)
    headers = {"Authorization": f"Bearer {session}", "Prefer": "wait=5"}
    asked = {"drain": "false"} if form.text("intent") == "remove" else {}
    answer = channels.api.send("DELETE", f"/channels/{name}", headers=headers, params=asked)
    stopping = answer.status_code == HTTPStatus.ACCEPTED
    return page.redirect(f"/manage/channel/{name}" if stopping else f"/manage/channels?gone={name}")


def _api(page: Page) -> Api:
    api: Api = page.request.app.state.connect(page.api_address)
    return api


def _channel(channels: Channels, name: str) -> Document:
    """Raise NotFound for what no channel can be called, so that no other address is asked for."""
    if not NAME.fullmatch(name):
        raise NotFound("no-channel", "no channel can have that name")
    return channels.get_channel(name)


def _title(api: Api, election: str) -> str:
    """Empty if it is not told now: the channel's page can do without."""
    try:
        return str(json.loads(api.get(f"/elections/{election}/manifest").content)["title"])
    except ApiError:
        return ""


def _form(page: Page, typed: Document, errors: Document, status: int = 200, verdict: Any = None) -> Response:
    """`errors`: field → (string of the catalogue, what it is filled with)."""
    free = _api(page).get("/ports/available", params=PORTS).json()["available"][:OFFERED]
    return page.render("watch/register", status, typed=typed, errors=errors, ports=free, verdict=verdict)


def _draft(typed: dict[str, str]) -> Document:
    """As the API takes it; what is no number goes as it was typed, so that the API says which field it is."""
    numbers = {name: _whole(typed[name]) for name in ("port", "decimation", "retention")}
    limits = {name: _whole(typed[name] or "0") for name in ("silence", "quota")}
    return {
        "name": typed["name"],
        "port": numbers["port"] or None,
        "schema": typed["schema"],
        "config": {
            "decimation": numbers["decimation"],
            "retention": numbers["retention"],
            "algorithm": typed["algorithm"],
            "rotation": typed["rotation"],
            **limits,
        },
    }


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _errors(error: ApiError) -> Document:
    """Return which fields are at fault; the ApiError itself if none of ours is."""
    if error.slug in {"name-taken", "port-taken"}:
        field = error.slug.removesuffix("-taken")
        return {field: (f"{field}_taken", {"by": error.document.get("used_by", "")})}
    found: Document = {pointer.rpartition("/")[2]: (pointer.rpartition("/")[2], {}) for pointer, _ in error.errors}
    if not found or not found.keys() <= BLANK.keys():
        raise error
    return found
