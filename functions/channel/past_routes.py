"""What is kept of channels that were deregistered: shown to, exported for and purged by their organiser."""

from typing import Annotated

from fastapi import Header, Path, Response
from pydantic import BaseModel

from ballotcast.channels.schemas import ChannelSchema
from ballotcast.errors import Forbidden, Gone, NotFound
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.fields import Digits, JobId
from ballotcast.http.publishers import CurrentPublisher, Publisher
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from ballotcast.store.past_channels import PastChannel
from ballotcast.wiring import Wiring
from channel.export_jobs import ask_for_export, find_job
from channel.export_routes import FILE, ExportOrder, ExportView, give
from channel.export_routes import view as export_view
from channel.exporting import Wanted, count, size, wanted_segments
from channel.purging import order_purge
from channel.routing import ChannelRoute
from channel.spans import Duration, Fields, Form, From, To, wanted
from channel.views import PastListed, TimeView, past_listed

router = routes(ChannelRoute)
keeper = contract(Access.PUBLISHER)
Born = Annotated[int, Digits, Path(le=10**15)]


class PastPage(BaseModel):
    channels: list[PastListed]


class PastView(PastListed):
    """`records`, `bytes`: that its archive still holds. `from_time`, `to_time`: on its time axis, both included."""

    time: TimeView
    fingerprint: str
    records: int
    bytes: int
    from_time: int | None
    to_time: int | None


class Purged(BaseModel):
    name: str
    born: int
    status: str


@router.get("/past-channels", openapi_extra=keeper)
def list_past_channels(publisher: CurrentPublisher, wiring: Wired) -> PastPage:
    """The organiser's channels that are gone, as long as records of them are kept."""
    return PastPage(channels=[past_listed(one) for one in wiring.past_channels.of(_organiser(publisher), _now(wiring))])


@router.get("/channels/{name}/past/{born}", openapi_extra=keeper, responses=refuses(404))
def show_past_channel(name: Name, born: Born, publisher: CurrentPublisher, wiring: Wired) -> PastView:
    """What is kept of it, and how long."""
    past = _past(wiring, publisher, name, born)
    segments = wanted_segments(wiring, past, Wanted("avro"))
    return PastView(
        **past_listed(past).model_dump(),
        time=TimeView(**vars(past.time)),
        fingerprint=past.fingerprint,
        records=count(segments),
        bytes=size(segments),
        from_time=min((one.earliest for one in segments), default=None),
        to_time=max((one.latest for one in segments), default=None),
    )


@router.get(
    "/channels/{name}/past/{born}/export",
    openapi_extra=keeper,
    response_class=Response,
    responses={**FILE, **refuses(404, 410, 413)},
)
def export_past(
    name: Name,
    born: Born,
    publisher: CurrentPublisher,
    wiring: Wired,
    start: From = None,
    end: To = None,
    duration: Duration = None,
    fields: Fields = None,
    form: Form = "avro",
    accept: Annotated[str, Header()] = "",
) -> Response:
    """As `GET …/export` of a channel."""
    past, schema = _kept(wiring, publisher, name, born)
    return give(wiring, past, schema, wanted(schema, form, start, end, duration, fields), accept)


@router.post(
    "/channels/{name}/past/{born}/exports", status_code=202, openapi_extra=keeper, responses=refuses(404, 410, 413, 429)
)
def ask_past(name: Name, born: Born, order: ExportOrder, publisher: CurrentPublisher, wiring: Wired) -> ExportView:
    """As `POST …/exports` of a channel."""
    past, schema = _kept(wiring, publisher, name, born)
    return export_view(wiring, ask_for_export(wiring, past, order.wanted(schema), "owner"))


@router.get("/channels/{name}/past/{born}/exports/{job}", openapi_extra=keeper, responses=refuses(404, 410))
def show_past_export(name: Name, born: Born, job: JobId, publisher: CurrentPublisher, wiring: Wired) -> ExportView:
    """As `GET …/exports/{job}` of a channel."""
    past, _ = _kept(wiring, publisher, name, born)
    return export_view(wiring, find_job(wiring, past, job))


@router.delete("/channels/{name}/past/{born}", status_code=202, openapi_extra=keeper, responses=refuses(404))
def purge_past(name: Name, born: Born, publisher: CurrentPublisher, wiring: Wired) -> Purged:
    """Remove all that is kept of it, for good. It is not given out any more from now on, and gone within minutes."""
    if not order_purge(wiring, _past(wiring, publisher, name, born)):
        raise _none(name, born)
    return Purged(name=name, born=born, status="purging")


def _organiser(publisher: Publisher) -> str:
    if not publisher.organiser:
        raise Forbidden("no-organiser", "a channel's key ends with the channel: send its organiser's session")
    return publisher.organiser


def _past(wiring: Wiring, publisher: Publisher, name: str, born: int) -> PastChannel:
    found = wiring.past_channels.find(_organiser(publisher), name, born, _now(wiring))
    if found is None:
        raise _none(name, born)
    return found


def _kept(wiring: Wiring, publisher: Publisher, name: str, born: int) -> tuple[PastChannel, ChannelSchema]:
    past = _past(wiring, publisher, name, born)
    if past.purging:
        raise Gone("purged", f"the records of {name} are being removed, as its organiser said")
    try:
        return past, wiring.channels.schema(past)
    except LookupError:
        raise _none(name, born) from None


def _none(name: str, born: int) -> NotFound:
    return NotFound("no-past-channel", f"nothing is kept for you of a channel {name} of {born}")


def _now(wiring: Wiring) -> int:
    return int(wiring.clock().timestamp())
