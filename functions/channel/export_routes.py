"""The archive as one file."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Header, Query, Response
from fastapi.responses import JSONResponse

from ballotcast.channels.exports import MEDIA_TYPES, Format
from ballotcast.errors import Unavailable, invalid_field
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from channel.channel_routes import find_channel, find_schema
from channel.exporting import export_channel
from channel.routing import ChannelRoute

router = routes(ChannelRoute)


@router.get(
    "/channels/{name}/export",
    openapi_extra=contract(Access.PUBLIC),
    response_class=Response,
    responses={
        303: {"description": "A presigned link, where the content is large or the gateway could not pass it"},
        **refuses(404, 413),
    },
)
def export(
    name: Name,
    wiring: Wired,
    start: Annotated[str | None, Query(alias="from", max_length=40)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=40)] = None,
    form: Annotated[Format, Query(alias="format")] = "avro",
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Every accepted record once and in order, `from` included, `to` not, on the channel's time axis."""
    channel, schema = find_channel(wiring, name), find_schema(wiring, name)
    # API Gateway passes bytes as bytes only if the first type accepted is a binary one of the API's.
    direct = form == "csv" or accept.partition(",")[0].partition(";")[0].strip() == MEDIA_TYPES[form]
    since, until = _moment(start, "from"), _moment(end, "to")
    try:
        made = export_channel(wiring, channel, schema, start=since, end=until, form=form, direct=direct)
    except LookupError:  # the rows were read before a compaction, the objects after it
        raise Unavailable("busy", "the archive was compacted meanwhile: ask again", retry_after=1) from None
    if made.content is not None:
        headers = {
            "Vary": "Accept",
            "X-Records": str(made.records),
            "Content-Disposition": f'attachment; filename="{channel.name}.{form}"',
        }
        return Response(made.content, media_type=MEDIA_TYPES[form], headers=headers)
    assert made.link
    told = {"url": made.link, "format": made.format, "records": made.records, "size": made.size}
    return JSONResponse(told, 303, {"Location": made.link, "Vary": "Accept"})


def _moment(text: str | None, field: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise invalid_field(f"/query/{field}", "a moment with its zone (RFC 3339), such as 2026-11-20T09:30:00Z")
    return moment.astimezone(UTC)
