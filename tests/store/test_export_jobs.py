"""Jobs that make exports, and channels that are gone, on each engine."""

from typing import Any

import pytest

from ballotcast.store import export_counts
from ballotcast.store.channel import past_key, schema_sk
from ballotcast.store.export_counts import DAY, HOUR, AllUnderWay, DaySpent
from ballotcast.store.export_jobs import ExportJob, ExportJobs
from ballotcast.store.past_channels import PastChannels
from ballotcast.store.table import Table

NOW = 1_795_165_200


def job(**changes: int) -> ExportJob:
    return ExportJob("j1", "lab", 7, "csv", fields=["a"], total=10, **{"asked_at": NOW, **changes})


def test_a_job_from_its_order_to_its_end(board: Table) -> None:
    jobs = ExportJobs(board)
    asked = jobs.add(job())
    assert jobs.add(job()) == asked == jobs.find(asked, "j1", NOW)
    assert jobs.under_way(asked, NOW) == 1
    begun = jobs.begin(asked)
    assert begun
    assert (begun.state, begun.attempts, begun.fields, begun.since) == ("running", 1, ["a"], None)
    jobs.advance(begun, 4)
    found = jobs.find(asked, "j1", NOW)
    assert found
    assert found.done == 4
    jobs.finish(begun, records=9, size=99)
    done = jobs.find(asked, "j1", NOW)
    assert done
    assert (done.state, done.done, done.records, done.size) == ("done", 10, 9, 99)
    assert jobs.begin(asked) is None
    jobs.fail(begun, "too late")
    assert jobs.find(asked, "j1", NOW) == done
    assert jobs.find(asked, "j1", NOW + DAY) is None


def test_one_that_has_failed_is_asked_for_again(board: Table) -> None:
    jobs = ExportJobs(board)
    jobs.fail(jobs.add(job()), "it is too large")
    assert jobs.under_way(job(), NOW) == 0
    assert jobs.add(job()).state == "queued"
    assert jobs.under_way(job(), NOW + HOUR) == 0, "one that is an hour old is not waited for"


def numbered(number: int, now: int = NOW) -> ExportJob:
    return ExportJob(f"j{number}", "lab", 7, "csv", asked_at=now)


def test_a_place_is_the_owners(board: Table) -> None:
    jobs = ExportJobs(board)
    made = [jobs.add(numbered(number)) for number in range(3)]
    with pytest.raises(AllUnderWay):
        jobs.add(numbered(3))
    assert jobs.find(made[0], "j3", NOW) is None, "what is refused leaves nothing"
    jobs.add(numbered(4), "owner")
    with pytest.raises(AllUnderWay):
        jobs.add(numbered(5), "owner")
    jobs.finish(made[0], records=0, size=0)
    jobs.add(numbered(6))
    assert jobs.under_way(made[0], NOW) == 4


def test_a_day_has_so_many_of_each_party(board: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_counts, "MOST_A_DAY", 2)
    jobs = ExportJobs(board)
    for number in range(2):
        jobs.fail(jobs.add(numbered(number)), "it is too large")
    with pytest.raises(DaySpent) as spent:
        jobs.add(numbered(0))
    assert spent.value.wait == DAY - NOW % DAY
    jobs.add(numbered(2), "owner")
    assert jobs.add(numbered(3, NOW + spent.value.wait)).id == "j3"


def test_those_who_ask_at_once_are_all_counted(board: Table) -> None:
    """Between the two reads of one another is counted, each time."""
    jobs, get, number = ExportJobs(board), board.get, 10

    def interrupted(pk: str, sk: str) -> Any:
        nonlocal number
        found = get(pk, sk)
        if number < 12:
            number += 1
            ExportJobs(Table(board.client, board.name)).add(numbered(number))
        return found

    board.get = interrupted  # type: ignore[method-assign, assignment]
    jobs.add(numbered(1))
    board.get = get  # type: ignore[method-assign]
    assert jobs.under_way(numbered(1), NOW) == 3
    with pytest.raises(AllUnderWay):
        jobs.add(numbered(2))


def test_what_is_kept_of_a_channel_is_forgotten_whole(board: Table) -> None:
    past = PastChannels(board)
    pk, sk = past_key("o1", "lab", 7)
    noted = {"name": "lab", "born": 7, "created_at": "a", "gone_at": "b", "fingerprint": "c"}
    board.put({"pk": pk, "sk": sk, **noted, "field": "time", "unit": "ms", "expiration": NOW + 1})
    board.put({"pk": "CHANNEL#lab", "sk": schema_sk(7), "text": "{}"})
    for first in range(120):
        board.put({"pk": "CHANNEL#lab", "sk": f"SEG#7#{first:020}"})
    board.put({"pk": "CHANNEL#lab", "sk": "SEG#8#0"})
    [found] = past.of("o1", NOW)
    assert found == past.find("o1", "lab", 7, NOW)
    assert past.of("o1", NOW, "la") == past.of("o2", NOW) == past.of("o1", NOW + 1) == []
    assert past.begin_purge(found)
    past.forget(found)
    assert [row["sk"] for row in board.query("CHANNEL#lab")] == ["SEG#8#0"]
    assert past.of("o1", NOW) == []
    assert not past.begin_purge(found)
