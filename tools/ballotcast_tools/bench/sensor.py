"""A channel of five fields, and its records."""

from typing import Any

SENSOR: dict[str, Any] = {
    "type": "record",
    "name": "Sample",
    "fields": [
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "volts", "type": "double"},
        {"name": "amperes", "type": "double"},
        {"name": "count", "type": "int"},
        {"name": "ok", "type": "boolean"},
    ],
}


def sample(number: int) -> dict[str, Any]:
    return {"time": 1_795_165_200_000 + number, "volts": number / 4, "amperes": 1.5, "count": number, "ok": True}
