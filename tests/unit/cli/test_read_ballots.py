"""How `verify --show-ballots` words what a ballot says."""

from typing import Any

import pytest

from ballotcast.ballots.contest import Contest
from ballotcast.elections.kept_receipts import Found
from ballotcast_cli.read_ballots import said, tell_ballots
from keyed_election import keyed_election


def contest(method: str, **changes: Any) -> Contest:
    fields = {"id": "c1", "title": "T", "options": ["Ann", "Bo", "Cem"], "seats": 1, "min": 0, "max": 3, "tie": "lot"}
    return Contest(method=method, **fields | changes)


@pytest.mark.parametrize(
    ("method", "choice", "words"),
    [
        ("scottish-stv", (3, 1), "1. Cem, 2. Ann"),
        ("schulze", ((1, 3), 2), "1. Ann = Cem, 2. Bo"),
        ("approval", (1, 3), "Ann, Cem"),
        ("score", ((1, 0), (2, 3)), "Ann 0, Bo 3"),
        ("score", (), "blank"),
    ],
)
def test_a_choice_in_words(method: str, choice: Any, words: str) -> None:
    assert said(contest(method), choice) == words


def test_a_ballot_that_nobody_can_open(capsys: pytest.CaptureFixture[str]) -> None:
    manifest = keyed_election(2048).manifest
    tell_ballots(manifest, {"mine": Found(7, None), "other": Found(8, bytes(10))})
    told = capsys.readouterr().out
    assert "mine: leaf 7\n  it cannot be opened" in told
    assert "other: leaf 8\n  Ward: blank\n  Days: blank\n" in told
