"""Looks at a poll, and for how long one shows that no count has read box and roll.

A process may be suspended between its look and its write. So it does not ask when it looked, but by the clock, after
the write, whether a count can have begun since.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from ballotcast.elections.lifecycle import UNREAD, Status

RELIABLE = timedelta(seconds=15)
"""For how long after it was read a state that says "open" shows that no count has begun: a state's age and the timeout
of `vote` and `register`, which is less than CloseGraceSeconds ever is."""


class Look(NamedTuple):
    """A poll at a moment. ends_at: when voting ends or ended. read_at: when what was ordered of the end was read."""

    status: Status
    ends_at: datetime
    read_at: datetime


def shows_no_count(look: Look, now: datetime) -> bool:
    """Whether no count of the election can have begun before `now`.

    A clock that went back since the look shows nothing.
    """
    if now >= look.ends_at + UNREAD:
        return False
    return look.status is Status.CLOSED or timedelta() <= now - look.read_at <= RELIABLE
