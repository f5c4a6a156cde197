"""Work too long for one request: large imports and invitation runs.

Roll   ELECTION#<election> / JOB#<id>     what is done and how far; the queue `jobs` carries only the two ids

A job continues in steps. Each step writes its progress on the condition that nobody else has moved it, so a message
delivered twice does not count twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ballotcast.store.election import election_pk
from ballotcast.store.table import ABSENT, PRESENT, Condition, Item, Refusal, Table, TransactItem


@dataclass(frozen=True)
class Job:
    """`kind`: `import` or `invite`. `done` of `total` rows are behind it; `outcome` is what came of them."""

    id: str
    election: str
    organiser: str
    kind: str
    created_at: str
    state: str = "running"
    """`running`, `done`, `failed` or `stopped`."""
    done: int = 0
    total: int = 0
    step: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)
    outcome: dict[str, Any] = field(default_factory=dict)

    def moved(self, **changes: Any) -> "Job":
        """Return the job after one more step."""
        return replace(self, step=self.step + 1, **changes)


def job_sk(job: str) -> str:
    return f"JOB#{job}"


def _from_item(item: Item) -> Job:
    return Job(**{name: item[name] for name in Job.__dataclass_fields__})


def to_item(job: Job) -> Item:
    return {"pk": election_pk(job.election), "sk": job_sk(job.id), **vars(job)}


class Jobs:
    def __init__(self, roll: Table) -> None:
        self._roll = roll

    def add(self, job: Job) -> bool:
        try:
            self._roll.put(to_item(job), ABSENT)
        except Refusal:
            return False
        return True

    def adding(self, job: Job) -> TransactItem:
        """For a transaction; refused if the job is there."""
        return self._roll.putting(to_item(job), ABSENT)

    def find(self, election: str, job: str) -> Job | None:
        item = self._roll.get(election_pk(election), job_sk(job))
        return _from_item(item) if item else None

    def all(self, election: str) -> Iterator[Job]:
        """Every job of an election, in order of id."""
        for item in self._roll.query(election_pk(election), prefix=job_sk("")):
            yield _from_item(item)

    def advance(self, moved: Job) -> bool:
        """Write a step's progress; False when another delivery of the same message was faster."""
        try:
            self._roll.put(to_item(moved), _one_step_behind(moved))
        except Refusal:
            return False
        return True

    def erase(self, election: str) -> None:
        """Remove the rows that outcomes list: they hold addresses. Counts stay."""
        for item in list(self._roll.query(election_pk(election), prefix=job_sk(""))):
            listed = [name for name in LISTS if item["outcome"].get(name)]
            if listed:
                update = "SET " + ", ".join(f"outcome.{name} = :none" for name in listed)
                self._roll.update(item["pk"], item["sk"], update, {":none": []}, PRESENT)

    def advancing(self, moved: Job) -> TransactItem:
        """The same for a transaction that also does the step's work: then the step is done exactly once."""
        return self._roll.putting(to_item(moved), _one_step_behind(moved))


LISTS = ("rejected", "duplicate_rows", "mended")
"""What an outcome lists by address."""


def _one_step_behind(moved: Job) -> Condition:
    return Condition("#step = :step AND #state = :running", {":step": moved.step - 1, ":running": "running"})
