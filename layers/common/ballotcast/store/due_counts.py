"""Counts that are due: a row for each frozen election, until its count has been started.

Roll   DUE / <time of the close>#<election>

The row is written with the freeze and moved with an early close or a later end, each time in one transaction, so the
row and the election agree. Anyone who starts the count takes the row first: from then on no amendment is made that
hangs on it. All rows share a partition and sort by time: one query finds what is due and reads nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ballotcast.clock import to_rfc3339
from ballotcast.store.table import PRESENT, Condition, Refusal, Table, TransactItem

DUE = "DUE"
MARGIN = timedelta(seconds=2)
"""From the close to the start of its count: more than the clock of anyone who starts it can be ahead of the clock by
which an organiser's request still found the election open."""
WAITING = Condition("attribute_exists(pk) AND attribute_not_exists(taken)", {})
"""For its time: nobody is about to start the count."""
AFTER_ALL = "$"
"""The character after `#`: a bound that ends with it includes every election of that second."""


@dataclass(frozen=True)
class DueCount:
    closes_at: str
    """RFC 3339, whole seconds; of an early close: when it was made."""
    election: str

    @property
    def sk(self) -> str:
        return f"{self.closes_at}#{self.election}"


class DueCounts:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def adding(self, due: DueCount) -> TransactItem:
        """For the transaction that freezes the election."""
        return self._roll.putting({"pk": DUE, "sk": due.sk})

    def moving(self, due: DueCount, closes_at: str) -> list[TransactItem]:
        """For the transaction that gives the election another time of closing."""
        return [self._roll.deleting(DUE, due.sk), self.adding(DueCount(closes_at, due.election))]

    def postponing(self, due: DueCount, closes_at: str) -> list[TransactItem]:
        """For the transaction that states a later end. Refused once the count may have been started."""
        return [self._roll.deleting(DUE, due.sk, WAITING), self.adding(DueCount(closes_at, due.election))]

    def waiting(self, due: DueCount) -> TransactItem:
        """For a transaction that amends the election otherwise. Refused once the count may have been started."""
        return self._roll.checking(DUE, due.sk, WAITING)

    def take(self, due: DueCount) -> bool:
        """Before the count is started; doing it twice is doing it once. False if the row was moved or is gone."""
        try:
            self._roll.put({"pk": DUE, "sk": due.sk, "taken": True}, PRESENT)
        except Refusal:
            return False
        return True

    def until(self, moment: datetime) -> Iterator[DueCount]:
        """Those that close at `moment` or before, the earliest first; read page after page."""
        for row in self._roll.query(DUE, before=to_rfc3339(moment) + AFTER_ALL):
            closes_at, _, election = row["sk"].partition("#")
            yield DueCount(closes_at, election)

    def removing(self, due: DueCount) -> TransactItem:
        """For the transaction that notes what follows the start of its count. Removing twice is removing once."""
        return self._roll.deleting(DUE, due.sk)
