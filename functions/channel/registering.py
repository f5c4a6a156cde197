"""Registering: checked, claimed in one transaction, and handed to the state machine `spawn`."""

import secrets
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.names import name_errors, port_errors
from ballotcast.channels.schemas import ChannelSchema, SchemaError
from ballotcast.channels.time_axis import Unit
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.errors import Conflict, Forbidden, Invalid, field_error, invalid
from ballotcast.http.publishers import KEY, Publisher, hash_key
from ballotcast.store.channel import Channel, new_channel
from ballotcast.store.channels import OverTrial, Taken
from ballotcast.store.publisher import no_channel
from ballotcast.wiring import Wiring
from channel.sagas import start_saga


@dataclass(frozen=True)
class Registration:
    name: str
    port: int | None
    schema: Any
    config: ChannelConfig
    assumed: Unit | None = None
    """The unit of a `time` that states none."""
    asked: str = ""
    """The configuration as it was given, where that is not how it is shown."""


TRIAL = 2
"""Channels that an organiser registers in all before their address is proven, with those that are gone."""


def register_channel(
    wiring: Wiring, asked: Registration, publisher: Publisher, idempotency_key: str | None
) -> tuple[Channel, str]:
    """The channel, `registering`, and its API key. The same request with its Idempotency-Key gets the same answer.

    Invalid names the fields; Conflict tells who has the name or the port. Forbidden after `TRIAL` channels, for an
    organiser whose address is not proven.
    """
    schema, owner = _checked(asked), publisher.organiser
    on_trial = publisher.on_trial and not wiring.sessions.proven(owner)
    made = new_channel(
        name=asked.name,
        port=asked.port,
        owner=owner,
        key_hash="",
        schema=schema,
        config=asked.config,
        asked=asked.asked,
        now=wiring.clock(),
    )
    api_key = new_key(wiring, made, idempotency_key)
    channel = replace(made, key_hash=hash_key(api_key))
    try:
        wiring.channels.register(channel, schema, TRIAL if on_trial else None)
    except OverTrial:
        limit = f"at most {TRIAL} channels can be registered, with those that are gone"
        told = f"verify your own address first, the code was mailed to it: until then {limit}"
        raise Forbidden("not-verified", told) from None
    except Taken as taken:
        if idempotency_key and (before := _same_request(wiring, channel, schema, idempotency_key)):
            return before
        raise _conflict(taken, asked.name) from None
    start_saga(wiring, channel)
    return channel, api_key


def new_key(wiring: Wiring, channel: Channel, idempotency_key: str | None) -> str:
    """With an Idempotency-Key it follows from that and the deployment's secret, so that it need not be kept.

    It is of this life of the channel: registered again under its name, it does not get an old key back.
    """
    seed = idempotency_key or secrets.token_hex(16)
    mac = wiring.session_secret.mac("channel-key", channel.owner, channel.name, str(channel.born), seed)
    return KEY + b64u_encode(mac)


def rotate_key(wiring: Wiring, channel: Channel, idempotency_key: str | None) -> str:
    """Another API key for a channel. The newest rotation repeated with its Idempotency-Key gets the same key; an older
    one is refused, for the key that it made must not come back. NotFound, Invalid, Conflict."""
    once = sha256(idempotency_key.encode()).hexdigest() if idempotency_key else ""
    seed = idempotency_key or secrets.token_hex(16)
    if not (once and channel.rotated_by == once):
        api_key = _rotated(wiring, channel, channel.key_hash, seed)
        if wiring.channels.rotate_key(channel, hash_key(api_key), once, wiring.clock()):
            return api_key
        found = wiring.channels.find(channel.name)
        if found is None or found.born != channel.born:
            raise no_channel(channel.name)
        if found.key_hash != channel.key_hash and found.rotated_by != once:
            raise Conflict("not-ready", f"{channel.name} was given another key meanwhile", retry_after=1)
        channel = found
    if not once or channel.rotated_by != once:
        raise Invalid("idempotency-key-reused", "the key that this Idempotency-Key made was replaced since")
    return _rotated(wiring, channel, channel.rotated_from, seed)


def _rotated(wiring: Wiring, channel: Channel, before: str, seed: str) -> str:
    """It follows from the key before it, too, so that no seed makes the same key again."""
    return KEY + b64u_encode(wiring.session_secret.mac("channel-key", channel.owner, channel.name, before, seed))


def _checked(asked: Registration) -> ChannelSchema:
    errors = [*name_errors(asked.name), *port_errors(asked.port)]
    try:
        schema = ChannelSchema.parse(asked.schema, asked.assumed)
    except SchemaError as error:
        errors.append(field_error("/schema", "bad-schema", reason=str(error)))
    if errors:
        raise invalid(errors)
    return schema


def _same_request(
    wiring: Wiring, channel: Channel, schema: ChannelSchema, idempotency_key: str
) -> tuple[Channel, str] | None:
    """The channel that the same caller registered with the same Idempotency-Key, and its key. Invalid if it was another
    one."""
    found = wiring.channels.find(channel.name)
    if found is None or found.owner != channel.owner:
        return None
    api_key = new_key(wiring, found, idempotency_key)
    if found.key_hash != hash_key(api_key):
        return None
    if (found.port, found.config) != (channel.port, channel.config) or not _has(wiring, found, schema):
        raise Invalid("idempotency-key-reused", "this Idempotency-Key was used with another channel")
    return found, api_key


def _has(wiring: Wiring, channel: Channel, schema: ChannelSchema) -> bool:
    try:
        return wiring.channels.schema(channel) == schema
    except LookupError:
        return False


def _conflict(taken: Taken, name: str) -> Conflict:
    if taken.port is None:
        return Conflict("name-taken", f"the name {name} is taken", extra={"used_by": taken.holder})
    return Conflict(
        "port-taken",
        f"port {taken.port} is taken by {taken.holder}",
        extra={"used_by": taken.holder, "port": taken.port},
    )
