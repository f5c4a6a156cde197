"""What is kept of channels: files that take a while to make, and channels that are gone."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response

from ballotcast.channels.names import NAME
from ballotcast.client.api import Api
from ballotcast.errors import NotFound
from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import SignedIn
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.fields import Digits
from web.forms import OurForm
from web.pages import Page, Paged
from web.routing import page_routes

router = page_routes()
PUBLIC = contract(Access.PUBLIC)
OURS = contract(Access.BROWSER_SESSION)
Born = Annotated[int, Digits, Path(le=10**15)]
Form = Annotated[Literal["csv", "avro", "parquet"], Query(alias="format")]
Job = Annotated[str, Query(max_length=64, pattern="^[0-9a-f]*$")]
Document = dict[str, Any]
RELOAD = "1"
"""Seconds after which a page that waits for a file loads again."""


@router.get("/watch/{name}/export", openapi_extra=PUBLIC)
def make_export(
    page: Paged,
    name: Name,
    form: Form = "csv",
    job: Job = "",
    fields: Annotated[list[str] | None, Query(max_length=1000)] = None,
    start: Annotated[str, Query(alias="from", max_length=40)] = "",
    duration: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Have a file of a channel's archive made, or of a part of it, and wait for it. Loading it again asks for no
    other."""
    _require_name(name)
    api, place = _api(page), f"/channels/{name}/exports"
    if not job:
        part = {"fields": fields, "from": start.strip(), "duration": duration.strip()}
        asked = api.post(place, json={"format": form, **{key: value for key, value in part.items() if value}}).json()
        return page.redirect(f"/watch/{name}/export?format={form}&job={asked['id']}")
    found = api.get(f"{place}/{job}").json()
    return _waiting(page, page.render("watch/export", name=name, job=found), found)


@router.get("/manage/past/{name}/{born}", openapi_extra=OURS)
def look_at_past(page: Paged, session: SignedIn, name: Name, born: Born, job: Job = "") -> Response:
    """What is kept of a channel that is gone, with the file that is being made of it."""
    _require_name(name)
    return _past(page, session, name, born, job)


@router.post("/manage/past/{name}/{born}", openapi_extra=OURS)
def act_on_past(page: Paged, session: SignedIn, name: Name, born: Born, form: OurForm) -> Response:
    """Have a file of it made, or remove it for good."""
    _require_name(name)
    api, place, bearer = _api(page), f"/channels/{name}/past/{born}", {"Authorization": f"Bearer {session}"}
    if form.text("intent") in ("csv", "avro", "parquet"):
        asked = api.post(f"{place}/exports", json={"format": form.text("intent")}, headers=bearer).json()
        return page.redirect(f"/manage/past/{name}/{born}?job={asked['id']}")
    if not form.text("confirmed"):
        return _past(page, session, name, born, "", HTTPStatus.UNPROCESSABLE_ENTITY)
    api.send("DELETE", place, headers=bearer)
    return page.redirect(f"/manage/channels?purged={name}")


def _past(page: Page, session: str, name: str, born: int, job: str, status: int = 200) -> Response:
    api, place, bearer = _api(page), f"/channels/{name}/past/{born}", {"Authorization": f"Bearer {session}"}
    past = api.get(place, headers=bearer).json()
    found = api.get(f"{place}/exports/{job}", headers=bearer).json() if job and not past["purging"] else None
    return _waiting(page, page.render("watch/past", status, past=past, job=found, unconfirmed=status != 200), found)


def _waiting(page: Page, response: Response, job: Document | None) -> Response:
    if job and job["state"] in ("queued", "running"):
        response.headers["Refresh"] = RELOAD
    return response


def _api(page: Page) -> Api:
    api: Api = page.request.app.state.connect(page.api_address)
    return api


def _require_name(name: str) -> None:
    """Raise NotFound for what no channel can be called, so that no other address is asked for."""
    if not NAME.fullmatch(name):
        raise NotFound("no-channel", "no channel can have that name")
