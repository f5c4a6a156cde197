"""Meek STV: published figures to the ninth decimal, and a naive count ballot by ballot in fractions."""

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations
from typing import Any

from hypothesis import given

from ballotcast.counting import Action, Count, Decides, Separator, count
from effort import examples

from .elections import elections, rows
from .naive import best_of, papers_of, standing_in, step, worst_of

# B. A. Wichmann, "The computational accuracy using the Meek algorithm", Voting matters 12 (2000). A, B, then X, Y, Z.
VOTING_MATTERS_12 = rows("333 AC, 333 AD, 333 AE, 333 BC, 333 BD, 333 BE, 667 C, 667 D, 667 E, 1 ABC, 1 ABD, 2 BAC")


def by_meek(ballots: dict[tuple[Any, ...], int], seats: int, options: str = "ABCD", **settings: Any) -> Count:
    return count("meek-stv", options=options, seats=seats, ballots=ballots, **settings)


def test_voting_matters_12_to_the_ninth_decimal() -> None:
    """The figures are those of the program Droop (rule meek-prf), whose random order excluded X, Y or Z as X."""
    runs = (by_meek(VOTING_MATTERS_12, 3, "ABXYZ", seed=bytes([n])) for n in range(40))
    counted = next(run for run in runs if run.stages[2].excluded == (3,))
    first, second, third = counted.as_json()["stages"]
    assert first["votes"] == ["1001.000000000"] * 2 + ["667.000000000"] * 3
    assert (first["quota"], first["elected"]) == ("1000.750000001", counted.as_json()["stages"][0]["elected"])
    assert second["votes"] == ["1000.750000126"] * 2 + ["667.166666686", "667.166666562", "667.166666500"]
    assert second["keep_factors"][:3] == ["0.999749750", "0.999749750", "1.000000000"]
    assert third["votes"] == ["800.584418564", "800.584418564", "0.000000000", "800.596982770", "800.556768208"]
    assert (third["quota"], third["non_transferable"]) == ("800.580647027", "800.677411894")
    assert third["keep_factors"][:3] == ["0.799464312", "0.799464312", "0.000000000"]
    assert (set(counted.winners[:2]), counted.winners[2]) == ({1, 2}, 4)
    assert [stage.action for stage in counted.stages] == [
        Action.FIRST_PREFERENCES,
        Action.KEEP_FACTORS,
        Action.EXCLUSION,
    ]
    (_, tie) = counted.ties
    assert (tie.decides, tie.options, tie.by, tie.order[-1]) == (Decides.EXCLUSION, (3, 4, 5), Separator.LOT, 3)


def test_within_the_last_surplus_is_a_tie_or_not_to_the_last_unit() -> None:
    """Droop's test 513 by meek-prf: B has 2.999999995, C 3, the surplus left is 0.000000004, so B goes without lot."""
    counted = by_meek(rows("5 AB, 1 B, 3 C"), 2, "ABC")
    second = counted.as_json()["stages"][1]
    assert second["votes"][:3] == ["3.000000005", "2.999999995", "3.000000000"]
    assert second["keep_factors"][0] == "0.600000001"
    assert (counted.winners, counted.ties) == ((1, 3), ())
    assert counted.why == "The quota (at the end 2.000000002 votes) was reached by A at stage 1 and C at stage 3."


def test_an_excluded_option_s_ballots_count_as_if_it_had_not_been_on_them() -> None:
    with_it = by_meek(rows("10 ACB, 6 D, 5 B, 1 CB"), 2)
    without = by_meek(rows("10 AB, 6 D, 5 B, 1 B"), 2)
    assert [stage.excluded for stage in with_it.stages] == [(), (), (3,)]
    assert with_it.winners == without.winners == (1, 2)
    assert with_it.stages[-1].votes[1] // 1000 == without.stages[-1].votes[1] // 1000 == 8_666_666


def test_the_last_seats_go_to_those_left() -> None:
    counted = by_meek(rows("6 A, 2 B, 1 C"), 3, "ABC")
    assert (counted.winners, len(counted.stages)) == ((1, 2, 3), 1)
    assert counted.why == (
        "The quota (at the end 2.250000001 votes) was reached by A at stage 1, and B and C took the last seats, because"
        " no more options were left than seats."
    )


def test_equal_ranks_are_every_order_of_the_options_each_a_part_of_the_vote() -> None:
    """As two halves: what A does not keep goes to B, and the other way round."""
    tied = by_meek({((1, 2), 3): 12, (3,): 3, (4,): 3}, 2).as_json()["stages"]
    halves = by_meek(rows("6 ABC, 6 BAC, 3 C, 3 D"), 2).as_json()["stages"]
    assert tied[0]["votes"] == halves[0]["votes"] == ["6.000000000", "6.000000000", "3.000000000", "3.000000000"]
    assert (tied[0]["quota"], tied[0]["elected"]) == (halves[0]["quota"], halves[0]["elected"]) == ("6.000000001", [])


def test_three_equal_options_get_the_same_and_what_is_cut_off_is_told() -> None:
    [stage, *_] = by_meek({((1, 2, 3),): 1, (4,): 1}, 1, seed=b"1").as_json()["stages"]
    assert stage["votes"] == ["0.333333333"] * 3 + ["1.000000000"]
    assert stage["non_transferable"] == "0.000000001"


def test_an_elected_option_passes_on_to_its_equal_before_the_next_rank() -> None:
    """30 ballots rank A and B equally: A keeps half of each of its own, and what it does not keep is B's, not C's."""
    counted = by_meek({((1, 2), 3): 30, (1,): 30, (3,): 12, (4,): 5}, 2)
    first, second = counted.as_json()["stages"][:2]
    assert (first["votes"], first["elected"]) == (["45.000000000", "15.000000000", "12.000000000", "5.000000000"], [1])
    gained = [Fraction(second["votes"][at]) - Fraction(first["votes"][at]) for at in range(4)]
    assert gained[1] > 0 == gained[2]


UNIT = Fraction(1, 10**9)


def up(value: Fraction) -> Fraction:
    return math.ceil(value / UNIT) * UNIT


def parts(rank: Any, weight: Fraction, keep: dict[int, Fraction]) -> dict[int, Fraction]:
    """What each option of a rank gets: one alone rounded up, several order by order, their sums cut off."""
    if isinstance(rank, int):
        return {rank: up(weight * keep[rank])}
    among = [option for option in rank if keep[option]]
    if len(among) < 2:
        return {option: up(weight * keep[option]) for option in among}
    exact = dict.fromkeys(among, Fraction(0))
    orders = list(permutations(among))
    for order in orders:
        left = weight / len(orders)
        for option in order:
            exact[option] += left * keep[option]
            left -= left * keep[option]
    return {option: math.floor(part / UNIT) * UNIT for option, part in exact.items()}


def naive_meek(election: Mapping[str, Any]) -> tuple[list[Any], list[int]]:
    """The Reference Meek Rule line by line, every ballot paper on its own."""
    papers = papers_of(election)
    if not papers:
        return [], []
    seats = election["seats"]
    hopeful = standing_in(election)
    everybody = set(hopeful)
    keep = dict.fromkeys(hopeful, Fraction(1))
    winners: list[int] = []
    steps: list[Any] = []
    moved = 0
    while True:
        last = None
        while True:
            votes = dict.fromkeys(everybody, Fraction(0))
            for paper in papers:
                weight = Fraction(1)
                for rank in paper.preferences:
                    kept = parts(rank, weight, keep)
                    for option, part in kept.items():
                        votes[option] += part
                    weight -= sum(kept.values())
                    if not hopeful.isdisjoint(kept):
                        break
            quota = math.floor(sum(votes.values()) / (seats + 1) / UNIT) * UNIT + UNIT
            reached = {option for option in hopeful if votes[option] >= quota}
            surplus = max(Fraction(0), sum((votes[option] - quota for option in winners), Fraction(0)))
            if (
                len(hopeful) <= seats - len(winners)
                or reached
                or surplus < Fraction(1, 10**6)
                or (last is not None and surplus >= last)
            ):
                break
            last = surplus
            for option in winners:
                keep[option] = up(up(keep[option] * quota) / votes[option])
        steps.append(step(papers, set(), moved))
        steps[-1].votes = votes
        if len(hopeful) <= seats - len(winners):
            reached = set(hopeful)
        moved = 0
        while reached:
            most = max(votes[option] for option in reached)
            first = best_of(election, steps, {option for option in reached if votes[option] == most})
            winners.append(first)
            reached.remove(first)
            hopeful.remove(first)
            moved = -1
        if len(winners) == seats or not hopeful:
            return steps, winners
        if moved:
            moved = 0
            continue
        fewest = min(votes[option] for option in hopeful)
        moved = worst_of(election, steps, {option for option in hopeful if votes[option] <= fewest + surplus})
        hopeful.remove(moved)
        keep[moved] = Fraction(0)


@given(elections("meek-stv"))
@examples(60)
def test_every_stage_is_the_naive_count_s(election: dict[str, Any]) -> None:
    counted = count("meek-stv", **election)
    steps, winners = naive_meek(election)
    assert list(counted.winners) == winners
    assert [stage.option for stage in counted.stages] == [step.moved for step in steps]
    for stage, naive in zip(counted.stages, steps, strict=True):
        votes = {option: Fraction(units, 10**9) for option, units in enumerate(stage.votes, 1)}
        assert votes == dict.fromkeys(votes, 0) | naive.votes
