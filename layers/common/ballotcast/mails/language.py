"""What mails say in each language: `catalogue/<code>.json`; a new language is a new file.

A catalogue is an object of strings with `{names}` to be filled in, and the names of months and weekdays.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

CATALOGUES = Path(__file__).parent / "catalogue"
DEFAULT = "en"


@cache
def codes() -> tuple[str, ...]:
    """Of the languages that mails can be written in, in order of code."""
    return tuple(sorted(path.stem for path in CATALOGUES.glob("*.json")))


class MailWords:
    """The strings of one language; KeyError if there is no such language or string."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._catalogue = _catalogue(code)

    def text(self, key: str, **values: Any) -> str:
        """The string, filled in. Values are put in once: braces in them stay as they are."""
        return str(self._catalogue[key]).format(**values)

    def moment(self, at: datetime, zone: str) -> str:
        """A time as the clocks of a zone show it, with the zone's name: `Friday, 20 November 2026, 10:00 (UTC)`."""
        local = at.astimezone(ZoneInfo(zone))
        return self.text(
            "moment",
            weekday=self._names("weekdays")[local.weekday()],
            day=self.text("first_day") if local.day == 1 else local.day,
            month=self._names("months")[local.month - 1],
            year=local.year,
            time=f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}",
            zone=_zone(zone, local),
        )

    def _names(self, key: str) -> Sequence[str]:
        names: Sequence[str] = self._catalogue[key]
        return names


def _zone(name: str, local: datetime) -> str:
    """`Europe/Berlin, UTC+1`: the name, and the offset, because that changes with the season."""
    offset = local.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    if name == "UTC":
        return name
    hours, rest = divmod(abs(minutes), 60)
    return f"{name}, UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


@cache
def _catalogue(code: str) -> dict[str, Any]:
    if code not in codes():
        raise KeyError(code)
    found: dict[str, Any] = json.loads((CATALOGUES / f"{code}.json").read_text(encoding="utf-8"))
    return found
