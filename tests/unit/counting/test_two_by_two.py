"""Minimax and the Tideman alternative method against naive counts, and elections from the literature."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given

from ballotcast.counting import count
from effort import examples

from .elections import elections, flat, rows


def place(ballot: tuple[Any, ...], option: int) -> int:
    """The rank of an option on a ballot, or one below all."""
    for at, rank in enumerate(ballot):
        if option == rank or (isinstance(rank, tuple) and option in rank):
            return at
    return len(ballot)


def margin(election: Mapping[str, Any], one: int, other: int) -> int:
    """How many more ballots prefer one option to another than the other way round."""
    return sum(
        number * ((place(ballot, one) < place(ballot, other)) - (place(ballot, one) > place(ballot, other)))
        for ballot, number in election["ballots"].items()
    )


def standing(election: Mapping[str, Any]) -> list[int]:
    return [option for option in range(1, len(election["options"]) + 1) if option not in election["withdrawn"]]


def smith(election: Mapping[str, Any], options: Iterable[int]) -> set[int]:
    """The smallest group whose members beat all outside, by trying groups from the smallest up."""
    everyone = list(options)
    for size in range(1, len(everyone) + 1):
        for group in combinations(everyone, size):
            outside = set(everyone) - set(group)
            if all(margin(election, member, other) > 0 for member in group for other in outside):
                return set(group)
    return set()


def valid(election: Mapping[str, Any]) -> bool:
    return any(set(flat(ballot)) - set(election["withdrawn"]) for ballot in election["ballots"])


@given(elections("minimax"))
@examples(150)
def test_minimax_puts_options_in_the_order_of_their_worst_defeats(election: dict[str, Any]) -> None:
    counted = count("minimax", **election)
    if not valid(election):
        assert counted.winners == ()
        return
    options = standing(election)
    worst = {one: max([0, *(margin(election, other, one) for other in options)]) for one in options}

    assert {one: counted.stages[1].defeats[one - 1] for one in options} == worst
    assert sorted(counted.winners, key=lambda one: worst[one]) == list(counted.winners)
    left = set(options) - set(counted.winners)
    assert all(worst[one] <= worst[other] for one in counted.winners for other in left)
    assert len(counted.winners) == min(election["seats"], len(options))


@given(elections("tideman-alternative"))
@examples(150)
def test_the_tideman_alternative_strikes_one_after_the_other(election: dict[str, Any]) -> None:
    counted = count("tideman-alternative", **election)
    if not valid(election):
        assert counted.winners == ()
        return
    left = smith(election, standing(election))
    for stage in counted.stages[1:]:
        assert set(stage.smith) == left
        first = dict.fromkeys(left, 0)
        for ballot, number in election["ballots"].items():
            if among := [option for option in flat(ballot) if option in left]:
                first[among[0]] += number
        assert {option: stage.votes[option - 1] for option in left} == first
        (struck,) = stage.excluded
        assert first[struck] == min(first.values())
        left = smith(election, left - {struck})
    assert set(counted.winners) == left
    assert len(left) == 1


def test_minimax_elects_the_condorcet_loser_where_all_others_lose_by_more() -> None:
    """Three options in a circle of large majorities, all of which narrowly beat the fourth."""
    ballots = rows("4 ABCD, 4 BCAD, 4 CABD, 3 DABC, 3 DBCA, 3 DCAB")
    counted = count("minimax", options="ABCD", seats=1, ballots=ballots)

    assert counted.stages[0].condorcet_loser == 4
    assert counted.stages[1].defeats == (7, 7, 7, 3)
    assert counted.winners == (4,)
    assert counted.why == (
        "No option beats every other head to head, and no option's worst defeat is smaller than that of D,"
        " by 3 ballots."
    )


def test_the_tideman_alternative_spares_a_smith_set_of_few_first_preferences() -> None:
    """IRV excludes C, who beats both others, first; here nobody is struck."""
    ballots = rows("4 ACB, 4 BCA, 3 CAB")

    assert count("irv", options="ABC", seats=1, ballots=ballots).winners == (1,)
    counted = count("tideman-alternative", options="ABC", seats=1, ballots=ballots)
    assert counted.winners == (3,)
    assert len(counted.stages) == 1


def test_the_tideman_alternative_tells_who_was_struck() -> None:
    counted = count("tideman-alternative", options="ABCD", seats=1, ballots=rows("5 ABCD, 4 BCAD, 3 CABD"))

    assert counted.stages[1].smith == (1, 2, 3)
    assert counted.stages[1].votes == (5, 4, 3, 0)
    assert counted.stages[1].excluded == (3,)
    assert counted.winners == (1,)
    assert counted.why.endswith(
        "and A does once those with the fewest first preferences in the Smith set are struck: C."
    )


@pytest.mark.parametrize(
    ("ballots", "votes", "winner"),
    [
        ("6 A, 3 B, 2 C", [(6, 3, 2)], 1),
        ("5 ABC, 4 BCA, 3 CBA", [(5, 4, 3), (5, 7, 0)], 2),
        ("5 ABC, 4 BCA, 3 C", [(5, 4, 3), (5, 4, 0)], 1),
    ],
)
def test_the_contingent_vote(ballots: str, votes: list[tuple[int, ...]], winner: int) -> None:
    counted = count("contingent-vote", options="ABC", seats=1, ballots=rows(ballots))

    assert [stage.votes for stage in counted.stages] == votes
    assert counted.winners == (winner,)


def test_the_contingent_vote_excludes_all_but_two_at_once_where_irv_does_not() -> None:
    ballots = rows("7 A, 6 BC, 5 CDB, 4 DCB")

    assert count("irv", options="ABCD", seats=1, ballots=ballots).winners == (3,)
    assert count("contingent-vote", options="ABCD", seats=1, ballots=ballots).winners == (2,)


def test_who_goes_into_the_runoff_is_put_to_lot() -> None:
    ballots = rows("5 AB, 3 BA, 3 CA")
    drawn = {
        count("contingent-vote", options="ABC", seats=1, ballots=ballots, seed=bytes([n])).ties[0].order[0]
        for n in range(12)
    }

    assert drawn == {2, 3}


def test_reference_wigm_has_a_quota_with_decimals_and_cuts_twice() -> None:
    counted = count("wigm-stv", options="ABC", seats=2, ballots=rows("7 AB, 2 B, 1 C"))

    assert counted.in_votes(counted.quota) == "3.3334"
    assert [stage.action for stage in counted.stages] == ["first-preferences", "surplus"]
    # (1 × 3.6666) ÷ 7 = 0.52380, cut off: 0.5238 a paper.
    assert [counted.in_votes(units) for units in counted.stages[1].votes] == ["3.3334", "5.6666", "1.0000"]
    assert counted.winners == (1, 2)
