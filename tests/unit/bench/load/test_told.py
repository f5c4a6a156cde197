"""The figures of a run, for programs and for people."""

from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner

from ballotcast_cli.main import main
from ballotcast_tools.bench.load import told
from ballotcast_tools.bench.load.figures import Tally
from ballotcast_tools.bench.load.runs import Side, Timed

OURS = Side(Tally(2.0, [0.1, 0.2, 0.3, 0.4], retries=3), [2.0], 0.016, 0.1, 1234.56)
STOCK = Side(Tally(4.0, [0.5, 0.5], Counter({"status 500": 2})), [0.5, 0.25, 1.0])
VOTES = told.Run("http://127.0.0.1:4566/v1", "local", 4, 2, casts_only=False, ours=OURS)
CASTS = replace(VOTES, casts_only=True, voters=5, unprepared={"410 gone": 1}, stock=STOCK)


def test_the_document_of_whole_votes() -> None:
    document = told.document(VOTES)

    assert (
        document.items()
        >= {
            "completed": 4,
            "errors": 0,
            "votes_per_second": 2.0,
            "casts_per_second": 2.0,
            "p50": 200.0,
            "p99": 400.0,
            "memory_mb": 1234.6,
            "server_cpu_ms_per_vote": 4.0,
            "client_cpu_ms_per_vote": 25.0,
            "voters": 4,
            "at_once": 2,
            "where": "http://127.0.0.1:4566/v1",
            "retries": 3,
        }.items()
    )
    assert "stock" not in document
    assert not VOTES.failed


def test_the_document_of_casts_has_the_stock_server_and_who_could_not_cast() -> None:
    document = told.document(CASTS)

    assert (document["completed"], document["errors"]) == (4, 1)
    assert (document["votes_per_second"], document["casts_per_second"]) == (None, 2.0)
    assert document["error_kinds"] == {"410 gone": 1}
    assert document["ratio"] == 4.0
    assert document["stock"].items() >= {"completed": 2, "errors": 2, "per_second": 0.5, "memory_mb": None}.items()
    assert CASTS.failed


def test_a_run_has_failed_if_a_check_found_something() -> None:
    assert replace(VOTES, wrong=["1 receipts do not verify"]).failed


def test_people_are_told_the_same() -> None:
    text = "\n".join(told.lines(replace(CASTS, timed=[Timed("GET health", OURS, STOCK)])))

    assert "4 of 5 casts, 2 at once, in 2.0 s" in text
    assert "4.00 times the rate of stock FastAPI" in text
    assert "server 4.0 ms" in text
    assert "memory unknown" in text
    assert "GET health, stock" in text
    assert "1 failed: 410 gone" in text
    assert "3 requests were turned away" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--beside", "stock"], "--beside goes with --casts-only"),
        (["--api", "http://127.0.0.1:1/v1"], "name it with --mailbox"),
    ],
)
def test_what_cannot_be_measured_is_refused(options: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["bench", "load", *options])

    assert result.exit_code == 2
    assert message in result.output
