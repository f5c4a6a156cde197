"""Borda: published examples, and naive counts of both readings."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from ballotcast.counting import Count, count
from effort import examples

from .elections import elections, rows

CITIES = ("Memphis", "Nashville", "Chattanooga", "Knoxville")


def points(counted: Count) -> list[Fraction]:
    return [Fraction(units, counted.unit) for units in counted.stages[0].votes]


def test_tennessee_by_borda_is_nashville() -> None:
    """Wikipedia, "Borda count", with 3, 2, 1, 0 points."""
    counted = count("borda", options=CITIES, seats=1, ballots=rows("42 ABCD, 26 BCDA, 15 CDBA, 17 DCBA"))
    assert points(counted) == [126, 194, 173, 107]
    assert counted.winners == (2,)
    assert counted.as_json()["stages"][0]["votes"] == ["126.0", "194.0", "173.0", "107.0"]
    assert counted.why == "Nashville has the most points: 194.0 from 100 ballots."


def test_truncated_and_equal_ranks_get_half_points_in_the_tournament() -> None:
    """By hand, A to D: one ballot A > B=C (D last): 3, 1½, 1½, 0. One ballot D alone: 1, 1, 1, 3."""
    counted = count("borda", options="ABCD", seats=2, ballots={(1, (2, 3)): 1, (4,): 1})
    assert points(counted) == [4, Fraction(5, 2), Fraction(5, 2), 3]
    assert counted.winners == (1, 4)


def test_a_modified_borda_ballot_gives_m_points_to_its_first_of_m() -> None:
    """Emerson's rule by hand: A > B > C gives 3, 2, 1; D alone gives 1; C=D shares 2 and 1."""
    counted = count("modified-borda", options="ABCD", seats=1, ballots={(1, 2, 3): 1, (4,): 1, ((3, 4),): 1})
    assert points(counted) == [3, 2, Fraction(5, 2), Fraction(5, 2)]


def test_the_two_readings_differ_on_truncated_ballots() -> None:
    """A's supporters rank nobody else: full weight in the tournament, a third of it in the modified count."""
    ballots = {(1,): 10, (2, 3, 1): 8, (3, 2, 1): 0}
    assert count("borda", options="ABC", seats=1, ballots=ballots).winners == (2,)
    ballots = {(1,): 12, (2, 3, 1): 8}
    assert count("borda", options="ABC", seats=1, ballots=ballots).winners == (1,)
    assert count("modified-borda", options="ABC", seats=1, ballots=ballots).winners == (2,)


@pytest.mark.parametrize("method", ["borda", "modified-borda"])
def test_nobody_who_is_not_ranked_is_elected(method: str) -> None:
    assert count(method, options="ABCD", seats=4, ballots=rows("3 A, 2 BA")).winners == (1, 2)


def naive_points(election: dict[str, Any], *, modified: bool) -> dict[int, Fraction]:
    """Ballot by ballot; tournament: option against option, modified: the mean of all orders that equal ranks allow."""
    options = [n for n, _ in enumerate(election["options"], 1) if n not in election["withdrawn"]]
    total = dict.fromkeys(options, Fraction(0))
    for ballot, number in election["ballots"].items():
        place = {}
        for at, rank in enumerate(ballot):
            place.update(dict.fromkeys(rank if isinstance(rank, tuple) else [rank], at))
        place = {option: at for option, at in place.items() if option in total}
        for option in options:
            others = [other for other in options if other != option]
            if modified:
                below = [other for other in others if other in place and option in place]
                base = 1 if option in place else 0
            else:
                below, base = (others, 0) if place else ([], 0)
            mine = place.get(option, 99)
            wins = sum(place.get(other, 99) > mine for other in below)
            equal = sum(place.get(other, 99) == mine for other in below)
            total[option] += number * (base + wins + Fraction(equal, 2))
    return total


@pytest.mark.parametrize("method", ["borda", "modified-borda"])
@given(data=elections("borda"))
@examples(200)
def test_every_total_is_the_naive_count_s(method: str, data: dict[str, Any]) -> None:
    counted = count(method, **data)
    naive = naive_points(data, modified=method == "modified-borda")
    if counted.stages:
        assert {option: points(counted)[option - 1] for option in naive} == naive
        best = sorted(naive.values(), reverse=True)[: len(counted.winners)]
        assert [naive[option] for option in counted.winners] == best
