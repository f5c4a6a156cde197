"""Large rolls as jobs: each row once, whatever is killed, repeated or raced."""

import json

import pytest

from aws_faults import FailingWiring, Side
from ballotcast.store.jobs import Job
from dying import DyingWiring, Killed
from organise import importing, job_list
from organise.importing import continue_import, import_roll
from organising import Organiser, csv, work_off
from roll_imports import emails, progress
from world import World


@pytest.fixture
def small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import is a job, of two rows a batch, two batches a message and as many in a part of its list."""
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    monkeypatch.setattr(importing, "BATCH", 2)
    monkeypatch.setattr(importing, "BATCHES_A_MESSAGE", 2)
    monkeypatch.setattr(job_list, "PART", 4)


def start(organiser: Organiser, election: str, *rows: str) -> str:
    job: str = organiser.import_(election, csv(*rows)).json()["job"]
    return job


@pytest.mark.usefixtures("small_jobs")
def test_a_job_tells_how_far_it_is(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    job = start(organiser, election, *emails(5), "bad", "v1@example.org")
    [message] = deployment.take_messages("JOBS_QUEUE")
    assert "example.org" not in json.dumps(message)
    continue_import(organiser.wiring, election, job)
    told = progress(organiser, election, job)
    assert (told["state"], told["done"], told["total"], told["added"], told["duplicates"]) == ("running", 4, 5, 4, 1)
    work_off(deployment)
    told = progress(organiser, election, job)
    assert (told["state"], told["done"], told["added"], told["duplicates"]) == ("done", 5, 5, 1)
    assert organiser.actions(election) == ["election-created", "roll-imported"]


@pytest.mark.slow
@pytest.mark.usefixtures("small_jobs")
def test_a_job_counts_each_row_once_however_often_it_is_killed(organiser: Organiser, deployment: World) -> None:
    for last in range(20):
        election = organiser.create()
        organiser.post(f"/elections/{election}/voters", json={"email": "V3@example.org"})
        job = start(organiser, election, *emails(7))
        deployment.take_messages("JOBS_QUEUE")
        dying = DyingWiring(deployment, last)
        try:
            continue_import(dying, election, job)
            continue_import(dying, election, job)
            continue_import(dying, election, job)
            lived = True
        except Killed:
            lived = False
        deployment.wiring().jobs_queue.send({"kind": "import", "election": election, "job": job})  # told again
        work_off(deployment)
        told = progress(organiser, election, job)
        assert (told["state"], told["done"], told["added"], told["duplicates"]) == ("done", 7, 6, 1)
        assert told["duplicate_rows"] == [{"line": 5, "value": "v3@example.org", "first_line": None}]
        assert len(organiser.voters(election)) == 7
        assert organiser.actions(election).count("roll-imported") == 1
        assert list(organiser.wiring.blobs.keys("imports/")) == []
        if lived:
            break
    assert lived
    assert last >= 6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "works_between"),
    [
        ("before", False),
        ("after", True),
        pytest.param("before", True, marks=pytest.mark.long),
        pytest.param("after", False, marks=pytest.mark.long),
    ],
)
@pytest.mark.usefixtures("small_jobs")
def test_the_same_import_again_with_its_key_is_the_same_job(
    organiser: Organiser, deployment: World, side: Side, works_between: bool
) -> None:
    key, rows = {"Idempotency-Key": "k"}, csv(*emails(5))
    for at in range(20):
        election = organiser.create()
        failing = FailingWiring(deployment, at, side, acts_only=True)
        path = f"/elections/{election}/voters/import"
        organiser.post_once(failing, path, content=rows, headers={**key, "Content-Type": "text/csv"})
        if works_between:
            work_off(deployment)
        again = organiser.import_(election, rows, headers=key)
        work_off(deployment)
        jobs = list(organiser.wiring.roll.query(f"ELECTION#{election}", prefix="JOB#"))
        assert [(job["state"], job["outcome"]["added"]) for job in jobs] == [("done", 5)], (at, failing.made)
        if again.status_code == 202:
            told = progress(organiser, election, again.json()["job"])
            assert (told["state"], told["added"], told["duplicates"]) == ("done", 5, 0)
        else:
            assert (again.json()["added"], again.json()["duplicates"]) == (5, 0)
        assert organiser.actions(election) == ["election-created", "roll-imported"]
        assert list(organiser.wiring.blobs.keys("imports/")) == []
        if not failing.failed:
            break
    assert at >= 5


@pytest.mark.usefixtures("small_jobs")
def test_another_file_or_another_key_is_another_job(organiser: Organiser) -> None:
    election = organiser.create()
    path, jobs = f"/elections/{election}/voters/import", set()
    for key, rows in (("k", emails(5)), ("k", emails(6)), ("l", emails(5))):
        headers = {"Idempotency-Key": key, "Content-Type": "text/csv"}
        jobs.add(organiser.post_once(organiser.wiring, path, content=csv(*rows), headers=headers).json()["job"])
    assert len(jobs | {start(organiser, election, *emails(5)) for _ in range(2)}) == 5


@pytest.mark.usefixtures("small_jobs")
def test_two_deliveries_at_once_count_each_row_once(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    job = start(organiser, election, *emails(8))
    first, second = deployment.wiring(), deployment.wiring()
    advance, stepped = first.jobs.advancing, []

    def other_first(moved: Job) -> dict[str, object]:
        """The other delivery does its part between this one's reading and writing."""
        if not stepped:
            stepped.append(True)
            continue_import(second, election, job)
        return advance(moved)

    first.jobs.advancing = other_first  # type: ignore[method-assign]
    continue_import(first, election, job)
    work_off(deployment)
    told = progress(organiser, election, job)
    assert (told["state"], told["added"], told["duplicates"]) == ("done", 8, 0)


@pytest.mark.usefixtures("small_jobs")
def test_a_job_whose_election_closes_fails_and_leaves_no_addresses_behind(
    organiser: Organiser, deployment: World
) -> None:
    election = organiser.create()
    organiser.post(f"/elections/{election}/voters", json={"email": "ada@example.org"})
    organiser.post(f"/elections/{election}/open")
    job = start(organiser, election, *emails(8))
    deployment.take_messages("JOBS_QUEUE")
    continue_import(organiser.wiring, election, job)
    organiser.post(f"/elections/{election}/close")
    work_off(deployment)
    told = progress(organiser, election, job)
    assert (told["state"], told["done"]) == ("failed", 4)
    assert list(organiser.wiring.blobs.keys("imports/")) == []


@pytest.mark.usefixtures("small_jobs")
def test_an_import_that_was_killed_before_it_began_leaves_the_roll_as_it_was(
    organiser: Organiser, deployment: World
) -> None:
    election = organiser.create()
    found = organiser.wiring.elections.find(election)
    assert found
    for last in range(4):
        try:
            import_roll(DyingWiring(deployment, last), found, csv("ada@example.org"))
            break
        except Killed:
            assert work_off(deployment) == 0
            assert organiser.voters(election) == {}
    assert last == 3
    work_off(deployment)
    assert list(organiser.voters(election)) == ["ada@example.org"]


@pytest.mark.usefixtures("small_jobs")
def test_a_job_of_a_deleted_draft_ends_quietly(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    start(organiser, election, *emails(8))
    organiser.ask("DELETE", f"/elections/{election}")
    work_off(deployment)
    assert election not in str(deployment.wiring().dynamodb.scan(TableName="roll")["Items"])
    assert list(organiser.wiring.blobs.keys("imports/")) == []
