"""Time as the rules see it: aware UTC, whole seconds on the wire, injected everywhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def seconds_to_midnight(now: datetime) -> int:
    """Until the next day in UTC: allowances are by the day."""
    day = int(timedelta(days=1).total_seconds())
    return day - int(now.timestamp()) % day


def to_rfc3339(moment: datetime) -> str:
    """`2026-11-20T09:30:00Z`; fractions of a second are dropped."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_rfc3339(text: str) -> datetime:
    """Return the inverse of `to_rfc3339`; raises ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
