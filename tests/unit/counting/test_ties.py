"""Ties: by previous stages, by lot, never by the order of listing, always reported."""

import hashlib

import pytest

from ballotcast.counting import Decides, TieRule, count
from ballotcast.counting.ties import decide, lot

from .elections import rows


def test_the_lot_is_the_published_hash() -> None:
    """The preimage is written out here once, so that nobody changes it unnoticed."""
    expected = hashlib.sha256(b"ballotcast/lot/1\n" + bytes.fromhex("00ff") + b"board\n3\n12").digest()
    assert lot(bytes.fromhex("00ff"), "board", 3, 12) == expected


@pytest.mark.parametrize("seed", [bytes([n]) for n in range(8)])
def test_the_lowest_hash_takes_the_last_seat(seed: bytes) -> None:
    counted = count("plurality", options="ABC", seats=2, ballots={(1,): 3, (2,): 2, (3,): 2}, seed=seed, contest="x")
    first, second = sorted((2, 3), key=lambda option: lot(seed, "x", 1, option))
    assert counted.winners == (1, first)
    (tie,) = counted.ties
    assert (tie.stage, tie.decides, tie.options) == (1, Decides.SEAT, (2, 3))
    assert (tie.by, tie.order) == (TieRule.LOT, (first, second))


def test_seed_contest_and_stage_each_change_the_draw() -> None:
    winners = {
        (seed, contest): count(
            "plurality", options="ABCDEFGH", seats=1, ballots={(n,): 1 for n in range(1, 9)}, seed=seed, contest=contest
        ).winners
        for seed in (b"1", b"2", b"3")
        for contest in ("a", "b", "c")
    }
    assert len({winner for (_, contest), winner in winners.items() if contest == "a"}) > 1
    assert len({winner for (seed, _), winner in winners.items() if seed == b"1"}) > 1
    assert lot(b"", "c1", 1, 2) != lot(b"", "c1", 2, 2)


@pytest.mark.parametrize("seed", [bytes([n]) for n in range(8)])
def test_the_highest_hash_is_excluded(seed: bytes) -> None:
    counted = count("irv", options="ABC", seats=1, ballots=rows("3 A, 2 B, 2 C"), seed=seed)
    stays, goes = sorted((2, 3), key=lambda option: lot(seed, "c1", 1, option))
    assert counted.stages[1].excluded == (goes,)
    assert counted.ties[0].order == (stays, goes)
    assert (counted.ties[0].decides, counted.ties[0].by) == (Decides.EXCLUSION, TieRule.LOT)


# D goes out first; its paper lifts C from 3 to B's 4, so B and C are equal now, but B was ahead before.
OVERTAKEN = rows("6 A, 4 B, 3 C, 1 DC")


def test_previous_stages_exclude_whoever_was_behind() -> None:
    counted = count("irv", options="ABCD", seats=1, ballots=OVERTAKEN, tie="previous-stages")
    assert [stage.option for stage in counted.stages] == [0, 4, 3]
    (tie,) = counted.ties
    assert (tie.stage, tie.decides, tie.options) == (2, Decides.EXCLUSION, (2, 3))
    assert (tie.by, tie.order) == (TieRule.PREVIOUS_STAGES, (2, 3))


def test_under_lot_previous_stages_are_not_looked_at() -> None:
    excluded = {
        count("irv", options="ABCD", seats=1, ballots=OVERTAKEN, tie="lot", seed=bytes([n])).stages[2].option
        for n in range(20)
    }
    assert excluded == {2, 3}


def test_the_latest_stage_that_differs_decides() -> None:
    """B leads C at stage 1, C leads B at stage 2, they are equal at stage 3: stage 2 counts, so B is excluded."""
    ballots = rows("9 A, 5 B, 4 C, 2 DC, 2 EB, 1 EC")
    counted = count("irv", options="ABCDE", seats=1, ballots=ballots, tie="previous-stages")
    assert [stage.votes[1:3] for stage in counted.stages[:3]] == [(5, 4), (5, 6), (7, 7)]
    assert counted.ties[0].order == (3, 2)
    assert counted.stages[3].option == 2


def test_three_tied_are_compared_further_back_among_those_still_equal() -> None:
    """Stage 3: B, C, D have 5 each. Stage 2: 4, 4, 5, so D is safe. Stage 1: B 4, C 3, so C is excluded."""
    ballots = rows("6 A, 4 B, 3 C, 5 D, 1 EC, 1 FB, 1 FC")
    counted = count("scottish-stv", options="ABCDEF", seats=3, ballots=ballots, tie="previous-stages")
    assert [stage.option for stage in counted.stages] == [0, 5, 6, 3]
    assert [stage.votes[1:4] for stage in counted.stages[:3]] == [
        (400000, 300000, 500000),
        (400000, 400000, 500000),
        (500000, 500000, 500000),
    ]
    assert (counted.ties[0].order, counted.ties[0].by) == ((4, 2, 3), TieRule.PREVIOUS_STAGES)


def test_equal_surpluses_go_by_previous_stages() -> None:
    """E's papers lift C and D to 12, over the quota of 11; C was ahead before, so its surplus is transferred first."""
    ballots = rows("10 CA, 9 DB, 2 EC, 3 ED, 9 A, 8 B")
    counted = count("scottish-stv", options="ABCDE", seats=3, ballots=ballots, tie="previous-stages", seed=b"s")
    surplus_ties = [tie for tie in counted.ties if tie.decides == Decides.SURPLUS]
    assert [(tie.order, tie.by) for tie in surplus_ties] == [((3, 4), TieRule.PREVIOUS_STAGES)]


def test_equal_from_the_first_stage_on_goes_to_lot_and_says_so() -> None:
    order = {}
    for n in range(12):
        seed = bytes([n])
        counted = count(
            "scottish-stv", options="ABC", seats=2, ballots=rows("5 AC, 5 BC, 1 C"), tie="previous-stages", seed=seed
        )
        tie = counted.ties[0]
        assert (tie.decides, tie.by) == (Decides.ELECTION_ORDER, TieRule.LOT)
        assert counted.winners == tie.order == tuple(sorted((1, 2), key=lambda option: lot(seed, "c1", 1, option)))
        order[seed] = counted.winners
    assert len(set(order.values())) == 2


# Options 1 and 2 were equal at the stage before, too; 3 was behind them, 4 ahead.
EARLIER = [(4, 4, 3, 5)]


@pytest.mark.parametrize(
    ("tied", "places", "by"),
    [
        ({1, 2, 3}, 2, TieRule.PREVIOUS_STAGES),
        ({1, 2, 3}, 1, TieRule.LOT),
        ({1, 2, 3}, 3, TieRule.LOT),
        ({1, 2, 4}, 1, TieRule.PREVIOUS_STAGES),
        ({1, 2, 4}, 2, TieRule.LOT),
        ({1, 3, 4}, 3, TieRule.PREVIOUS_STAGES),
        ({1, 2}, 1, TieRule.LOT),
    ],
)
def test_a_lot_is_reported_only_where_it_decided(tied: set[int], places: int, by: TieRule) -> None:
    def settle(earlier: list[tuple[int, ...]]) -> str:
        return decide(tied, Decides.SEAT, places, stage=2, earlier=earlier, seed=b"", contest="c1").by

    assert settle(EARLIER) == by
    assert settle([]) == TieRule.LOT
