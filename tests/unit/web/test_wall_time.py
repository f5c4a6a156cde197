"""Times on the wall of a zone: hours that are missing, hours that come twice, and back again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.elections.time_zones import zones
from web.wall_time import NoSuchTime, NotATime, TwoSuchTimes, from_wall, known_zone, to_wall


def test_an_ordinary_time() -> None:
    assert from_wall("2026-11-20T10:00", "Europe/Berlin") == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert from_wall("2026-07-20T10:00:30", "Asia/Kolkata") == datetime(2026, 7, 20, 4, 30, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2027-03-28T02:00", "Europe/Berlin"),
        ("2027-03-28T02:59", "Europe/Berlin"),
        ("2027-03-14T02:30", "America/New_York"),
        ("2026-10-04T02:15", "Australia/Lord_Howe"),
    ],
)
def test_a_time_that_clocks_skip(text: str, zone: str) -> None:
    for which in ("", "first", "second"):
        with pytest.raises(NoSuchTime):
            from_wall(text, zone, which)


@pytest.mark.parametrize("text", ["2027-03-28T01:59", "2027-03-28T03:00", "2026-10-25T01:59", "2026-10-25T03:00"])
def test_beside_a_change_there_is_one_time(text: str) -> None:
    assert to_wall(from_wall(text, "Europe/Berlin"), "Europe/Berlin") == (text, "")


def test_a_time_that_comes_twice() -> None:
    for which in ("", "both"):
        with pytest.raises(TwoSuchTimes):
            from_wall("2026-10-25T02:30", "Europe/Berlin", which)
    first, second = (from_wall("2026-10-25T02:30", "Europe/Berlin", which) for which in ("first", "second"))
    assert second - first == timedelta(hours=1)
    assert to_wall(first, "Europe/Berlin") == ("2026-10-25T02:30", "first")
    assert to_wall(second, "Europe/Berlin") == ("2026-10-25T02:30", "second")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-11-20",
        "2026-11-20 10:00",
        "2026-11-20T10:00Z",
        "2026-13-01T10:00",
        "2026-02-30T10:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "2026-11-20T24:00",
        "\N{FULLWIDTH DIGIT TWO}026-11-20T10:00",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(NotATime):
        from_wall(text, "Pacific/Kiritimati")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.sampled_from(zones()))  # noqa: DTZ001
def test_a_moment_comes_back_from_the_wall(naive: datetime, zone: str) -> None:
    moment = naive.replace(microsecond=0, tzinfo=UTC)
    text, which = to_wall(moment, zone)
    assert from_wall(text, zone, which) == moment


def test_zones_are_places_and_utc_is_first() -> None:
    assert zones()[0] == "UTC"
    assert {"Europe/Berlin", "America/Argentina/Buenos_Aires"} < set(zones())
    assert not [name for name in zones() if name.startswith(("Etc/", "posix/"))]
    assert [known_zone(name) for name in ("Europe/Berlin", "../../etc/passwd", "")] == ["Europe/Berlin", "UTC", "UTC"]
