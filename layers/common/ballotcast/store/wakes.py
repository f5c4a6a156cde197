"""Jobs that the clock sees to: those that wait for another day, and those whose message may be lost.

Roll   JOBS / <election>#<job>     `kind`, and `at`: when it is looked at next, in epoch seconds

A row is written with its job and deleted when that is over. Rows are few, one for each invitation run under way, and
share a partition: one query finds all. A message too many does no harm, so a row is moved after its message is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ballotcast.store.table import PRESENT, Refusal, Table, TransactItem

JOBS = "JOBS"
PATIENCE = timedelta(minutes=15)
"""After which a job that has not ended is looked at again: longer than the queue takes to repeat a step a few times."""


@dataclass(frozen=True)
class Wake:
    election: str
    job: str
    kind: str

    @property
    def sk(self) -> str:
        return f"{self.election}#{self.job}"


class Wakes:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def adding(self, wake: Wake, at: datetime) -> TransactItem:
        """For the transaction that adds the job."""
        return self._roll.putting({"pk": JOBS, "sk": wake.sk, "kind": wake.kind, "at": int(at.timestamp())})

    def due(self, now: datetime) -> Iterator[Wake]:
        for row in self._roll.query(JOBS):
            if row["at"] <= int(now.timestamp()):
                election, _, job = row["sk"].partition("#")
                yield Wake(election, job, row["kind"])

    def move(self, wake: Wake, at: datetime) -> None:
        """A row that is gone stays so."""
        try:
            self._roll.update(JOBS, wake.sk, "SET #at = :at", {":at": int(at.timestamp())}, PRESENT)
        except Refusal:
            return

    def remove(self, wake: Wake) -> None:
        """Removing twice is removing once."""
        self._roll.delete(JOBS, wake.sk)
