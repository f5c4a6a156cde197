"""What the channel API takes and answers; field names as clients of SpeedData's registration know them."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ballotcast.channels.config import (
    MOST_QUOTA,
    MOST_SILENCE,
    Algorithm,
    ChannelConfig,
    Retention,
    Rotation,
)
from ballotcast.channels.names import queue_of
from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.store.channel import Channel, Status
from ballotcast.store.dead_letters import DeadLetter, State
from ballotcast.store.leases import Lease
from ballotcast.store.past_channels import PastChannel

MOST_WAIT = 10
"""Seconds."""
MOST_PROVIDED = 2_500_000
"""Characters of a schema as text within JSON, next to a registered one of up to 3,000,000: responses end at 6 MiB."""


class ConfigDraft(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    decimation: Annotated[int, Field(ge=1, le=100_000)] = ChannelConfig.decimation
    algorithm: Algorithm = ChannelConfig.algorithm
    rotation: Rotation = ChannelConfig.rotation
    retention: Retention = ChannelConfig.retention
    silence: Annotated[int, Field(ge=0, le=MOST_SILENCE)] = ChannelConfig.silence
    quota: Annotated[int, Field(ge=0, le=MOST_QUOTA)] = ChannelConfig.quota


class ChannelDraft(BaseModel):
    """`schema`: an Avro record as an object, or its JSON text."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, Field(max_length=1000)]
    port: int | None = None
    avro: Annotated[dict[str, Any] | str, Field(alias="schema")]
    config: ConfigDraft = ConfigDraft()


class ChannelChange(BaseModel):
    """What `config` does not name stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)
    config: ConfigDraft


class SchemaDraft(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    avro: Annotated[dict[str, Any] | str, Field(alias="schema")]


class PastListed(BaseModel):
    """A channel that is gone, whose records are kept. `born` tells it from others of its name."""

    name: str
    born: int
    created_at: str
    deregistered_at: str
    kept_until: str
    purging: bool


class Registered(BaseModel):
    """`pid`: the relay's id, once it is active. `api_key` is told here only. `past`: earlier channels of this name and
    organiser whose records are kept; they are not this one's."""

    status: Literal["success", "registering"]
    name: str
    port: int | None
    pid: str | None
    message: str
    api_key: str
    past: list[PastListed]


class Deregistered(BaseModel):
    status: Literal["success", "stopping"]
    name: str
    message: str


class NewKey(BaseModel):
    name: str
    api_key: str


class TimeView(BaseModel):
    field: str
    unit: str


class RelayView(BaseModel):
    """`backlog`: publishes that wait."""

    queue: int
    records: int
    last_record_at: str | None
    backlog: int
    repairs: int


class DeadLetterView(BaseModel):
    id: str
    at: str
    reason: str
    records: int
    state: State


class ChannelListed(BaseModel):
    name: str
    port: int | None
    status: Status
    pid: str | None
    born: int
    generation: int
    reason: str | None
    fingerprint: str
    time: TimeView
    config: ConfigDraft
    created_at: str
    ended: bool
    """An election's channel, after the final turnout."""


class ChannelView(ChannelListed):
    """`quiet_for`: seconds since the last record, or since it was registered; of one that has ended none. `silent`:
    that is longer than the `silence` that is configured."""

    relay: RelayView | None
    quiet_for: int | None
    silent: bool
    dead_letters: list[DeadLetterView]


class ChannelPage(BaseModel):
    channels: list[ChannelListed]
    next_cursor: str | None


def both_schemas(registered: Any, provided: Any) -> dict[str, Any]:
    """Two schemas that differ, for a response: without the one that was provided where both would be too much."""
    shown = {"registered_schema": registered}
    if len(json.dumps(json.dumps(provided, ensure_ascii=False))) <= MOST_PROVIDED:
        shown["provided_schema"] = provided
    return shown


def listed(channel: Channel) -> ChannelListed:
    return ChannelListed(**_told(channel))


def view(channel: Channel, lease: Lease | None, backlog: int, letters: list[DeadLetter], now: datetime) -> ChannelView:
    relay = None
    since = from_rfc3339((lease and lease.beat_at) or channel.created_at)
    quiet = None if channel.ended else max(0, int((now - since).total_seconds()))
    if lease:
        relay = RelayView(
            queue=queue_of(channel.name),
            records=lease.records,
            last_record_at=lease.beat_at,
            backlog=backlog,
            repairs=channel.repairs,
        )
    dead = [
        DeadLetterView(id=one.message, at=one.at, reason=one.reason, records=one.records, state=one.state)
        for one in letters
    ]
    return ChannelView(
        **_told(channel),
        relay=relay,
        dead_letters=dead,
        quiet_for=quiet,
        silent=quiet is not None and 0 < channel.config.silence < quiet,
    )


def past_listed(past: PastChannel) -> PastListed:
    return PastListed(
        name=past.name,
        born=past.born,
        created_at=past.created_at,
        deregistered_at=past.gone_at,
        kept_until=to_rfc3339(datetime.fromtimestamp(past.until, UTC)),
        purging=past.purging,
    )


def _told(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name,
        "port": channel.port,
        "status": channel.status,
        "pid": channel.relay,
        "born": channel.born,
        "generation": channel.generation,
        "reason": channel.reason,
        "fingerprint": channel.fingerprint,
        "time": TimeView(**vars(channel.time)),
        "config": ConfigDraft(**vars(channel.config)),
        "created_at": channel.created_at,
        "ended": channel.ended,
    }


def wait_of(prefer: str | None) -> int:
    """Seconds that `Prefer: wait=N` (RFC 7240) asks for; 5 where it asks for nothing."""
    asked = re.search(r"(?:^|[,;\s])wait=(\d{1,4})", prefer or "")
    return min(int(asked[1]), MOST_WAIT) if asked else 5
