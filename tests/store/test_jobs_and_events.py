"""Jobs go forward one step at a time, anyone who moves them; events stay in order."""

from datetime import timedelta

import pytest

from ballotcast.store.events import Events, event
from ballotcast.store.jobs import Job, Jobs
from ballotcast.store.table import Table
from ballotcast.store.transaction import Cancelled, transact
from fake_clock import START

JOB = Job(
    "j1", "e1", "o1", "import", "2026-11-20T09:00:00Z", total=200, outcome={"added": 0, "rejected": [{"line": 3}]}
)


@pytest.fixture
def jobs(roll: Table) -> Jobs:
    store = Jobs(roll)
    assert store.add(JOB)
    return store


def test_a_job_comes_back_as_added_and_only_the_first_one(jobs: Jobs) -> None:
    assert not jobs.add(Job("j1", "e1", "o2", "import", ""))
    assert jobs.find("e1", "j1") == JOB
    assert jobs.find("e2", "j1") is None


def test_of_two_that_do_the_same_step_one_counts(jobs: Jobs) -> None:
    assert jobs.advance(JOB.moved(done=100))
    assert not jobs.advance(JOB.moved(done=90))
    found = jobs.find("e1", "j1")
    assert found
    assert (found.done, found.step) == (100, 1)


def test_a_step_can_be_part_of_a_transaction(jobs: Jobs, roll: Table) -> None:
    work = roll.putting({"pk": "WORK", "sk": "1"})
    transact(roll.client, [work, jobs.advancing(JOB.moved(done=100))])
    again = roll.putting({"pk": "WORK", "sk": "2"})
    with pytest.raises(Cancelled):
        transact(roll.client, [again, jobs.advancing(JOB.moved(done=100))])
    assert roll.get("WORK", "2") is None


def test_a_job_that_is_over_or_gone_moves_no_more(jobs: Jobs) -> None:
    done = JOB.moved(state="done")
    assert jobs.advance(done)
    assert not jobs.advance(done.moved(state="running"))
    assert not jobs.advance(Job("j2", "e1", "o1", "import", "").moved(done=1))
    assert jobs.find("e1", "j2") is None


def test_events_are_told_oldest_first_page_by_page(roll: Table) -> None:
    events = Events(roll)
    told = [event("e1", "o1", f"action-{n}", {"n": n}, START + timedelta(seconds=n)) for n in range(5)]
    for one in reversed(told):
        events.add(one)
    events.add(event("e2", "o1", "elsewhere", {}, START))
    first = events.page("e1", after=None, limit=3)
    assert first == told[:3]
    assert events.page("e1", after=first[-1].id, limit=3) == told[3:]
