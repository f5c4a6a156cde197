"""Part of the function `organise-due`: mails to organisers at the milestones of their elections, and reminders.

Each milestone is one message; `notify` finds the people, and mails each of them once. Milestones are of the whole
election. That some invitations came back is told once a day at most and as a number: it names nobody, and as voters
are invited whether or not they have voted, it does not show who voted. Nothing here reads elections or people.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.store.counting_machine import RUNNING
from ballotcast.store.faults import NotTaken
from ballotcast.store.milestones import COUNT, REMINDER, Bounces, Milestone
from ballotcast.wiring import Wiring

A_CALL = 200
"""Milestones, or elections with bounces, of one call of the clock."""
LOOK_AGAIN = timedelta(minutes=1)
"""At a count that is under way."""
PATIENCE = timedelta(days=3)
"""After which nobody waits for a count that was never started."""
COLLECT = timedelta(hours=1)
"""Until the first mail about invitations that came back."""
QUIET = timedelta(days=1)
"""Until the next one."""

Due = TypeVar("Due", Milestone, Bounces)


def tell_milestones(wiring: Wiring) -> None:
    """Queue the mails of every milestone that is due, at most `A_CALL`.

    One that fails does not keep back those behind it, and does not count. ExceptionGroup at the end, as for counts.
    """
    _each(wiring, wiring.milestones.until(wiring.clock()), _tell)


def tell_bounces(wiring: Wiring) -> None:
    """Queue the mails that are due about invitations that came back. ExceptionGroup as in `tell_milestones`."""
    _each(wiring, wiring.milestones.bounces(), _tell_bounces)


def look_at_count(wiring: Wiring, election: str) -> None:
    """Have organisers mailed how a count ends that was just started again by hand."""
    now = wiring.clock()
    wiring.milestones.add(Milestone(to_rfc3339(now + LOOK_AGAIN), election, COUNT, to_rfc3339(now)))


def _each(wiring: Wiring, due: Iterable[Due], tell: Callable[[Wiring, Due], None]) -> None:
    failures: list[Exception] = []
    told = 0
    for one in due:
        try:
            tell(wiring, one)
        except (BotoCoreError, ClientError, NotTaken) as error:
            error.add_note(f"election {one.election}")
            failures.append(error)
            continue
        told += 1
        if told == A_CALL:
            break
    if failures:
        raise ExceptionGroup("organisers were not told", failures)


def _tell(wiring: Wiring, milestone: Milestone) -> None:
    name: str | None = milestone.kind
    if milestone.kind == COUNT:
        now = wiring.clock()
        name = wiring.counting_machine.ended(milestone.election)
        if name == RUNNING or (name is None and now < from_rfc3339(milestone.since) + PATIENCE):
            wiring.milestones.move(milestone, to_rfc3339(now + LOOK_AGAIN))
            return
    if milestone.kind == REMINDER:
        wiring.jobs_queue.send({"kind": "remind", "election": milestone.election, "at": milestone.at})
    elif name:
        _queue(wiring, milestone.election, name)
    wiring.milestones.remove(milestone)


def _tell_bounces(wiring: Wiring, found: Bounces) -> None:
    now = wiring.clock()
    if not found.at:
        wiring.milestones.await_bounces(found, int((now + COLLECT).timestamp()))
    elif found.at > now.timestamp():
        return
    elif not found.count:
        wiring.milestones.forget_bounces(found)
    elif count := wiring.milestones.begin_telling(found):
        _queue(wiring, found.election, f"bounced-{found.at}", bounces=count)
        wiring.milestones.end_telling(found, count, int((now + QUIET).timestamp()))


def _queue(wiring: Wiring, election: str, name: str, bounces: int = 0) -> None:
    wiring.mail_queue.send({"kind": "milestone", "election": election, "milestone": name, "bounces": bounces})
