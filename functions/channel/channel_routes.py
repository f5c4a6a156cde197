"""Registering, showing and deregistering channels; their keys, schemas and ports."""

from dataclasses import replace
from typing import Annotated

from fastapi import Header, Request, Response
from fastapi.responses import JSONResponse

from ballotcast.channels.compatibility import compare
from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.names import PORTS, port_range
from ballotcast.channels.schemas import ChannelSchema, SchemaError
from ballotcast.errors import Conflict, Forbidden, NotFound, Unavailable, invalid_field
from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import routes
from ballotcast.http.fields import ChannelName as Name
from ballotcast.http.fields import Digits, IdempotencyKey
from ballotcast.http.paging import Cursor, Limit, from_cursor, to_cursor
from ballotcast.http.publishers import CurrentPublisher
from ballotcast.http.responses import refuses
from ballotcast.http.sessions import current_organiser
from ballotcast.http.wired import Wired
from ballotcast.store.channel import Channel, Status
from ballotcast.store.publisher import no_channel
from ballotcast.wiring import Wiring
from channel.registering import Registration, register_channel
from channel.registering import rotate_key as replace_key
from channel.routing import ChannelRoute
from channel.sagas import await_saga, deregister_channel, move_on
from channel.views import (
    ChannelChange,
    ChannelDraft,
    ChannelListed,
    ChannelPage,
    ChannelView,
    Deregistered,
    NewKey,
    Registered,
    SchemaDraft,
    both_schemas,
    listed,
    past_listed,
    view,
    wait_of,
)

router = routes(ChannelRoute)
public = contract(Access.PUBLIC)
Prefer = Annotated[str | None, Header()]
SCHEMA_BODY = 2_200_000
"""Bytes: a schema of a megabyte as JSON text in JSON."""


def find_channel(wiring: Wiring, name: str) -> Channel:
    found = wiring.channels.find(name)
    if found is None:
        raise no_channel(name)
    return found


def find_schema(wiring: Wiring, name: str) -> ChannelSchema:
    try:
        return wiring.channels.schema(find_channel(wiring, name))
    except LookupError:
        raise no_channel(name) from None


@router.get("/channels", openapi_extra=public, responses=refuses(401))
def list_channels(
    wiring: Wired,
    request: Request,
    status: Status | None = None,
    mine: bool = False,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> ChannelPage:
    """All channels in order of their names, or with `mine` those of the organiser whose session is sent. The channel of
    an election that has ended is not active, though its relay is."""
    owner = current_organiser(request) if mine else None
    channels, after = wiring.channels.page(status, from_cursor(cursor), limit)
    channels = [channel for channel in channels if owner in (None, channel.owner)]
    if status == "active":
        channels = [channel for channel in channels if not channel.ended]
    return ChannelPage(channels=list(map(listed, channels)), next_cursor=to_cursor(after) if after else None)


@router.post(
    "/channels",
    status_code=201,
    openapi_extra=contract(Access.PUBLISHER, body_limit=SCHEMA_BODY),
    responses={202: {"model": Registered, "description": "Still being registered"}, **refuses(403, 409)},
)
def register(
    draft: ChannelDraft,
    publisher: CurrentPublisher,
    wiring: Wired,
    request: Request,
    response: Response,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
) -> Registered:
    """Register a channel with an organiser's session, and wait for its relay."""
    if not publisher.organiser:
        raise Forbidden("no-organiser", "a channel's key registers nothing: send an organiser's session")
    asked = Registration(draft.name, draft.port, draft.avro, ChannelConfig(**draft.config.model_dump()))
    channel, api_key = register_channel(wiring, asked, publisher, idempotency_key)
    now = await_saga(wiring, channel, wait_of(prefer))
    if now is None or now.status in ("failed", "stopping"):
        reason = (now and now.reason) or "it was deregistered"
        raise Unavailable("spawn-failed", f"{channel.name} has no relay: {reason}; DELETE it and try again")
    active = now.status == "active"
    if not active:
        response.status_code = 202
        response.headers["Location"] = f"{base_url(request, wiring.settings)}/channels/{channel.name}"
    return Registered(
        status="success" if active else "registering",
        name=channel.name,
        port=channel.port,
        pid=now.relay,
        message=f"Channel '{channel.name}' registered and relay {'started' if active else 'starting'}",
        api_key=api_key,
        past=[
            past_listed(one)
            for one in wiring.past_channels.of(publisher.organiser, int(wiring.clock().timestamp()), channel.name)
        ],
    )


@router.get("/channels/{name}", openapi_extra=public, responses=refuses(404))
def show_channel(name: Name, wiring: Wired) -> ChannelView:
    """A channel with its relay, its backlog and what its relay could not take."""
    channel = find_channel(wiring, name)
    move_on(wiring, channel)
    lease = wiring.leases.find(name)
    letters = wiring.dead_letters.newest(channel.name, channel.born)
    return view(channel, lease, wiring.publisher.backlog(channel), letters, wiring.clock())


@router.patch("/channels/{name}", openapi_extra=contract(Access.PUBLISHER), responses=refuses(404, 409))
def change(name: Name, asked: ChannelChange, publisher: CurrentPublisher, wiring: Wired) -> ChannelListed:
    """Relay the channel otherwise from now on, with its owner's session; seconds pass until it holds everywhere."""
    channel = find_channel(wiring, name)
    publisher.require(channel)
    if not publisher.organiser:
        raise Forbidden("no-organiser", "a channel's key changes nothing: send its owner's session")
    config = replace(channel.config, **asked.config.model_dump(exclude_unset=True))
    if not wiring.channels.configure(channel, config):
        raise Conflict("not-ready", f"{name} is being changed by somebody else", retry_after=1)
    return listed(replace(channel, config=config))


@router.delete(
    "/channels/{name}",
    openapi_extra=contract(Access.PUBLISHER),
    responses={202: {"model": Deregistered, "description": "Still being drained"}, **refuses(404, 409)},
)
def deregister(
    name: Name,
    publisher: CurrentPublisher,
    wiring: Wired,
    response: Response,
    drain: bool = True,
    prefer: Prefer = None,
) -> Deregistered:
    """Take no more records, relay those that were accepted, then free the name and the port; at once without drain."""
    channel = find_channel(wiring, name)
    publisher.require_keeper(channel)
    stopping = deregister_channel(wiring, channel, drain=drain)
    now = await_saga(wiring, stopping, wait_of(prefer))
    if now is None:
        return Deregistered(status="success", name=name, message=f"Channel '{name}' de-registered and relay stopped")
    if now.status == "failed":
        raise Unavailable("stop-failed", f"{name} was not stopped: {now.reason}; try again", retry_after=30)
    response.status_code = 202
    return Deregistered(status="stopping", name=name, message=f"Channel '{name}' takes no more records")


@router.post(
    "/channels/{name}/key", status_code=201, openapi_extra=contract(Access.PUBLISHER), responses=refuses(404, 409)
)
def rotate_key(
    name: Name, publisher: CurrentPublisher, wiring: Wired, idempotency_key: IdempotencyKey = None
) -> NewKey:
    """A new API key, with the owner's session; the old one is refused from now on."""
    channel = find_channel(wiring, name)
    publisher.require(channel)
    if not publisher.organiser:
        raise Forbidden("no-organiser", "a channel's key makes no other: send its owner's session")
    return NewKey(name=name, api_key=replace_key(wiring, channel, idempotency_key))


@router.get("/channels/{name}/schema", openapi_extra=public, response_class=JSONResponse, responses=refuses(404))
def show_schema(name: Name, wiring: Wired) -> Response:
    """The schema as it was registered."""
    schema = find_schema(wiring, name)
    return Response(schema.text, media_type="application/json", headers={"ETag": f'"{schema.digest}"'})


@router.post(
    "/channels/{name}/validate-schema",
    openapi_extra=contract(Access.PUBLIC, body_limit=SCHEMA_BODY),
    response_class=JSONResponse,
    responses={409: {"description": "Another schema, with what Avro's resolution says of it"}, **refuses(404)},
)
def validate_schema(name: Name, draft: SchemaDraft, wiring: Wired) -> JSONResponse:
    """Is this the registered schema? If not, can data of the one be read by the other?"""
    registered = find_schema(wiring, name)
    try:
        provided = ChannelSchema.parse(draft.avro)
    except SchemaError as error:
        raise invalid_field("/schema", "bad-schema", reason=str(error)) from None
    found = compare(registered, provided)
    if found.verdict == "equal":
        answer = {"valid": True, "message": "Schema matches registered schema", "compatibility": "equal"}
        return JSONResponse(answer)
    return JSONResponse(
        {
            "valid": False,
            "message": "Schema does not match",
            **both_schemas(registered.json, provided.json),
            "compatibility": found.verdict,
            "reasons": found.reasons,
        },
        409,
    )


@router.get("/ports/available", openapi_extra=public, response_class=JSONResponse)
def list_ports(wiring: Wired, start: int = 26000, end: int = 27000) -> JSONResponse:
    """Ports that no channel has, both ends included."""
    ports = port_range(start, end)
    taken = wiring.channels.holders(ports)
    available = [port for port in ports if port not in taken]
    return JSONResponse({"range": {"start": start, "end": end}, "available": available, "count": len(available)})


@router.get("/ports/{port}/status", openapi_extra=public, response_class=JSONResponse, responses=refuses(404))
def show_port(port: Annotated[int, Digits], wiring: Wired) -> JSONResponse:
    """Is this port free?"""
    if port not in PORTS:
        raise NotFound("no-port", f"ports are {PORTS[0]} to {PORTS[-1]}")
    if holder := wiring.channels.holder(port):
        return JSONResponse({"port": port, "available": False, "status": "in_use", "channel": holder})
    return JSONResponse({"port": port, "available": True, "status": "free"})
