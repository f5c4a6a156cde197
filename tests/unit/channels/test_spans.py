"""What of a channel an export is asked for."""

import pytest

from ballotcast.channels.exports import within
from ballotcast.channels.records import decode, encode_records
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.errors import Invalid
from channel.spans import wanted
from sensor import sensor

SCHEMA = sensor()
NINE = 1_795_165_200_000_000
"""2026-11-20T09:00:00Z on its time axis."""
At = str | None


@pytest.mark.parametrize(
    ("start", "end", "duration"),
    [
        ("2026-11-20T09:00:05Z", "2026-11-20T09:00:08Z", None),
        ("2026-11-20T10:00:05+01:00", None, "PT3S"),
        ("2026-11-20T09:00:05Z", None, "PT3.000000S"),
        (None, "2026-11-20T09:00:08Z", "P0DT0H0M3S"),
    ],
)
def test_a_span_has_two_ends_or_one_and_a_length(start: At, end: At, duration: At) -> None:
    found = wanted(SCHEMA, "csv", start, end, duration, None)
    assert (found.since, found.until) == (NINE + 5_000_000, NINE + 8_000_000)


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("P1D", 86_400), ("P1DT1H1M1.5S", 90_061.5), ("PT90M", 5400), ("P99999DT99999H", 8_999_910_000)],
)
def test_durations(duration: str, seconds: float) -> None:
    found = wanted(SCHEMA, "csv", "1970-01-01T00:00:00Z", None, duration, None)
    assert found.until == seconds * 1_000_000


def axis(kind: str, unit: str) -> ChannelSchema:
    return ChannelSchema.parse(
        {"type": "record", "name": "r", "fields": [{"name": "time", "type": kind, "unit": unit}]}
    )


@pytest.mark.parametrize(
    ("kind", "unit", "since"),
    [
        ("double", "s", 1_795_165_200.25),
        ("double", "ms", 1_795_165_200_250.0),
        ("float", "s", 1_795_165_184.0),
        ("long", "s", 1_795_165_201),
        ("long", "ns", 1_795_165_200_250_000_000),
    ],
)
def test_a_moment_is_what_a_record_of_it_has(kind: str, unit: str, since: float) -> None:
    """On an axis of whole numbers the first one from it on; rounded up in seconds it left out what a double can say."""
    schema = axis(kind, unit)
    found = wanted(schema, "csv", "2026-11-20T09:00:00.25Z", None, "PT0.5S", None)
    assert found.since == since
    if kind != "double":
        return
    times = [since, since + 1, since - 1]
    batch = within(schema, encode_records(schema, [{"time": at} for at in times]), found.since, found.until)
    assert [one["time"] for one in decode(schema, batch)] == [since] if unit == "s" else times[:2]


def test_fields_come_in_the_order_of_the_schema() -> None:
    assert wanted(SCHEMA, "csv", None, None, None, "count,time").fields == ("time", "count")
    assert wanted(SCHEMA, "csv", None, None, None, ["volts"]).fields == ("volts",)
    assert wanted(SCHEMA, "avro", None, None, None, []).fields == ()


AT = "2026-11-20T09:00:05Z"


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ((None, None, "PT3S", None), "duration"),
        ((AT, AT, "PT3S", None), "duration"),
        ((AT, None, "P", None), "duration"),
        ((AT, None, "PT", None), "duration"),
        ((AT, None, "P1M", None), "duration"),
        ((AT, None, "PT0.5M3S", None), "duration"),
        ((AT, None, "PT-3S", None), "duration"),
        ((AT, None, "PT٣S", None), "duration"),
        (("9999-12-31T00:00:00Z", None, "P2D", None), "duration"),
        ((None, "0001-01-02T00:00:00Z", "P2D", None), "duration"),
        (("yesterday", None, None, None), "from"),
        ((None, "2026-11-20T09:00:05", None, None), "to"),
        (("0001-01-01T00:00:00+01:00", None, None, None), "from"),
        ((None, None, None, "volts,nothing"), "fields"),
        ((None, None, None, "volts,"), "fields"),
    ],
)
def test_what_cannot_be_meant_names_the_field(asked: tuple[At, At, At, At], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        wanted(SCHEMA, "csv", *asked)
    assert [error.pointer for error in refused.value.errors] == [f"/query/{pointer}"]


def test_an_avro_file_has_all_fields() -> None:
    with pytest.raises(Invalid):
        wanted(SCHEMA, "avro", None, None, None, "volts")
