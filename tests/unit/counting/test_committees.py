"""Approval for several seats: satisfaction approval, PAV and sequential PAV, against examples and naive counts."""

from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given

from ballotcast.counting import Action, Count, Separator, count, require_countable
from ballotcast.counting.ties import lot
from effort import examples

from .elections import elections

Ballots = dict[tuple[int, ...], int]


def figures(counted: Count, stage: int = -1) -> list[Fraction]:
    return [Fraction(units, counted.unit) for units in counted.stages[stage].votes]


def test_satisfaction_approval_divides_each_ballot() -> None:
    """By hand: ab gives halves, c a whole vote."""
    counted = count("satisfaction-approval", options="abc", seats=2, ballots={(1, 2): 4, (1, 2, 3): 3, (3,): 1})
    assert figures(counted) == [3, 3, 2]
    assert counted.as_json()["stages"][0]["votes"] == ["3.000000", "3.000000", "2.000000"]
    assert count("satisfaction-approval", options="abc", seats=1, ballots={(1, 2): 4, (3,): 3}).winners == (3,)


def test_a_third_of_a_vote_is_exact_and_shown_with_six_decimals() -> None:
    counted = count("satisfaction-approval", options="abcd", seats=1, ballots={(1, 2, 3): 1, (1, 4): 1})
    assert figures(counted) == [Fraction(5, 6), Fraction(1, 3), Fraction(1, 3), Fraction(1, 2)]
    assert counted.as_json()["stages"][0]["votes"] == ["0.833333", "0.333333", "0.333333", "0.500000"]


def test_pav_represents_the_parties_of_a_party_list_election_like_d_hondt() -> None:
    """Brill, Laslier, Skowron, "Multiwinner approval rules as apportionment methods" (2018): PAV extends D'Hondt.

    Votes 53, 24, 23 for 4 seats: quotients 53, 26.5, 24, 23, so 2, 1, 1.
    """
    ballots = {(1, 2, 3, 4): 53, (5, 6, 7, 8): 24, (9, 10, 11, 12): 23}
    names = "abcdefghijkl"
    for method in ("proportional-approval", "sequential-proportional-approval"):
        counted = count(method, options=names, seats=4, ballots=ballots)
        seats = [sum(option in party for option in counted.winners) for party in ballots]
        assert seats == [2, 1, 1]
    assert set(count("approval", options=names, seats=4, ballots=ballots).winners) == {1, 2, 3, 4}


def test_sequential_pav_can_miss_the_best_committee() -> None:
    """By hand: c is approved most and goes first, although a and b together satisfy everybody.

    3 ac, 3 bc, 1 a, 1 b… {a, b}: 8; {c, a}: 3 × 1½ + 3 + 1 = 8½ is more, so two more for each side: 2 a, 2 b:
    {a, b}: 10, {c, a}: 3 × 1½ + 3 + 2 = 9½.
    """
    ballots = {(1, 3): 3, (2, 3): 3, (1,): 2, (2,): 2}
    exact = count("proportional-approval", options="abc", seats=2, ballots=ballots)
    assert set(exact.winners) == {1, 2}
    assert figures(exact) == [5, 5, 3]
    assert exact.why.startswith("No other 2 options satisfy the ballots more than ")
    assert "10.000000 from 10 ballots" in exact.why
    sequential = count("sequential-proportional-approval", options="abc", seats=2, ballots=ballots)
    assert sequential.winners[0] == 3
    assert figures(sequential, 0) == [5, 5, 6]
    assert figures(sequential, 1) == [Fraction(7, 2), Fraction(7, 2), 0]
    assert [stage.action for stage in sequential.stages] == [Action.ADDITION, Action.ADDITION]
    assert sequential.why.startswith("Seat after seat, what satisfied the ballots most was to add c (6.000000) and ")


def test_what_an_option_would_add_to_a_full_committee_is_exact() -> None:
    """By hand: next to a, b is the second on two ballots and c on one. Each counts half there, whatever the seats."""
    ballots = {(1, 2, 3): 1, (1, 2): 1, (1,): 1}
    counted = count("proportional-approval", options="abc", seats=1, ballots=ballots)
    assert figures(counted) == [3, 1, Fraction(1, 2)]
    two = count("proportional-approval", options="abc", seats=2, ballots=ballots)
    assert figures(two) == [2, 1, Fraction(1, 3)]


def test_committees_that_are_equally_good_go_to_the_lot_of_their_options() -> None:
    ballots = {(1,): 2, (2,): 2, (3,): 2, (4,): 9}
    drawn = set()
    for n in range(12):
        seed = bytes([n])
        counted = count("proportional-approval", options="abcd", seats=2, ballots=ballots, seed=seed)
        first = min((1, 2, 3), key=lambda option: lot(seed, "c1", 1, option))
        assert set(counted.winners) == {4, first}
        (tie,) = counted.ties
        assert (tie.by, tie.options, tie.order[0]) == (Separator.LOT, (1, 2, 3), first)
        drawn.add(first)
    assert drawn == {1, 2, 3}


def test_the_exact_rule_refuses_more_committees_than_its_bound() -> None:
    require_countable("proportional-approval", seats=5, tie="lot", options=20)
    require_countable("sequential-proportional-approval", seats=5, tie="lot", options=200)
    with pytest.raises(ValueError, match="together may have 20000"):
        require_countable("proportional-approval", seats=5, tie="lot", options=21)


def satisfaction(election: dict[str, Any], committee: Any) -> Fraction:
    return sum(
        (
            number * Fraction(1, place)
            for ballot, number in election["ballots"].items()
            for place in range(1, len(set(ballot) & set(committee)) + 1)
        ),
        Fraction(0),
    )


@given(elections("proportional-approval"))
@examples(200)
def test_no_other_committee_satisfies_more(election: dict[str, Any]) -> None:
    counted = count("proportional-approval", **election)
    standing = [n for n, _ in enumerate(election["options"], 1) if n not in election["withdrawn"]]
    best = max(satisfaction(election, other) for other in combinations(standing, min(election["seats"], len(standing))))
    assert satisfaction(election, counted.winners) == best
    if counted.stages:
        for option in counted.winners:
            assert figures(counted)[option - 1] == sum(
                Fraction(number, len(set(ballot) & set(counted.winners)))
                for ballot, number in election["ballots"].items()
                if option in ballot
            )


@given(elections("sequential-proportional-approval"))
@examples(150)
def test_each_addition_satisfies_most(election: dict[str, Any]) -> None:
    counted = count("sequential-proportional-approval", **election)
    standing = [n for n, _ in enumerate(election["options"], 1) if n not in election["withdrawn"]]
    for place, stage in enumerate(counted.stages):
        before = counted.winners[:place]
        added = {
            option: satisfaction(election, {*before, option}) - satisfaction(election, before)
            for option in standing
            if option not in before
        }
        assert stage.elected == counted.winners[place : place + 1]
        assert added[stage.elected[0]] == max(added.values()) > 0
        assert {option: figures(counted, place)[option - 1] for option in added} == added


@given(elections("satisfaction-approval"))
@examples(100)
def test_satisfaction_approval_is_the_naive_sum(election: dict[str, Any]) -> None:
    counted = count("satisfaction-approval", **election)
    standing = [n for n, _ in enumerate(election["options"], 1) if n not in election["withdrawn"]]
    naive = dict.fromkeys(standing, Fraction(0))
    for ballot, number in election["ballots"].items():
        approved = [option for option in ballot if option in naive]
        for option in approved:
            naive[option] += Fraction(number, len(approved))
    assert not counted.stages or {option: figures(counted)[option - 1] for option in standing} == naive
    best = sorted((votes for votes in naive.values() if votes), reverse=True)[: election["seats"]]
    assert [naive[option] for option in counted.winners] == best
