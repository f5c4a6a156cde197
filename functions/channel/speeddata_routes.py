"""SpeedData's registration API, under `/api/v1`, as its clients know it: paths, members, statuses and messages.

What differs is the address, and that registering and deregistering need a key: an organiser's session, or for
deregistering the channel's own, as `Authorization: Bearer …` or as the password of the address. Publishing, watching
and exporting are the channel API's own routes. Problem documents carry its members next to ours.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Path, Request, Response
from fastapi.responses import JSONResponse

from ballotcast.channels.names import MOST_PORTS, NAME, PORTS
from ballotcast.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from ballotcast.http.access import Access, contract
from ballotcast.http.app import routes
from ballotcast.http.json_body import read_json
from ballotcast.http.publishers import CurrentPublisher
from ballotcast.http.raw_body import RawBody
from ballotcast.http.responses import refuses
from ballotcast.http.wired import Wired
from ballotcast.store.channel import Channel
from ballotcast.unique_json import RepeatedKey
from ballotcast.wiring import Wiring
from channel.channel_routes import SCHEMA_BODY
from channel.registering import Registration, register_channel
from channel.routing import SpeedDataRoute
from channel.sagas import await_saga, deregister_channel, move_on
from channel.speeddata_views import channel_view, config_of, is_shown, pid_of, port_of, refused
from channel.views import both_schemas

ROOT = "/api/v1"
PATIENCE = 10
"""Seconds for which a relay is waited for."""
PAGE, MOST, MOST_SHOWN = 1000, 10_000, 5_000
"""Channels that are read at once, read at all, and listed. One is at most 960 bytes, and 1,140 as text within the JSON
that a function answers with, which may have 6 MiB."""
REQUIRED = ("name", "port", "schema")
ChannelName = Annotated[str, Path(json_schema_extra={"pattern": NAME.pattern})]
"""Described and not enforced: any other name is 404, as it was."""
Port = Annotated[str, Path(json_schema_extra={"pattern": "^[0-9]{1,5}$"})]
router = routes(SpeedDataRoute)
public = contract(Access.PUBLIC)


@router.get(f"{ROOT}/health", openapi_extra=public)
def health() -> dict[str, str]:
    """Is it there?"""
    return {"status": "ok", "service": "speeddata-registration-api", "version": "0.5.0"}


@router.get(f"{ROOT}/channels", openapi_extra=public, response_class=JSONResponse)
def list_channels(wiring: Wired, status: str | None = None) -> JSONResponse:
    """Channels that have a port, with what we know of their configurations; `status`: `active` or `registered`."""
    found = [channel_view(channel, brief=True) for channel in _all(wiring) if is_shown(channel)]
    wanted = [one for one in found if status in (None, "", one["status"])]
    return JSONResponse({"channels": wanted[:MOST_SHOWN]})


@router.get(f"{ROOT}/channels/{{name}}", openapi_extra=public, response_class=JSONResponse, responses=refuses(404))
def show_channel(name: ChannelName, wiring: Wired) -> JSONResponse:
    """One channel."""
    channel = _found(wiring, name)
    move_on(wiring, channel)
    return JSONResponse(channel_view(channel, wiring.leases.find(name)))


@router.post(
    f"{ROOT}/channels",
    status_code=201,
    openapi_extra=contract(Access.PUBLISHER, body_limit=SCHEMA_BODY),
    response_class=JSONResponse,
    responses=refuses(409),
)
def register(body: RawBody, publisher: CurrentPublisher, wiring: Wired) -> JSONResponse:
    """Register a channel and wait for its relay; `schema` is an Avro record, or its JSON text."""
    given = _object(body)
    if given is None or not given:
        raise refused("Request body required")
    if not all(given.get(name) for name in REQUIRED):
        raise refused("Missing required fields", required=list(REQUIRED))
    if not publisher.organiser:
        raise Forbidden("no-organiser", "a channel's key registers nothing: send an organiser's session")
    port = port_of(given["port"])
    if holder := wiring.channels.holder(port):  # before all else, as it always did: also where the name is taken, too
        more = {"error": "Port already in use", "port": port, "used_by": holder}
        raise Conflict("port-taken", f"port {port} is taken by {holder}", extra=more)
    config, asked = config_of(given.get("config"))
    registration = Registration(str(given["name"]), port, _schema(given["schema"]), config, assumed="ns", asked=asked)
    try:
        channel, api_key = register_channel(wiring, registration, publisher, None)
    except Invalid as invalid:
        raise refused(_what(invalid), details=invalid.detail) from None
    except Conflict as taken:
        raise _taken(taken, registration) from None
    now = await_saga(wiring, channel, PATIENCE)
    if now is None or now.status in ("failed", "stopping"):
        if now and now.status == "failed":
            deregister_channel(wiring, now, drain=False)
        reason = (now and now.reason) or "it was deregistered"
        more = {"error": "Failed to start relay process", "name": channel.name, "details": reason}
        raise Unavailable("spawn-failed", f"{channel.name} has no relay: {reason}", extra=more)
    answer = {
        "status": "success",
        "name": now.name,
        "port": now.port,
        "pid": pid_of(now),
        "message": f"Channel '{now.name}' registered and relay started",
        "api_key": api_key,
    }
    return JSONResponse(answer, 201)


@router.delete(
    f"{ROOT}/channels/{{name}}",
    openapi_extra=contract(Access.PUBLISHER),
    response_class=JSONResponse,
    responses=refuses(404, 409),
)
def deregister(name: ChannelName, publisher: CurrentPublisher, wiring: Wired) -> JSONResponse:
    """Stop a channel's relay and remove it. What was accepted is still relayed; its records are kept for its owner."""
    channel = _found(wiring, name)
    publisher.require_keeper(channel)
    now = await_saga(wiring, deregister_channel(wiring, channel, drain=True), PATIENCE)
    if now and now.status == "failed":
        more = {"error": "Failed to stop relay process", "name": name, "details": now.reason}
        raise Unavailable("stop-failed", f"{name} was not stopped: {now.reason}", extra=more)
    message = f"Channel '{name}' de-registered and relay stopped"
    return JSONResponse({"status": "success", "name": name, "message": message})


@router.get(
    f"{ROOT}/channels/{{name}}/schema", openapi_extra=public, response_class=JSONResponse, responses=refuses(404)
)
def show_schema(name: ChannelName, wiring: Wired) -> Response:
    """The schema as it was registered."""
    return Response(wiring.channels.schema(_found(wiring, name)).text, media_type="application/json")


@router.post(
    f"{ROOT}/channels/{{name}}/validate-schema",
    openapi_extra=contract(Access.PUBLIC, body_limit=SCHEMA_BODY),
    response_class=JSONResponse,
    responses={409: {"description": "Another schema"}, **refuses(404)},
)
def validate_schema(name: ChannelName, body: RawBody, wiring: Wired) -> JSONResponse:
    """Is this, as JSON, the registered schema?"""
    channel, given = _found(wiring, name), _object(body)
    if not given or "schema" not in given:
        raise refused("Request body must contain 'schema' field")
    registered = wiring.channels.schema(channel).json
    if given["schema"] == registered:
        return JSONResponse({"valid": True, "message": "Schema matches registered schema"})
    both = both_schemas(registered, given["schema"])
    return JSONResponse({"valid": False, "message": "Schema does not match", **both}, 409)


@router.get(f"{ROOT}/ports/available", openapi_extra=public, response_class=JSONResponse)
def list_ports(wiring: Wired, request: Request) -> JSONResponse:
    """Ports that no channel has, both ends included."""
    asked = request.query_params
    start, end = (_port(asked.get(name, usual)) for name, usual in (("start", "26000"), ("end", "27000")))
    if start >= end:
        raise refused("Invalid range: start must be < end")
    if end - start >= MOST_PORTS:
        raise refused("Invalid range", details=f"at most {MOST_PORTS} ports at once")
    taken = wiring.channels.holders(range(max(start, 0), end + 1))
    available = [port for port in range(start, end + 1) if port not in taken]
    return JSONResponse({"range": {"start": start, "end": end}, "available": available, "count": len(available)})


@router.get(f"{ROOT}/ports/{{port}}/status", openapi_extra=public, response_class=JSONResponse, responses=refuses(404))
def show_port(port: Port, wiring: Wired) -> JSONResponse:
    """Is this port free?"""
    if not (port.isascii() and port.isdigit() and len(port) < 6 and int(port) in PORTS):
        raise NotFound("no-port", f"ports are {PORTS[0]} to {PORTS[-1]}")
    if holder := wiring.channels.holder(int(port)):
        return JSONResponse({"port": int(port), "available": False, "status": "in_use", "channel": holder})
    return JSONResponse({"port": int(port), "available": True, "status": "free"})


def _all(wiring: Wiring) -> Iterator[Channel]:
    after, listed = None, 0
    while True:
        channels, after = wiring.channels.page(None, after, PAGE)
        yield from channels
        listed += len(channels)
        if after is None or listed >= MOST:
            return


def _found(wiring: Wiring, name: str) -> Channel:
    channel = wiring.channels.find(name) if NAME.fullmatch(name) else None
    if channel is None or not is_shown(channel):
        more = {"error": "Channel not found", "name": name}
        raise NotFound("no-channel", f"there is no channel {name[:64]}", extra=more)
    return channel


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        given = read_json(body)
    except RepeatedKey as repeated:
        raise refused("Invalid JSON", details=str(repeated)) from None
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _schema(given: Any) -> Any:
    """Its server read a file of its own by this path; here the schema itself comes."""
    if not isinstance(given, str):
        return given
    try:
        return read_json(given.encode())
    except ValueError as error:
        if given.lstrip()[:1] == "{":
            details = str(error)
            raise refused("Invalid schema file (not valid JSON)", path=given[:100], details=details) from None
    except RecursionError:
        pass
    details = "no file of yours is here: send the schema itself, as the client does"
    raise refused("Schema file not found", path=given[:1000], details=details)


def _what(invalid: Invalid) -> str:
    return f"Invalid {invalid.errors[0].pointer.strip('/')}" if invalid.errors else "Invalid request"


def _taken(taken: Conflict, asked: Registration) -> Conflict:
    if taken.slug == "port-taken":
        more = {"error": "Port already in use", "port": asked.port, "used_by": taken.extra["used_by"]}
        return Conflict("port-taken", taken.detail, extra=more)
    if taken.slug == "name-taken":
        more = {"error": "Channel name already registered", "name": asked.name}
        return Conflict("name-taken", taken.detail, extra=more)
    return taken


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise refused("Invalid range", details="start and end are whole numbers")
    return int(text)
