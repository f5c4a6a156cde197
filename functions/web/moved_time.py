"""A time that is typed as an amount of a unit from another one, which is part of the form."""

import re
from datetime import timedelta

from ballotcast.clock import from_rfc3339, to_rfc3339

UNITS = ("minutes", "hours", "days")
_AMOUNT = re.compile(r"[1-9]\d{0,4}", re.ASCII)


def later(start: str, amount: str, unit: str) -> str | None:
    """RFC 3339; None if the form is not one that was filled in."""
    return _moved(start, amount, unit, 1)


def earlier(end: str, amount: str, unit: str) -> str | None:
    """As `later`."""
    return _moved(end, amount, unit, -1)


def _moved(moment: str, amount: str, unit: str, sign: int) -> str | None:
    if unit not in UNITS or not _AMOUNT.fullmatch(amount):
        return None
    try:
        return to_rfc3339(from_rfc3339(moment) + sign * timedelta(**{unit: int(amount)}))
    except (ValueError, OverflowError):
        return None
