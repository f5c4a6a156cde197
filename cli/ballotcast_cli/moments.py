"""Times as people type them: `now`, `+90m`, `+2h`, `+3d`, or RFC 3339."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        now = datetime.now(UTC)
        if value == "now":
            return now
        if span := re.fullmatch(r"\+(\d{1,5})([mhd])", value):
            return now + timedelta(**{_UNITS[span[2]]: int(span[1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                f"{value!r} is not now, +90m, +2h, +3d or a time with its zone (2026-11-20T09:00:00Z)", param, ctx
            )
        return moment
