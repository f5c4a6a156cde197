"""The archive as one file: at once where it is small, else as a job."""

from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ballotcast.channels.exports import MEDIA_TYPES, Format
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.errors import Forbidden, Unauthorised, Unavailable
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.fields import JobId
from ballotcast.http.publishers import current_publisher
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from ballotcast.store.channel import Archived, Channel
from ballotcast.store.export_counts import Party
from ballotcast.store.export_jobs import ExportJob, JobState
from ballotcast.wiring import Wiring
from channel.channel_routes import find_channel, find_schema
from channel.export_jobs import ask_for_export, find_job
from channel.exporting import LINK_SECONDS, Wanted, export_channel
from channel.routing import ChannelRoute
from channel.spans import Duration, Fields, Form, From, To, wanted

router = routes(ChannelRoute)
POLL = 1000
"""Milliseconds after which to look at a job again."""
FILE: dict[int | str, dict[str, Any]] = {
    303: {"description": "A presigned link, where the content is large or the gateway could not pass it"}
}


class ExportOrder(BaseModel):
    """As in the query of `GET …/export`; `fields`: none for all."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
    form: Annotated[Format, Field(alias="format")] = "avro"
    start: Annotated[str | None, Field(alias="from", max_length=40)] = None
    end: Annotated[str | None, Field(alias="to", max_length=40)] = None
    duration: Annotated[str | None, Field(max_length=40)] = None
    fields: Annotated[list[str], Field(max_length=1000)] = []

    def wanted(self, schema: ChannelSchema) -> Wanted:
        return wanted(schema, self.form, self.start, self.end, self.duration, self.fields, place="")


class ExportView(BaseModel):
    """`done` of `total` records are read. `url`: a presigned link of LINK_SECONDS, once it is done."""

    id: str
    format: Format
    state: JobState
    done: int
    total: int
    records: int
    size: int
    url: str | None
    reason: str | None
    poll_after_ms: int


@router.get(
    "/channels/{name}/export",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={**FILE, **refuses(404, 413)},
)
def export(
    name: Name,
    wiring: Wired,
    start: From = None,
    end: To = None,
    duration: Duration = None,
    fields: Fields = None,
    form: Form = "avro",
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Every accepted record once and in order, `from` included, `to` not, on the channel's time axis."""
    channel, schema = find_channel(wiring, name), find_schema(wiring, name)
    return give(wiring, channel, schema, wanted(schema, form, start, end, duration, fields), accept)


@router.post(
    "/channels/{name}/exports",
    status_code=202,
    openapi_extra=contract(Access.PUBLIC),
    responses=refuses(404, 413, 429),
)
def ask(name: Name, order: ExportOrder, wiring: Wired, request: Request) -> ExportView:
    """Have a large export made; the same for the same, however often it is asked for within a day. Who sends the
    owner's session or the channel's key is not kept waiting by what others ask for."""
    channel, schema = find_channel(wiring, name), find_schema(wiring, name)
    return view(wiring, ask_for_export(wiring, channel, order.wanted(schema), _party(request, channel)))


@router.get("/channels/{name}/exports/{job}", openapi_extra=contract(Access.PUBLIC), responses=refuses(404))
def show_export(name: Name, job: JobId, wiring: Wired) -> ExportView:
    """How far it is; a link to it once it is done."""
    return view(wiring, find_job(wiring, find_channel(wiring, name), job))


def _party(request: Request, channel: Channel) -> Party:
    """Who asks. A session that has ended, or another's, is no reason to refuse what anybody may ask for."""
    if "authorization" not in request.headers:
        return "public"
    try:
        current_publisher(request).require_keeper(channel)
    except (Unauthorised, Forbidden):
        return "public"
    return "owner"


def give(wiring: Wiring, channel: Archived, schema: ChannelSchema, asked: Wanted, accept: str) -> Response:
    """Return the bytes themselves, or 303 to a link."""
    # API Gateway passes bytes as bytes only if the first type accepted is a binary one of the API's.
    direct = asked.form == "csv" or accept.partition(",")[0].partition(";")[0].strip() == MEDIA_TYPES[asked.form]
    try:
        made = export_channel(wiring, channel, schema, asked, direct=direct)
    except LookupError:  # the rows were read before a compaction, the objects after it
        raise Unavailable("busy", "the archive was compacted meanwhile: ask again", retry_after=1) from None
    if made.content is not None:
        headers = {
            "Vary": "Accept",
            "X-Records": str(made.records),
            "Content-Disposition": f'attachment; filename="{channel.name}.{asked.form}"',
        }
        return Response(made.content, media_type=MEDIA_TYPES[asked.form], headers=headers)
    assert made.link
    told = {"url": made.link, "format": made.format, "records": made.records, "size": made.size}
    return JSONResponse(told, 303, {"Location": made.link, "Vary": "Accept"})


def view(wiring: Wiring, job: ExportJob) -> ExportView:
    link = wiring.blobs.link(job.object, f"{job.name}.{job.form}", LINK_SECONDS) if job.state == "done" else None
    return ExportView(
        id=job.id,
        format=job.form,
        state=job.state,
        done=job.done,
        total=job.total,
        records=job.records,
        size=job.size,
        url=link,
        reason=job.reason or None,
        poll_after_ms=POLL,
    )
