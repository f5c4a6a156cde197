"""Work too long for one request: large imports, invitation runs, the voters of a deleted draft.

Roll   ELECTION#<election> / JOB#<id>     what is done and how far; the queue `jobs` carries only the two ids

A job goes on in steps. Each step writes its progress on the condition that nobody else has moved it, so a message
delivered twice does not count twice.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from ballotcast.store.elections import election_pk
from ballotcast.store.table import ABSENT, Condition, Item, Refusal, Table


@dataclass(frozen=True)
class Job:
    """`kind`: `import`, `invite` or `purge`. `position`: where the next step starts, in the kind's own terms."""

    id: str
    election: str
    organiser: str
    kind: str
    created_at: str
    state: str = "running"
    """`running`, `done` or `failed`."""
    position: str = ""
    done: int = 0
    total: int = 0
    step: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)
    outcome: dict[str, Any] = field(default_factory=dict)


def job_sk(job: str) -> str:
    return f"JOB#{job}"


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

    def find(self, election: str, job: str) -> Job | None:
        item = self._roll.get(election_pk(election), job_sk(job))
        return Job(**{name: item[name] for name in Job.__dataclass_fields__}) if item else None

    def advance(self, job: Job) -> Job | None:
        """Write a step's progress; None when another delivery of the same message was faster."""
        unmoved = Condition("#step = :step", {":step": job.step})
        moved = replace(job, step=job.step + 1)
        try:
            self._roll.put(to_item(moved), unmoved)
        except Refusal:
            return None
        return moved
