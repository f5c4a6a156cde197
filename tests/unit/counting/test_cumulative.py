"""Cumulative voting: points divided among options, with a limit on their sum."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from ballotcast.counting import count
from count_command import run
from effort import examples

from .elections import elections

BALLOTS = {((1, 3),): 2, ((1, 1), (2, 2)): 1, ((3, 4),): 5, ((2, 0),): 1, (): 1}


def test_points_add_up_and_more_than_the_limit_in_all_spoil_a_ballot() -> None:
    counted = count("cumulative", options="ABC", seats=2, ballots=BALLOTS, limit=3)
    assert (counted.valid, counted.blank, counted.spoilt) == (3, 2, 5)
    assert (counted.stages[0].votes, counted.winners) == ((7, 2, 0), (1, 2))
    assert counted.why == "A and B have the most points: 7 and 2 from 3 ballots."
    assert count("cumulative", options="ABC", seats=1, ballots=BALLOTS).winners == (3,)


def test_points_for_withdrawn_options_are_lost_and_a_ballot_left_with_none_is_blank() -> None:
    ballots = {((1, 3), (2, 0)): 2, ((1, 1), (2, 2)): 1}
    counted = count("cumulative", options="ABC", seats=1, ballots=ballots, withdrawn=[1], limit=3)
    assert (counted.blank, counted.valid, counted.stages[0].votes) == (2, 1, (0, 2, 0))


def test_more_points_than_seats_need_go_to_few_who_then_win() -> None:
    """What the method is for: a third of the voters, who agree on one of three seats, fill it."""
    ballots = {((1, 1), (2, 1), (3, 1)): 60, ((4, 3),): 30}
    assert count("cumulative", options="ABCD", seats=3, ballots=ballots, limit=3, seed=b"1").winners[0] == 4


@given(elections("cumulative"))
@examples(100)
def test_the_points_are_the_naive_sums(election: dict[str, Any]) -> None:
    counted = count("cumulative", **election)
    gone, sums = election["withdrawn"], Counter[int]()
    for ballot, number in election["ballots"].items():
        for option, points in ballot:
            sums[option] += 0 if option in gone else points * number
    if counted.stages:
        assert list(counted.stages[0].votes) == [sums[at] for at, _ in enumerate(election["options"], 1)]


@pytest.mark.parametrize(
    ("switches", "told"), [([], "ballots give 3 to 5 points; --limit"), (["--limit", "4"], "spoilt: 1")]
)
def test_a_file_of_points_is_counted(tmp_path: Path, switches: list[str], told: str) -> None:
    path = tmp_path / "dots.csv"
    path.write_text("id,Ada,Ben,Cy\nx,3,0,0\ny,1,4,0\nz,0,1,2\n")
    printed = run(path, "--method", "cumulative", *switches)
    assert (printed.exit_code, told in printed.output) == (0, True), printed.output
