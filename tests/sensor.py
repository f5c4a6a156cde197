"""A channel of seven fields, and records of it."""

from typing import Any

from ballotcast.channels.schemas import ChannelSchema

SENSOR: dict[str, Any] = {
    "type": "record",
    "name": "Sample",
    "namespace": "lab",
    "fields": [
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "volts", "type": "double"},
        {"name": "amperes", "type": "double"},
        {"name": "count", "type": "int"},
        {"name": "ok", "type": "boolean"},
        {"name": "unit", "type": ["null", "string"], "default": None},
        {"name": "level", "type": {"type": "enum", "name": "Level", "symbols": ["LOW", "HIGH"]}},
    ],
}
START = 1_795_165_200_000_000


def sensor() -> ChannelSchema:
    return ChannelSchema.parse(SENSOR)


def sample(n: int = 0, **changes: Any) -> dict[str, Any]:
    record = {"time": START + n, "volts": n / 4, "amperes": 1.5, "count": n, "ok": True, "unit": None, "level": "LOW"}
    return {**record, **changes}
