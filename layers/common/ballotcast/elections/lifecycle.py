"""Where an election stands: a function of the clock and of two marks, never of a job that has to fire."""

from datetime import datetime, timedelta
from enum import StrEnum

UNREAD = timedelta(seconds=10)
"""From the end of voting: until then no count has read the box, with room for clocks that differ. CloseGraceSeconds is
at least 16."""


class Status(StrEnum):
    DRAFT = "draft"
    """Everything can still change."""
    SCHEDULED = "scheduled"
    """The manifest is frozen; voting has not begun."""
    OPEN = "open"
    CLOSED = "closed"


def status(frozen: bool, opens_at: datetime, closes_at: datetime, closed_at: datetime | None, now: datetime) -> Status:
    """Open from `opens_at` until just before `closes_at`, unless closed early at `closed_at`. Aware times."""
    if not frozen:
        return Status.DRAFT
    if closed_at is not None or now >= closes_at:
        return Status.CLOSED
    return Status.OPEN if now >= opens_at else Status.SCHEDULED
