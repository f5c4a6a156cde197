"""What SpeedData's registration API takes and returns (its public description, version 0.5 and 0.6)."""

import json
from typing import Any

from ballotcast.channels.config import RETENTIONS, Algorithm, ChannelConfig
from ballotcast.clock import from_rfc3339
from ballotcast.errors import Malformed
from ballotcast.http.json_body import read_json
from ballotcast.store.channel import Channel
from ballotcast.store.leases import Lease

DAY = 86_400
ALGORITHMS: tuple[Algorithm, ...] = ("downsample", "average", "minmax", "rms")
MOST_CONFIG = 10_000
"""Characters of a configuration as JSON, which is kept as it was given."""
KNOWN = frozenset({"decimation", "algorithm", "rotation", "retention"})
KNOWN_WITHIN = frozenset({"enabled", "factor", "algorithm", "mode", "threshold", "value"})
MOST_TEXT, MOST_NUMBER = 16, 10**18
"""What a value may be to be shown in a list: each of the known ones that means something here is."""
Document = dict[str, Any]


def refused(error: str, **more: Any) -> Malformed:
    """400 with its `error` and what belongs to it."""
    return Malformed("malformed", str(more.get("details") or error), extra={"error": error, **more})


def channel_view(channel: Channel, lease: Lease | None = None, *, brief: bool = False) -> Document:
    """A channel: `pid` is the number of its relay, `schema_path` where its schema is, below the API's address.

    `brief`: of its configuration only what we know, as in a list, which must not grow by what anybody writes there.
    """
    asked = _asked(channel)
    config = _config(channel.config) if asked is None else asked
    active = channel.status == "active"
    return {
        "name": channel.name,
        "port": channel.port,
        "schema_path": f"channels/{channel.name}/schema",
        "status": "active" if active else "registered",
        "created_at": _local(channel.created_at),
        "pid": pid_of(channel) if active else None,
        "last_heartbeat": _local(lease.beat_at) if lease and lease.beat_at else None,
        "config": _brief(config) if brief else config,
    }


def _asked(channel: Channel) -> Document | None:
    """Return the configuration as it was given; none where it cannot be given back, as what was once taken cannot."""
    try:
        found = read_json(channel.asked.encode()) if channel.asked else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _brief(config: Document) -> Document:
    """Known members with short values, and such members of the objects among them."""
    shown: Document = {}
    for name in (name for name in config if name in KNOWN):
        value = config[name]
        if isinstance(value, dict):
            shown[name] = {part: value[part] for part in value if part in KNOWN_WITHIN and _is_short(value[part])}
        elif _is_short(value):
            shown[name] = value
    return shown


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MOST_TEXT and value.isascii()
    return isinstance(value, int) and abs(value) <= MOST_NUMBER


def pid_of(channel: Channel) -> int:
    """Return what tells this run of its relay from every other: a number, as a process id is."""
    return int((channel.relay or "").partition("#")[2] or channel.generation)


def is_shown(channel: Channel) -> bool:
    """Return whether its clients are to see it: it has a port, and is not being stopped."""
    return channel.port is not None and channel.status != "stopping"


def _local(moment: str) -> str:
    """Without a zone, as it writes UTC."""
    return from_rfc3339(moment).replace(tzinfo=None).isoformat()


def _config(config: ChannelConfig) -> Document:
    rotation = DAY if config.rotation == "day" else DAY // 24
    relayed = {"decimation": config.decimation, "algorithm": config.algorithm}
    return {**relayed, "rotation": rotation, "retention": config.retention * DAY}


def config_of(given: Any) -> tuple[ChannelConfig, str]:
    """Ours, and what was given as JSON. What we do not know is kept and changes nothing, as it always did.

    `decimation`: a number, or an object with `factor` and `algorithm`, as in its relay.yaml; `rotation` and `retention`
    in seconds, or objects with them.
    """
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise refused("Config must be an object")
    text = json.dumps(given)
    if len(text) > MOST_CONFIG:
        raise refused("Config too large", details=f"over {MOST_CONFIG} characters of JSON")
    decimation = given.get("decimation", ChannelConfig.decimation)
    algorithm = given.get("algorithm", ChannelConfig.algorithm)
    if isinstance(decimation, dict):
        algorithm = decimation.get("algorithm", algorithm)
        decimation = decimation.get("factor", ChannelConfig.decimation) if decimation.get("enabled", True) else 1
    factor = _whole(decimation, "decimation", 1, 100_000)
    if algorithm not in ALGORITHMS:
        raise refused("Invalid config", details=f"algorithm: one of {', '.join(ALGORITHMS)}")
    rotation = _seconds(given, "rotation", "threshold", DAY // 24)
    retention = _seconds(given, "retention", "value", ChannelConfig.retention * DAY)
    days = next((days for days in RETENTIONS if days * DAY >= retention), RETENTIONS[-1])
    config = ChannelConfig(factor, algorithm, "day" if rotation >= DAY else "hour", days)  # type: ignore[arg-type]
    return config, text


def _seconds(given: Document, name: str, member: str, usual: int) -> int:
    found = given.get(name, usual)
    if isinstance(found, dict):
        mode = found.get("mode", "time" if name == "rotation" else "ttl")
        if mode not in ("time", "ttl"):
            return usual  # by size: merging is by time here, and there is no quota
        found = found.get(member, usual)
    return _whole(found, name, 1, 10 * 365 * DAY)


def _whole(value: Any, name: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise refused("Invalid config", details=f"{name}: a whole number from {least} to {most}")
    return value


def port_of(given: Any) -> int:
    """Return a number, or its digits as text."""
    try:
        if isinstance(given, bool | float):
            raise ValueError
        return int(given)
    except (ValueError, TypeError):
        raise refused("Port must be an integer") from None
