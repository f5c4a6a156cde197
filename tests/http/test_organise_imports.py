"""Rolls from files: small ones at once, large ones as jobs, and every row accounted for whatever happens."""

import json
from typing import Any

import pytest

from organise import importing
from organising import Organiser, csv, work_off
from problem import assert_problem
from roll_imports import emails, progress
from world import World


def row_told(line: int, value: str, code: str, reason: str, **params: int) -> dict[str, Any]:
    return {"line": line, "value": value, "code": code, "params": params, "reason": reason}


def test_what_came_of_each_row_is_told(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    answer = organiser.import_(election, csv("ADA@example.org", "bob@example.org", "bad", "Bob@example.org", "c,d"))
    assert answer.status_code == 200
    assert answer.json() == {
        "added": 1,
        "duplicates": 2,
        "rejected": [
            row_told(4, "bad", "bad-email", "This is not an e-mail address."),
            row_told(6, "c", "columns", "2 columns, but the first line has 1.", found=2, header=1),
        ],
        "rejected_count": 2,
        "duplicate_rows": [
            {"line": 5, "value": "Bob@example.org", "first_line": 3},
            {"line": 2, "value": "ADA@example.org", "first_line": None},
        ],
        "mended": [],
        "mended_count": 0,
        "ignored_columns": [],
        "columns": {"email": [1], "name": []},
        "warnings": [],
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
    "content",
    [b"", b"\xef\xbb\xbf\r\n", b"ada@example.org\n", b"name\nAda\n", b'email\n"ada@example.org\n', b"PK\x03\x04"],
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


@pytest.mark.slow
@pytest.mark.one_way
@pytest.mark.parametrize("at_once", [200, pytest.param(importing.AT_ONCE, marks=pytest.mark.long)])
def test_more_rows_than_at_once_with_a_bad_address_on_one_line(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", at_once)
    election, size = organiser.create(), at_once + 50
    rows = emails(size, first=2)
    rows[169] = "v171@example"
    rows[size - 1] = "V2@EXAMPLE.org"
    answer = organiser.import_(election, csv(*rows))
    assert answer.status_code == 202
    job = answer.json()
    assert (job["state"], job["done"], job["total"]) == ("running", 0, size - 2)
    work_off(deployment)
    assert progress(organiser, election, job["job"]) == {
        "job": job["job"],
        "state": "done",
        "done": size - 2,
        "total": size - 2,
        "added": size - 2,
        "duplicates": 1,
        "duplicate_rows": [{"line": size + 1, "value": "V2@EXAMPLE.org", "first_line": 2}],
        "rejected": [row_told(171, "v171@example", "bad-email", "This is not an e-mail address.")],
        "rejected_count": 1,
        "mended": [],
        "mended_count": 0,
        "ignored_columns": [],
        "columns": {"email": [1], "name": []},
        "warnings": [],
    }
    assert len(organiser.wiring.voters.roll(election)) == size - 2
    assert list(organiser.wiring.blobs.keys("imports/")) == [], "the addresses are not left behind"


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
    assert answer.json()["rejected_count"] == 2500
    assert 1000 < len(answer.json()["rejected"]) <= 2000
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
    added = organiser.import_(election, content, headers=key).json()
    rows = [["email"], ["ADA@example.org"], ["bob@example.org"], ["bad"], ["Bob@example.org"], ["c", "d"]]
    assert told == {**added, "compared": True, "undecided": None, "first_rows": rows}
    assert set(organiser.voters(election)) == {"ada@example.org", "bob@example.org"}


def test_a_dry_run_of_a_large_file_looks_within_the_file_only(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("v1@example.org")
    told = dry_run(organiser, election, csv(*emails(2001), "v0@example.org"))
    assert (told["added"], told["duplicates"], told["compared"]) == (2001, 1, False)
    assert (organiser.voters(election).keys(), work_off(deployment)) == ({"v1@example.org"}, 0)


def test_a_dry_run_refuses_what_an_import_refuses(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    query = {"dry_run": "true"}
    assert_problem(organiser.import_(election, b'name\n"Ada\n', params=query), 422, "bad-roll-file", "")
    assert_problem(organiser.import_("0" * 16, csv("b@example.org"), params=query), 404, "no-election")
    assert organiser.post(f"/elections/{election}/open").status_code == 200
    deployment.clock.advance(days=2)
    assert_problem(organiser.import_(election, csv("b@example.org"), params=query), 409, "closed")


def test_columns_that_are_not_known_are_chosen(organiser: Organiser) -> None:
    election, content = organiser.create(), b"Who,Where\nAda,ada@example.org\n"
    told = dry_run(organiser, election, content)
    assert (told["added"], told["first_rows"]) == (0, [["Who", "Where"], ["Ada", "ada@example.org"]])
    assert "no-email-column" in str(told["undecided"])
    chosen = {"columns": "email:2,name:1"}
    assert organiser.import_(election, content, params=chosen).json()["columns"] == {"email": [2], "name": [1]}
    assert organiser.voters(election)["ada@example.org"]["name"] == "Ada"
    listed = {"columns": "email:1", "header": "false"}
    assert organiser.import_(election, b"bob@example.org\n", params=listed).json()["added"] == 1
    assert_problem(organiser.import_(election, content, params={"columns": "email:9"}), 422, "bad-roll-file", "")


def test_a_file_is_what_its_bytes_say_whatever_its_type(organiser: Organiser) -> None:
    election = organiser.create()
    wide = "\ufeffE-Mail\tName\r\nada@example.org\tAda Müller\r\n".encode("utf-16-le")
    for kind, added in (("application/octet-stream", 1), ("text/csv; charset=utf-8", 0)):
        assert organiser.import_(election, wide, headers={"Content-Type": kind}).json()["added"] == added
    assert organiser.voters(election)["ada@example.org"]["name"] == "Ada Müller"
    for kind in ("multipart/form-data", "image/png"):
        answer = organiser.import_(election, wide, headers={"Content-Type": kind})
        assert_problem(answer, 415, "unsupported-media-type")
