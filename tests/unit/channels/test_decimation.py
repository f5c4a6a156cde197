"""Decimation against a naive oracle that sees all records at once, however they came in batches."""

import hashlib
import itertools
import json
import math
import random
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.channels.config import Algorithm
from ballotcast.channels.decimation import MOST_ROWS, ROW_BYTES, ROW_TEXT, Decimator, pack, pack_all, unpack
from sensor import sample, sensor

SCHEMA = sensor()
NUMBERS = ("volts", "amperes", "count")
cut = st.lists(st.integers(0, 40), max_size=6)
values = st.lists(st.floats(-1e6, 1e6), max_size=40)


def naive(records: list[dict[str, Any]], algorithm: Algorithm, factor: int) -> list[dict[str, Any]]:
    points = []
    for start in range(0, len(records) - factor + 1, factor):
        bucket = records[start : start + factor]
        column = {name: [record[name] for record in bucket] for name in NUMBERS}
        first, last = bucket[0], bucket[-1]
        if algorithm == "downsample" or factor == 1:
            points.append(first)
        elif algorithm == "minmax":
            points.append({**last, **{name: min(one) for name, one in column.items()}, "time": first["time"]})
            points.append({**last, **{name: max(one) for name, one in column.items()}})
        elif algorithm == "average":
            means = {name: sum(one) / factor for name, one in column.items()}
            points.append({**last, **means, "time": first["time"]})
        else:
            roots = {name: math.sqrt(sum(value * value for value in one) / factor) for name, one in column.items()}
            points.append({**last, **roots, "time": first["time"]})
    return points


@pytest.mark.parametrize("algorithm", ["downsample", "average", "minmax", "rms"])
@given(values, cut, st.integers(1, 12))
def test_like_the_naive_one_in_any_grouping(
    algorithm: Algorithm, numbers: list[float], cuts: list[int], factor: int
) -> None:
    records = [sample(n, volts=volts, unit=str(n)) for n, volts in enumerate(numbers)]
    edges = [0, *sorted(cuts), len(records)]
    points, state = [], {}
    for start, end in itertools.pairwise(edges):
        decimator = Decimator(SCHEMA, algorithm, factor, state)
        points += decimator.take(records[start:end])
        state = json.loads(json.dumps(decimator.state))
    expected = naive(records, algorithm, factor)
    assert len(points) == len(expected)
    for point, wanted in zip(points, expected, strict=True):
        assert {name: point[name] for name in point if name not in NUMBERS} == {
            name: wanted[name] for name in wanted if name not in NUMBERS
        }
        for name in NUMBERS:
            assert point[name] == pytest.approx(wanted[name], rel=1e-9, abs=1e-9)


def test_flush_closes_the_open_bucket() -> None:
    decimator = Decimator(SCHEMA, "average", 10)
    assert decimator.take([sample(2), sample(4)]) == []
    [point] = decimator.flush()
    assert (point["count"], point["time"]) == (3, sample(2)["time"])
    assert decimator.flush() == []


def test_a_row_is_thinned_until_it_fits() -> None:
    points = [sample(n, volts=math.sin(n), amperes=math.cos(n)) for n in range(2000)]
    row, stride = pack(points, "time")
    assert len(row) <= ROW_BYTES
    assert stride > 1
    assert unpack(row) == points[::stride]
    assert pack(points[:3], "time")[1] == 1


def test_without_decimation_none_is_left_out_as_long_as_rows_are_allowed() -> None:
    axis = SCHEMA.time.field
    for count in (1, 7, 100, 500, 1000):
        records = [sample(n, unit=hashlib.sha256(str(n).encode()).hexdigest()[:16]) for n in range(count)]
        rows = pack_all(records, axis)
        assert [point for row, _ in rows for point in unpack(row)] == records
        assert all(stride == 1 and len(row) <= ROW_BYTES for row, stride in rows)
        assert len(rows) <= MOST_ROWS
    many = [sample(n, unit=hashlib.sha256(str(n).encode()).hexdigest()) for n in range(20_000)]
    thinned = pack_all(many, axis)
    assert len(thinned) == MOST_ROWS
    assert all(stride > 1 and 0 < len(row) <= ROW_BYTES for row, stride in thinned)


def test_a_point_that_cannot_fit_is_shown_cut() -> None:
    row, stride = pack([sample(unit=random.Random(1).randbytes(20_000).hex()), sample(1)], "time")
    [point] = unpack(row)
    assert (len(row) <= ROW_BYTES, stride) == (True, 2)
    assert point == {name: value for name, value in sample().items() if name != "unit"} | {"left-out": 1}


def test_a_row_stands_for_few_characters_however_well_they_deflate() -> None:
    row, stride = pack([sample(n, unit="x" * 1000) for n in range(1000)], "time")
    assert len(json.dumps(unpack(row))) <= 1.2 * ROW_TEXT
    assert stride == 32


@pytest.mark.parametrize(
    ("algorithm", "volts", "marks"),
    [
        ("downsample", [math.nan, 1.0], [{"/volts": "NaN"}]),
        ("average", [1.0, math.inf], [{}]),
        ("average", [math.nan, -math.inf], [{"/volts": "-Infinity"}]),
        ("average", [1e308, 1e308], [{"/volts": "Infinity"}]),
        ("rms", [1e308, 1.0], [{"/volts": "Infinity"}]),
        ("minmax", [math.nan, 2.0], [{}, {}]),
        ("minmax", [-math.inf, math.nan], [{"/volts": "NaN"}] * 2),
    ],
)
def test_what_json_does_not_have_is_null_with_a_mark(
    algorithm: Algorithm, volts: list[float], marks: list[dict[str, str]]
) -> None:
    points = Decimator(SCHEMA, algorithm, 2).take([sample(n, volts=one) for n, one in enumerate(volts)])
    assert [point.get("not-json", {}) for point in points] == marks
    assert [point["volts"] is None for point in points] == [bool(one) for one in marks]
    assert unpack(pack(points, "time")[0]) == points


def test_a_bucket_that_was_opened_before_marks_is_shown_with_them() -> None:
    state = {"of": ["downsample", 2], "n": 1, "first": sample(volts=math.inf), "last": sample(), "sums": {}}
    [point] = Decimator(SCHEMA, "downsample", 2, state).flush()
    assert (point["volts"], point["not-json"]) == (None, {"/volts": "Infinity"})


def test_a_row_of_before_is_read_without_numbers_that_json_does_not_have() -> None:
    assert unpack(zlib.compress(b'[{"volts":NaN},{"volts":-Infinity}]')) == [{"volts": None}] * 2


def test_a_bucket_too_large_to_keep_is_closed() -> None:
    decimator = Decimator(SCHEMA, "average", 100)
    assert len(decimator.take([sample(unit="x" * 100_000)])) == 1
    assert decimator.state == {}


@pytest.mark.parametrize("before", ["downsample", "average", "minmax", "rms"])
@pytest.mark.parametrize("after", ["downsample", "average", "minmax", "rms"])
def test_a_bucket_is_closed_as_it_was_opened(before: Algorithm, after: Algorithm) -> None:
    """A channel may be configured otherwise while a bucket is open, with another algorithm or a smaller factor."""
    opened = Decimator(SCHEMA, before, 10)
    opened.take([sample(n, volts=-1.0) for n in range(4)])
    changed = Decimator(SCHEMA, after, 3, json.loads(json.dumps(opened.state)))
    points = changed.take([sample(n, volts=2.0) for n in range(4, 7)])
    closed = Decimator(SCHEMA, before, 4).take([sample(n, volts=-1.0) for n in range(4)])
    assert points == closed + Decimator(SCHEMA, after, 3).take([sample(n, volts=2.0) for n in range(4, 7)])
