"""The signals of the demo's channel: an engine on a test bench, the same every time."""

import math
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

import fastavro

from ballotcast.channels.schemas import ChannelSchema

SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "engine",
    "fields": [
        {"name": "number", "type": "long", "doc": "counts from 0, so that a loss shows"},
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "rpm", "type": "double", "doc": "1/min"},
        {"name": "torque", "type": "double", "doc": "Nm"},
        {"name": "throttle", "type": "double", "doc": "0 to 1"},
        {"name": "gear", "type": "int"},
        {"name": "coolant", "type": ["null", "double"], "doc": "°C; null while the sensor warms up"},
    ],
}
PERIOD = 1000
"""Microseconds between two records on the time axis."""

Record = dict[str, Any]


def records(start: int, first: int, count: int) -> Iterator[Record]:
    """`count` records from number `first` on; the channel's time axis begins at `start`, microseconds since 1970."""
    for number in range(first, first + count):
        throttle = (1 + math.sin(number / 700)) / 2
        yield {
            "number": number,
            "time": start + number * PERIOD,
            "rpm": 900 + 5100 * throttle + 40 * math.sin(number / 3),
            "torque": 320 * throttle * (1 - throttle / 3),
            "throttle": throttle,
            "gear": 1 + int(throttle * 5.999),
            "coolant": None if number < 100 else 90 - 70 * math.exp(-number / 3000),
        }


def datagram(schema: ChannelSchema, record: Record) -> bytes:
    output = BytesIO()
    fastavro.schemaless_writer(output, schema.record, record)
    return output.getvalue()


def differences(sent: Sequence[Record], exported: Sequence[Record]) -> list[str]:
    """What is not as it was sent: lost, doubled, out of order, altered; empty if nothing is."""
    numbers = [record["number"] for record in exported]
    there = set(numbers)
    by_number = {record["number"]: record for record in sent}
    lost = by_number.keys() - there
    strange = there - by_number.keys()
    altered = [record for record in exported if record != by_number.get(record["number"], record)]
    backwards = sum(later < earlier for earlier, later in pairwise(numbers))
    found = {
        "lost": len(lost),
        "doubled": len(numbers) - len(there),
        "out of order": backwards,
        "altered": len(altered),
        "never sent": len(strange),
    }
    return [f"{count} {what}" for what, count in found.items() if count]
