"""Every rule, stage by stage, against a naive count of the same election."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import RULES, Count, count
from effort import examples

from . import naive
from .elections import elections, renamed
from .naive_ers97 import ers97

# What is counted here with ballot papers, one by one. Rules that add up figures have naive counts of their own.
NAIVE: Mapping[str, Callable[[Mapping[str, Any]], tuple[list[naive.Step], list[int]]]] = {
    "plurality": naive.votes_per_name,
    "approval": naive.votes_per_name,
    "irv": naive.instant_runoff,
    "scottish-stv": naive.scottish,
    "wigm-stv": naive.wigm,
    "ers97": ers97,
    "contingent-vote": naive.contingent,
}


def in_votes(counted: Count, units: int) -> Fraction:
    return Fraction(units, counted.unit)


@pytest.mark.parametrize("method", NAIVE)
@given(data=st.data())
@examples(150)
def test_every_stage_is_the_naive_count_s(method: str, data: st.DataObject) -> None:
    election = data.draw(elections(method))
    counted = count(method, **election)
    steps, winners = NAIVE[method](election)
    assert list(counted.winners) == winners
    assert [stage.option for stage in counted.stages] == [step.moved for step in steps]
    for stage, step in zip(counted.stages, steps, strict=True):
        given_votes = {option: in_votes(counted, units) for option, units in enumerate(stage.votes, start=1)}
        assert given_votes == dict.fromkeys(given_votes, 0) | step.votes
        assert in_votes(counted, stage.non_transferable) == step.non_transferable
        if method in ("scottish-stv", "wigm-stv", "ers97"):
            assert list(stage.elected) == step.elected


@pytest.mark.parametrize("method", ["irv", "contingent-vote", "scottish-stv", "wigm-stv", "ers97", "meek-stv"])
@given(data=st.data())
@examples(40)
def test_no_vote_appears_or_disappears(method: str, data: st.DataObject) -> None:
    counted = count(method, **data.draw(elections(method)))
    before = None
    for stage in counted.stages:
        whole = counted.valid * counted.unit
        assert sum(stage.votes) + stage.non_transferable + stage.rounding == whole
        if before and method != "meek-stv":
            moved = dict(stage.transferred)
            received = {
                option: after - earlier
                for option, (after, earlier) in enumerate(zip(stage.votes, before.votes, strict=True), start=1)
                if option != stage.option and after != earlier and (after or method != "contingent-vote")
            }
            assert received == {option: units for option, units in moved.items() if units}
        before = stage


@pytest.mark.parametrize("method", RULES)
@given(data=st.data())
@examples(25)
def test_the_order_of_the_ballots_changes_nothing(method: str, data: st.DataObject) -> None:
    election = data.draw(elections(method))
    shuffled = dict(data.draw(st.permutations(list(election["ballots"].items()))))
    assert count(method, **election | {"ballots": shuffled}) == count(method, **election)


@pytest.mark.parametrize("method", RULES)
@given(data=st.data())
@examples(40)
def test_without_a_lot_renumbered_options_win_just_the_same(method: str, data: st.DataObject) -> None:
    election = data.draw(elections(method))
    size = len(election["options"])
    renumbered = dict(zip(range(1, size + 1), data.draw(st.permutations(range(1, size + 1))), strict=True))

    def rename(ballot: Any) -> tuple[Any, ...]:
        return renamed(RULES[method].ballot, ballot, renumbered)

    other = election | {
        "ballots": {rename(ballot): number for ballot, number in election["ballots"].items()},
        "withdrawn": {renumbered[option] for option in election["withdrawn"]},
    }
    first, second = count(method, **election), count(method, **other)
    if all(tie.by != "lot" for tie in first.ties):
        assert tuple(renumbered[option] for option in first.winners) == second.winners
        for one, two in zip(first.stages, second.stages, strict=True):
            assert [one.votes[option - 1] for option in renumbered] == [
                two.votes[option - 1] for option in renumbered.values()
            ]
