"""Records in, the live window out."""

from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from ballotcast.channels.containers import Batch, ContainerError
from ballotcast.channels.decimation import unpack
from ballotcast.channels.records import (
    MOST_BYTES,
    BadRecord,
    TooManyBytes,
    TooMuch,
    check_binary,
    check_container,
    encode_records,
)
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.errors import Invalid, Malformed, TooLarge, Unsupported, field_error, invalid_field
from ballotcast.http.access import MOST_BODY, MOST_TEXT, Access, contract
from ballotcast.http.app import routes
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.fields import IdempotencyKey
from ballotcast.http.json_body import read_unicode
from ballotcast.http.measuring import count
from ballotcast.http.publishers import CurrentPublisher
from ballotcast.http.raw_body import RawBody
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from ballotcast.store.live import ROWS
from ballotcast.unique_json import RepeatedKey
from channel.routing import ChannelRoute

router = routes(ChannelRoute)
POLL, POLL_BEHIND = 1000, 0
"""Milliseconds after which to ask again: at the window's end, and when a whole page was answered."""


class Accepted(BaseModel):
    status: str
    name: str
    records: int


@router.post(
    "/channels/{name}/records",
    status_code=202,
    openapi_extra=contract(Access.PUBLISHER, body_limit=MOST_BODY),
    responses=refuses(404, 409, 413, 415, 429),
)
def publish(
    name: Name,
    body: RawBody,
    publisher: CurrentPublisher,
    wiring: Wired,
    content_type: Annotated[str, Header()] = "application/json",
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """All records or none: as JSON `{"records": […]}`, as `avro/binary` one after the other, or as a container file."""
    target = wiring.publisher.target(name)
    publisher.require(target.channel)
    batch = read_batch(target.schema, content_type, body)
    if batch.count:
        wiring.publisher.publish(target, batch, idempotency_key)
        count("RecordsAccepted", batch.count)
    return Accepted(status="accepted", name=name, records=batch.count)


def read_batch(schema: ChannelSchema, content_type: str, body: bytes) -> Batch:
    """Malformed, Unsupported, Invalid (with the first bad record), TooLarge."""
    try:
        kind, *parameters = (part.strip() for part in content_type.split(";"))
        match kind.lower():
            case "application/json":
                if len(body) > MOST_TEXT:
                    raise TooLarge("body-too-large", f"over {MOST_TEXT} bytes of JSON: send less at once, or as Avro")
                return encode_records(schema, _records(body))
            case "avro/binary":
                return check_binary(schema, body, _digest(parameters))
            case "application/avro":
                return check_container(schema, body)
            case _:
                raise Unsupported(
                    "unsupported-media-type", "records come as application/json, avro/binary or application/avro"
                )
    except TooManyBytes:
        raise TooLarge("too-many-bytes", f"over {MOST_BYTES} bytes as Avro: send less at once") from None
    except TooMuch as much:
        raise TooLarge("too-many-records", f"{much}: send less at once") from None
    except ContainerError as error:
        raise Malformed("malformed", f"the container: {error}") from None
    except BadRecord as bad:
        pointer = f"/records/{bad.index}" + (f"/{_escaped(bad.field)}" if bad.field else "")
        detail = f"record {bad.index}: {bad}; none was accepted"
        raise Invalid("bad-record", detail, errors=[field_error(pointer, "bad-record", reason=str(bad))]) from None


def _digest(parameters: list[str]) -> str:
    """Return what a Content-Type says of the schema: `schema=<SHA-256>`."""
    named = (part.partition("=") for part in parameters)
    return next((value.strip('"').lower() for name, _, value in named if name.lower() == "schema"), "")


def _records(body: bytes) -> list[Any]:
    try:
        document = read_unicode(body)
    except RepeatedKey as repeated:
        raise Malformed("malformed", f"{repeated}; none was accepted") from None
    except (ValueError, RecursionError):
        raise Malformed("malformed", "the body is not JSON in UTF-8") from None
    if not isinstance(document, dict) or not isinstance(document.get("records"), list):
        raise invalid_field("/records", "no-records")
    if strange := sorted(set(document) - {"records"}):
        raise invalid_field(f"/{_escaped(strange[0])}", "unknown-field")
    records: list[Any] = document["records"]
    return records


def _escaped(name: str) -> str:
    return name[:64].replace("~", "~0").replace("/", "~1")


@router.get(
    "/channels/{name}/live", openapi_extra=contract(Access.PUBLIC), response_class=JSONResponse, responses=refuses(404)
)
def show_live(
    name: Name,
    wiring: Wired,
    since: Annotated[str | None, Query(max_length=40, pattern=r"^\d+\.\d+$")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The decimated window since a `next` of before, or its newest part; answers at once."""
    channel = wiring.publisher.target(name).channel
    born, _, number = (since or "").partition(".")
    start = int(number) if since and born == str(channel.born) else None
    rows = wiring.live.since(channel, start, int(wiring.clock().timestamp()))
    following = rows[-1].number + 1 if rows else start or 0
    tag = f'W/"{channel.born}.{start}.{following}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=1"}
    if if_none_match == tag:
        return Response(status_code=304, headers=headers)
    points = [point for row in rows for point in unpack(row.points)]
    document = {
        "channel": name,
        "records": points,
        "next": f"{channel.born}.{following}",
        "poll_after_ms": POLL_BEHIND if start is not None and len(rows) == ROWS else POLL,
        "decimation": channel.config.decimation * max((row.stride for row in rows), default=1),
        "algorithm": channel.config.algorithm,
    }
    return JSONResponse(document, headers=headers)
