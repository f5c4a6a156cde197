"""The live window's decimation: each `factor` records become one point, or two where the extremes are kept.

downsample   the bucket's first record as it is
average      the mean of each number
rms          the root of the mean square of each number
minmax       two points: the least of each number at the bucket's first time, the greatest at its last

A factor of 1 is no decimation: each record is a point as it is. NaN and the infinities are left out of what is
calculated. What is no number is the bucket's last value. A bucket that a
batch leaves open continues in the next one: its state is plain JSON, kept with the relay's cursor and moved with it.
"""

import json
import math
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from ballotcast.channels.config import Algorithm
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.shown import Point, cut, shown

State = dict[str, Any]
"""{of: [algorithm, factor], n: records in the open bucket, first: its first record, last: its newest,
sums: {field: [count, a, b]}}"""
ROW_BYTES, ROW_TEXT = 4000, 40_000
"""Of a row, deflated and as JSON: what is asked for at once is 50 rows."""
MOST_ROWS = 8
"""Of what the worker relays together, where there is no decimation."""
STATE_BYTES = 60_000


class Decimator:
    def __init__(self, schema: ChannelSchema, algorithm: Algorithm, factor: int, state: State | None = None) -> None:
        self._axis = schema.time.field
        self._numbers = tuple(field for field in schema.fields if field in schema.numbers and field != self._axis)
        self._algorithm = algorithm
        self._of = [algorithm, factor]
        self._factor = factor
        self._state: State = state or {}

    @property
    def state(self) -> State:
        """The open bucket; empty if there is none. A bucket too large to keep is closed by `take` instead."""
        return self._state

    def take(self, records: Sequence[Point]) -> list[Point]:
        """Return the points of the buckets that these records close, with that of one begun under another config."""
        points = self.flush() if self._state and self._state["of"] != self._of else []
        position = 0
        while position < len(records):
            missing = self._factor - self._state.get("n", 0)
            self._add(records[position : position + missing])
            position += missing
            if self._state["n"] == self._factor:
                points += self.flush()
        if len(json.dumps(self._state)) > STATE_BYTES:
            points += self.flush()
        return points

    def flush(self) -> list[Point]:
        """Close the open bucket."""
        state, self._state = self._state, {}
        if state and state["of"][1] == 1:
            return [shown(state["first"])]  # a record by itself, whatever would be calculated
        return [shown(point) for point in self._points(state)] if state else []

    def _points(self, state: State) -> list[Point]:
        first, last, sums = state["first"], state["last"], state["sums"]
        match state["of"][0]:
            case "downsample":
                return [first]
            case "minmax":
                return [
                    {**last, **{name: one[1] for name, one in sums.items()}, self._axis: first[self._axis]},
                    {**last, **{name: one[2] for name, one in sums.items()}},
                ]
            case "average":
                means = {name: one[1] / one[0] for name, one in sums.items()}
            case _:
                means = {name: math.sqrt(one[1] / one[0]) for name, one in sums.items()}
        return [{**last, **means, self._axis: first[self._axis]}]

    def _add(self, records: Sequence[Point]) -> None:
        state = self._state
        if not state:
            first = shown(records[0])
            state.update(of=self._of, n=0, first=first, last=first, sums={})
        state["n"] += len(records)
        if self._algorithm == "downsample":
            return
        state["last"] = shown(records[-1])
        sums = state["sums"]
        for name in self._numbers:
            values = [one for record in records if (one := record[name]) is not None and math.isfinite(one)]
            if not values:
                continue
            before = sums.get(name)
            match self._algorithm:
                case "average":
                    sums[name] = [len(values) + (before or (0, 0))[0], sum(values) + (before or (0, 0))[1]]
                case "rms":
                    squares = sum(value * value for value in values)
                    sums[name] = [len(values) + (before or (0, 0))[0], squares + (before or (0, 0))[1]]
                case _:
                    known = before[1:] if before else []
                    sums[name] = [0, min([*values, *known]), max([*values, *known])]


def pack(points: Iterable[Point], axis: str) -> tuple[bytes, int]:
    """Points as one row of at most ROW_BYTES (JSON, deflated), and the stride they had to be thinned by to fit.

    A point that does not fit alone is cut.
    """
    kept, stride = list(points), 1
    while not (row := _row(kept)):
        if len(kept) > 1:
            kept, stride = kept[::2], 2 * stride
        else:
            kept = [cut(kept[0], axis, ROW_BYTES - 100)]  # deflating may add a few bytes
    return row, stride


def pack_all(points: Sequence[Point], axis: str) -> list[tuple[bytes, int]]:
    """The same as up to MOST_ROWS rows, so that no point is left out if they fit into these."""
    rows = 1
    while True:
        share = -(-len(points) // rows)
        packed = [pack(points[start : start + share], axis) for start in range(0, len(points), share)]
        if rows == MOST_ROWS or all(stride == 1 for _, stride in packed):
            return packed
        rows *= 2


def _row(points: list[Point]) -> bytes | None:
    """None if they do not fit. Spelled out one after the other: together they may be gigabytes."""
    parts, length = list[str](), 1
    for point in points:
        parts.append(json.dumps(point, separators=(",", ":"), allow_nan=False))
        length += len(parts[-1]) + 1
        if length > ROW_TEXT:
            return None
    row = zlib.compress(f"[{','.join(parts)}]".encode(), level=6)
    return row if len(row) <= ROW_BYTES else None


def unpack(row: bytes) -> list[Point]:
    """Return a number that JSON does not have is null: rows were written before these were marked."""
    points: list[Point] = json.loads(zlib.decompress(row), parse_constant=lambda _: None)
    return points
