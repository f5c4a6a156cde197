"""Rolls from files: small ones at once, large ones as jobs, and every row accounted for whatever happens."""

import json

import pytest

from aws_faults import FailingWiring, Side
from ballotcast.store.jobs import Job
from dying import DyingWiring, Killed
from organise import importing, job_list
from organise.importing import continue_import, import_roll
from organising import Organiser, csv, work_off
from problem import assert_problem
from world import World


def emails(count: int, first: int = 0) -> list[str]:
    return [f"v{number}@example.org" for number in range(first, first + count)]


def progress(organiser: Organiser, election: str, job: str) -> dict[str, object]:
    found: dict[str, object] = organiser.get(f"/elections/{election}/voters/imports/{job}").json()
    return found


def test_what_came_of_each_row_is_told(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    answer = organiser.import_(election, csv("ADA@example.org", "bob@example.org", "bad", "Bob@example.org", "c,d"))
    assert answer.status_code == 200
    assert answer.json() == {
        "added": 1,
        "duplicates": 2,
        "rejected": [
            {"line": 4, "reason": "not an e-mail address"},
            {"line": 6, "reason": "2 columns where the header has 1"},
        ],
        "rejected_count": 2,
        "ignored_columns": [],
    }
    assert sorted(organiser.voters(election)) == ["ada@example.org", "bob@example.org"]
    told = organiser.get(f"/elections/{election}/events").json()["events"][-1]
    assert (told["action"], told["detail"]) == ("roll-imported", {"added": 1, "duplicates": 2, "rejected": 2})


def test_the_same_file_again_adds_nobody(organiser: Organiser) -> None:
    election = organiser.create(*emails(150))
    assert organiser.import_(election, csv(*emails(150))).json()["duplicates"] == 150
    assert len(organiser.voters(election)) == 150


def test_an_idempotency_key_gives_the_first_report_again(organiser: Organiser) -> None:
    election, key = organiser.create(), {"Idempotency-Key": "k"}
    reports = [organiser.import_(election, csv("ada@example.org"), headers=key).json() for _ in range(2)]
    assert [report["added"] for report in reports] == [1, 1]


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf\r\n", b"ada@example.org\n", b"name\nAda\n", "email\nadé@b.de".encode("latin-1")]
)
def test_what_is_no_roll_is_refused(organiser: Organiser, content: bytes) -> None:
    election = organiser.create()
    assert_problem(organiser.import_(election, content), 422, "bad-roll-file", "")
    assert organiser.voters(election) == {}
    assert organiser.actions(election) == ["election-created"]


def test_json_is_no_roll(organiser: Organiser) -> None:
    election = organiser.create()
    answer = organiser.post(f"/elections/{election}/voters/import", json={"email": "ada@example.org"})
    assert_problem(answer, 415, "unsupported-media-type")


def test_a_file_over_five_megabytes_is_refused(organiser: Organiser) -> None:
    election = organiser.create()
    assert_problem(organiser.import_(election, b"email\n" + b"x" * 5 * 1024 * 1024), 413, "body-too-large")


@pytest.mark.one_way
def test_more_rows_than_at_once_with_a_bad_address_on_line_1711(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    rows = emails(2_500, first=2)
    rows[1709] = "v1711@example"
    rows[2499] = "V2@EXAMPLE.org"
    answer = organiser.import_(election, csv(*rows))
    assert answer.status_code == 202
    job = answer.json()
    assert (job["state"], job["done"], job["total"]) == ("running", 0, 2498)
    work_off(deployment)
    assert progress(organiser, election, job["job"]) == {
        "job": job["job"],
        "state": "done",
        "done": 2498,
        "total": 2498,
        "added": 2498,
        "duplicates": 1,
        "rejected": [{"line": 1711, "reason": "not an e-mail address"}],
        "rejected_count": 1,
        "ignored_columns": [],
    }
    assert len(organiser.wiring.voters.roll(election)) == 2498
    assert list(organiser.wiring.blobs.keys("imports/")) == [], "the addresses are not left behind"


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
        assert len(organiser.voters(election)) == 7
        assert organiser.actions(election).count("roll-imported") == 1
        assert list(organiser.wiring.blobs.keys("imports/")) == []
        if lived:
            break
    assert lived
    assert last >= 6


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("works_between", [False, True])
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


def test_an_unknown_import_is_not_there(organiser: Organiser) -> None:
    election = organiser.create()
    assert_problem(organiser.get(f"/elections/{election}/voters/imports/j1"), 404, "no-import")
    assert_problem(organiser.get(f"/elections/{election}/voters/imports/{'j' * 65}"), 422, "invalid", "/path/job")


def test_a_long_import_of_numbers_elsewhere_is_taken_whatever_the_stack_allows(deployment: World) -> None:
    """Each rejected row has its reason, and all of them are kept in one item."""
    organiser = Organiser(deployment, SMS_COUNTRIES=",".join(f"+{code}" for code in range(300, 400)))
    election = organiser.create(second_factor="sms")
    rows = b"".join(b"v%d@example.org,+4915112345678\n" % number for number in range(2500))
    answer = organiser.import_(election, b"email,phone\n" + rows)
    assert answer.status_code == 202
    assert (answer.json()["rejected_count"], len(answer.json()["rejected"])) == (2500, 2000)
    assert len(json.dumps(answer.json())) < 300_000


def dry_run(organiser: Organiser, election: str, content: bytes, **options: object) -> dict[str, object]:
    answer = organiser.import_(election, content, params={"dry_run": "true"}, **options)
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.json()
    return told


def test_a_dry_run_tells_what_would_come_and_writes_nothing(organiser: Organiser) -> None:
    election, key = organiser.create("ada@example.org"), {"Idempotency-Key": "k"}
    content = csv("ADA@example.org", "bob@example.org", "bad", "Bob@example.org", "c,d")
    before = organiser.actions(election)
    told = dry_run(organiser, election, content, headers=key)
    assert (organiser.actions(election), set(organiser.voters(election))) == (before, {"ada@example.org"})
    assert told == {**organiser.import_(election, content, headers=key).json(), "compared": True}
    assert set(organiser.voters(election)) == {"ada@example.org", "bob@example.org"}


def test_a_dry_run_of_a_large_file_looks_within_the_file_only(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("v1@example.org")
    told = dry_run(organiser, election, csv(*emails(2001), "v0@example.org"))
    assert (told["added"], told["duplicates"], told["compared"]) == (2001, 1, False)
    assert (organiser.voters(election).keys(), work_off(deployment)) == ({"v1@example.org"}, 0)


def test_a_dry_run_refuses_what_an_import_refuses(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    query = {"dry_run": "true"}
    assert_problem(organiser.import_(election, b"name\nAda\n", params=query), 422, "bad-roll-file", "")
    assert_problem(organiser.import_("0" * 16, csv("b@example.org"), params=query), 404, "no-election")
    assert organiser.post(f"/elections/{election}/open").status_code == 200
    deployment.clock.advance(days=2)
    assert_problem(organiser.import_(election, csv("b@example.org"), params=query), 409, "closed")
