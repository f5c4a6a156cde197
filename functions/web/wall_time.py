"""Dates and times as organisers type them: on the wall of a time zone, where an hour may be missing or come twice."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ballotcast.elections.time_zones import zones

_TYPED = re.compile(r"(?:19[7-9]|2\d\d)\d-\d\d-\d\dT\d\d:\d\d(?::\d\d)?", re.ASCII)


class NotATime(ValueError):
    """Not what a field for date and time sends."""


class NoSuchTime(ValueError):
    """Clocks go forward past it."""


class TwoSuchTimes(ValueError):
    """Clocks go back over it: it comes once before and once after."""


def known_zone(name: str) -> str:
    """Return the name if it is one of `zones()`, else UTC."""
    return name if name in zones() else "UTC"


def from_wall(text: str, zone: str, which: str = "") -> datetime:
    """Return the moment in UTC. `which` of two, `first` or `second`, where clocks go back.

    NotATime, NoSuchTime; TwoSuchTimes if `which` does not tell.
    """
    if not _TYPED.fullmatch(text):
        raise NotATime
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise NotATime from None
    place = ZoneInfo(zone)
    first, second = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(place).replace(tzinfo=None, fold=0) != wall:
        raise NoSuchTime
    if which not in ("first", "second"):
        raise TwoSuchTimes
    return first if which == "first" else second


def to_wall(moment: datetime, zone: str) -> tuple[str, str]:
    """Return what the field shows, and which of two times it is (empty where there is one)."""
    wall = moment.astimezone(ZoneInfo(zone))
    text = wall.replace(tzinfo=None).isoformat(timespec="seconds" if wall.second else "minutes")
    try:
        from_wall(text, zone)
    except TwoSuchTimes:
        return text, "second" if wall.fold else "first"
    return text, ""
