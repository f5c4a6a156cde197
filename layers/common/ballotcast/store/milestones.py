"""What organisers are mailed of their elections, and when: the opening, the close, the count, mails that came back.

Roll   MILESTONES / <time>#<election>#<kind>      `opened`, `closed`, `count`, `released-…`, `reminder`: looked at then
Roll   BOUNCES / <election>                       how many invitations came back since organisers were last mailed
Roll   ORGANISER#<id> / TOLD#<election>#<name>    a mail about a milestone: being sent, then sent; expires

A row is written with what makes it due, in one transaction, and deleted once its messages are queued. A message that
comes again finds `TOLD` and sends nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ballotcast.clock import to_rfc3339
from ballotcast.store.due_counts import AFTER_ALL
from ballotcast.store.organisers import organiser_pk
from ballotcast.store.table import ABSENT, ANYWAY, PRESENT, Condition, Item, Refusal, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact

MILESTONES, BOUNCES = "MILESTONES", "BOUNCES"
OPENED, CLOSED, COUNT, REMINDER = "opened", "closed", "count", "reminder"
RELEASED = "released-"
"""Before the id of the organiser who released the result: that organiser is not mailed of it."""
KEPT = 90 * 24 * 60 * 60
"""Seconds for which a mail is known to have been sent: longer than any message lives."""


@dataclass(frozen=True)
class Milestone:
    """`at`: RFC 3339, whole seconds. `kind`: one of those above. `since`: when it was first due."""

    at: str
    election: str
    kind: str
    since: str

    @property
    def sk(self) -> str:
        return f"{self.at}#{self.election}#{self.kind}"


@dataclass(frozen=True)
class Bounces:
    """`at`: when organisers are mailed of them, in epoch seconds; 0: the clock has not seen them yet.

    `telling`: how many a mail is being sent about, or None.
    """

    election: str
    count: int
    at: int = 0
    telling: int | None = None


class Milestones:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def adding(self, milestone: Milestone) -> TransactItem:
        """For the transaction that makes it due. Adding twice is adding once."""
        return self._roll.putting(_to_item(milestone))

    def removing(self, milestone: Milestone) -> TransactItem:
        """For the transaction that calls it off. Removing twice is removing once."""
        return self._roll.deleting(MILESTONES, milestone.sk)

    def add(self, milestone: Milestone) -> None:
        self._roll.put(_to_item(milestone))

    def until(self, moment: datetime) -> Iterator[Milestone]:
        """Those due at `moment` or before, the earliest first."""
        for row in self._roll.query(MILESTONES, before=to_rfc3339(moment) + AFTER_ALL):
            at, election, kind = row["sk"].split("#")
            yield Milestone(at, election, kind, row["since"])

    def move(self, milestone: Milestone, at: str) -> None:
        """Look at it again at another time."""
        moved = replace(milestone, at=at)
        if moved.sk != milestone.sk:
            transact(self._roll.client, [self._roll.deleting(MILESTONES, milestone.sk), self.adding(moved)])

    def remove(self, milestone: Milestone) -> None:
        """Remove the row; a second call changes nothing."""
        self._roll.delete(MILESTONES, milestone.sk)

    def counting_bounce(self, election: str) -> TransactItem:
        """For the transaction that marks an invitation as bounced."""
        return self._roll.updating(BOUNCES, election, "ADD bounces :one", {":one": 1}, ANYWAY)

    def bounces(self) -> Iterator[Bounces]:
        """Of every election with invitations that came back lately."""
        for row in self._roll.query(BOUNCES):
            yield Bounces(row["sk"], row["bounces"], row.get("at", 0), row.get("telling"))

    def await_bounces(self, found: Bounces, at: int) -> None:
        """Collect them until `at`, if no time is set yet."""
        unset = Condition("attribute_exists(pk) AND attribute_not_exists(#at)", {})
        self._update(found.election, "SET #at = :at", {":at": at}, unset)

    def begin_telling(self, found: Bounces) -> int | None:
        """How many the mail is about. The same until `end_telling`, however many come back meanwhile; None: gone."""
        if found.telling is not None:
            return found.telling
        free = Condition("#at = :at AND bounces = :seen AND attribute_not_exists(telling)", _seen(found))
        told = self._update(found.election, "SET telling = :count", {":count": found.count}, free)
        return found.count if told else None

    def end_telling(self, found: Bounces, told: int, following: int) -> None:
        """The messages are queued. Later bounces are told from `following` on, in epoch seconds."""
        current = Condition("#at = :at AND telling = :told", {":at": found.at, ":told": told})
        values = {":following": following, ":less": -told}
        self._update(found.election, "SET #at = :following ADD bounces :less REMOVE telling", values, current)

    def forget_bounces(self, found: Bounces) -> None:
        """Unless more came back since they were read."""
        same = Condition("bounces = :seen", {":seen": found.count})
        try:
            transact(self._roll.client, [self._roll.deleting(BOUNCES, found.election, same)])
        except Cancelled:
            return

    def claim(self, organiser: str, election: str, name: str, now: int, until: int) -> bool | None:
        """Take the sending of a mail until then. False: it was sent. None: somebody else is sending it."""
        free = Condition(f"{ABSENT.expression} OR (sent = :no AND claimed <= :now)", {":no": False, ":now": now})
        update = "SET sent = :no, claimed = :until, expiration = :expires"
        values = {":until": until, ":expires": now + KEPT}
        try:
            self._roll.update(organiser_pk(organiser), told_sk(election, name), update, values, free)
        except Refusal as refusal:
            return False if refusal.item["sent"] else None
        return True

    def note_sent(self, organiser: str, election: str, name: str) -> None:
        self._note(organiser, election, name, "SET sent = :yes", {":yes": True})

    def give_back(self, organiser: str, election: str, name: str) -> None:
        """The mail could not be sent: the next delivery of the message tries again at once."""
        self._note(organiser, election, name, "SET claimed = :none", {":none": 0})

    def _note(self, organiser: str, election: str, name: str, update: str, values: dict[str, Any]) -> None:
        self._roll.update(organiser_pk(organiser), told_sk(election, name), update, values, PRESENT)

    def _update(self, election: str, update: str, values: dict[str, Any], condition: Condition) -> bool:
        try:
            self._roll.update(BOUNCES, election, update, values, condition)
        except Refusal:
            return False
        return True


def _seen(found: Bounces) -> dict[str, Any]:
    return {":at": found.at, ":seen": found.count}


def _to_item(milestone: Milestone) -> Item:
    return {"pk": MILESTONES, "sk": milestone.sk, "since": milestone.since}


def told_sk(election: str, name: str) -> str:
    return f"TOLD#{election}#{name}"
