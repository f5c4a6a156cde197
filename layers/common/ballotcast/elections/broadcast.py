"""An election's own channel, `election-<id>`: the turnout as it grows, and the result once it is counted.

While voting lasts the turnout is rounded down (elections/turnout.py), as it is on the page of the election.
"""

from datetime import datetime
from typing import Any

from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.names import RESERVED
from ballotcast.channels.schemas import ChannelSchema

MOST_RESULT = 300_000
"""Bytes of a result that are told whole; of a longer one only the hash."""
CONFIG = ChannelConfig(decimation=1, rotation="day", retention=365)
SCHEMA = ChannelSchema.parse(
    {
        "type": "record",
        "name": "Election",
        "namespace": "ballotcast",
        "fields": [
            {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "event", "type": {"type": "enum", "name": "Event", "symbols": ["turnout", "result"]}},
            {"name": "issued", "type": "long", "doc": "Credentials; rounded down until the log is final"},
            {"name": "cast", "type": "long", "doc": "Ballots; rounded down until the log is final"},
            {"name": "final", "type": "boolean", "doc": "Whether the log is final"},
            {"name": "result_sha256", "type": ["null", "string"], "default": None},
            {"name": "result", "type": ["null", "string"], "default": None, "doc": "result.json"},
        ],
    }
)


def channel_name(election: str) -> str:
    return f"{RESERVED}{election}"


def turnout_record(now: datetime, *, issued: int, cast: int, final: bool) -> dict[str, Any]:
    return {"time": _millis(now), "event": "turnout", "issued": issued, "cast": cast, "final": final}


def result_record(now: datetime, *, issued: int, cast: int, sha256: str, result: bytes) -> dict[str, Any]:
    told = result.decode() if len(result) <= MOST_RESULT else None
    counts = {"issued": issued, "cast": cast, "final": True}
    return {"time": _millis(now), "event": "result", **counts, "result_sha256": sha256, "result": told}


def _millis(moment: datetime) -> int:
    return SCHEMA.time.at(moment)
