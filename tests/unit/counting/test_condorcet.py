"""The Condorcet rules: published examples, and naive orders over all pairs and all paths."""

from collections.abc import Mapping
from itertools import combinations, pairwise, permutations
from typing import Any

import pytest
from hypothesis import given

from ballotcast.counting import Count, Decides, count
from effort import examples

from .elections import elections, rows

CITIES = ("Memphis", "Nashville", "Chattanooga", "Knoxville")
TENNESSEE = rows("42 ABCD, 26 BCDA, 15 CDBA, 17 DCBA")

# M. Schulze (2011), example 1; Wikipedia, "Schulze method".
SCHULZE = rows("5 ACBED, 5 ADECB, 8 BEDAC, 3 CABED, 7 CAEBD, 2 CBADE, 7 DCEBA, 8 EBADC")

# Wikipedia, "Schulze method" and others: a circle, A beats B beats C beats A.
CIRCLE = rows("5 ABC, 4 BCA, 3 CAB")

RULES = ["schulze", "ranked-pairs"]


@pytest.mark.parametrize("method", ["condorcet", *RULES])
def test_tennessee_has_a_condorcet_winner_and_loser(method: str) -> None:
    """Wikipedia, "Condorcet method": Nashville beats Memphis 58:42, Chattanooga and Knoxville 68:32."""
    counted = count(method, options=CITIES, seats=1, ballots=TENNESSEE)
    assert counted.winners == (2,)
    first = counted.stages[0]
    assert first.matrix == ((0, 42, 42, 42), (58, 0, 68, 68), (58, 32, 0, 83), (58, 32, 17, 0))
    assert (first.votes, first.smith, first.condorcet_loser) == ((0, 3, 2, 1), (2,), 1)
    assert counted.why == "Nashville beats every other option head to head, the closest being Memphis by 58 to 42."


def test_schulze_s_own_example_stage_by_stage() -> None:
    counted = count("schulze", options="ABCDE", seats=5, ballots=SCHULZE)
    pairs, paths = counted.stages
    assert pairs.matrix == (
        (0, 20, 26, 30, 22),
        (25, 0, 16, 33, 18),
        (19, 29, 0, 17, 24),
        (15, 12, 28, 0, 14),
        (23, 27, 21, 31, 0),
    )
    assert paths.matrix == (
        (0, 28, 28, 30, 24),
        (25, 0, 28, 33, 24),
        (25, 29, 0, 29, 24),
        (25, 28, 28, 0, 24),
        (25, 28, 28, 31, 0),
    )
    assert counted.winners == (5, 1, 3, 2, 4)
    assert not counted.ties
    assert counted.why == (
        "No option beats every other head to head, but none has a stronger path of majorities to E than there is back;"
        " next in the order by strongest paths: A, C, B and D."
    )


def test_a_circle_has_no_condorcet_winner() -> None:
    counted = count("condorcet", options="ABC", seats=1, ballots=CIRCLE)
    assert (counted.winners, counted.ties, counted.stages[0].smith) == ((), (), (1, 2, 3))
    assert counted.why == "Nobody is elected: none of A, B and C beats every other option head to head."


def test_the_smallest_majority_of_a_circle_is_not_locked() -> None:
    """A beats B 8:4, B beats C 9:3, C beats A 7:5: the last contradicts the others."""
    counted = count("ranked-pairs", options="ABC", seats=3, ballots=CIRCLE)
    locked = [(pair.winner, pair.loser, pair.margin, pair.locked) for pair in counted.stages[1].majorities]
    assert locked == [(2, 3, 6, True), (1, 2, 4, True), (3, 1, 2, False)]
    assert counted.winners == (1, 2, 3)
    assert counted.as_json()["stages"][1]["majorities"][2] == {
        "winner": 3,
        "loser": 1,
        "votes": 7,
        "against": 5,
        "locked": False,
    }


def test_the_smith_set_leaves_out_whoever_loses_to_the_circle() -> None:
    counted = count("condorcet", options="ABCD", seats=1, ballots=rows("5 ABCD, 4 BCAD, 3 CABD"))
    assert (counted.stages[0].smith, counted.stages[0].condorcet_loser) == ((1, 2, 3), 4)
    assert counted.as_json()["stages"][0]["condorcet_loser"] == 4


@pytest.mark.parametrize("method", ["condorcet", *RULES])
def test_an_unranked_option_is_below_and_equal_ranks_prefer_neither(method: str) -> None:
    counted = count(method, options="ABCD", seats=1, ballots={(1, (2, 3)): 2, (4,): 1})
    assert counted.stages[0].matrix == ((0, 2, 2, 2), (0, 0, 0, 2), (0, 0, 0, 2), (1, 1, 1, 0))
    assert counted.winners == (1,)


@pytest.mark.parametrize("method", RULES)
def test_options_that_nothing_separates_go_to_the_tie_rule(method: str) -> None:
    drawn = {
        count(method, options="AB", seats=1, ballots=rows("3 AB, 3 BA"), seed=bytes([n])).winners for n in range(9)
    }
    assert drawn == {(1,), (2,)}
    counted = count(method, options="AB", seats=2, ballots=rows("3 AB, 3 BA"))
    assert [(tie.decides, tie.options) for tie in counted.ties] == [(Decides.ELECTION_ORDER, (1, 2))]


def test_equal_majorities_in_a_circle_go_to_lot() -> None:
    winners = set()
    for n in range(20):
        counted = count("ranked-pairs", options="ABC", seats=1, ballots=rows("1 ABC, 1 BCA, 1 CAB"), seed=bytes([n]))
        (tie,) = counted.ties
        assert (tie.decides, tie.options, tie.stage) == (Decides.MAJORITY, (1, 2, 3), 1)
        assert [pair.locked for pair in counted.stages[1].majorities] == [True, True, False]
        winners.add(counted.winners)
    assert winners == {(1,), (2,), (3,)}


def test_equal_majorities_that_can_all_be_locked_need_no_lot() -> None:
    counted = count("ranked-pairs", options="ABC", seats=3, ballots=rows("3 ABC"))
    assert (counted.winners, counted.ties) == ((1, 2, 3), ())


def prefer(election: Mapping[str, Any], one: int, other: int) -> int:
    """Ballot by ballot: how many rank `one` above `other`."""
    return sum(number for ballot, number in election["ballots"].items() if place(ballot, one) < place(ballot, other))


def place(ballot: Any, option: int) -> int:
    for at, rank in enumerate(ballot):
        if option == rank or (isinstance(rank, tuple) and option in rank):
            return at
    return 999


def standing_in(election: Mapping[str, Any]) -> list[int]:
    return [n for n, _ in enumerate(election["options"], 1) if n not in election["withdrawn"]]


@given(elections("condorcet"))
@examples(150)
def test_the_report_is_the_naive_one(election: dict[str, Any]) -> None:
    counted = count("condorcet", **election)
    if not counted.stages:
        return
    standing = standing_in(election)
    matrix = counted.stages[0].matrix
    assert all(matrix[a - 1][b - 1] == prefer(election, a, b) for a in standing for b in standing)

    def beats(a: int, b: int) -> bool:
        return prefer(election, a, b) > prefer(election, b, a)

    winners = [a for a in standing if all(beats(a, b) for b in standing if b != a)]
    assert list(counted.winners) == winners
    losers = [a for a in standing if len(standing) > 1 and all(beats(b, a) for b in standing if b != a)]
    assert [n for n in [counted.stages[0].condorcet_loser] if n] == losers
    dominating = (
        set(group)
        for size in range(1, len(standing) + 1)
        for group in combinations(standing, size)
        if all(beats(a, b) for a in group for b in standing if b not in group)
    )
    assert set(counted.stages[0].smith) == next(dominating)


def strongest(election: Mapping[str, Any], a: int, b: int) -> int:
    """The strongest of all paths, each looked at."""
    others = [n for n in standing_in(election) if n not in (a, b)]
    best = 0
    for length in range(len(others) + 1):
        for between in permutations(others, length):
            path = [a, *between, b]
            links = []
            for one, other in pairwise(path):
                votes = prefer(election, one, other)
                links.append(votes if votes > prefer(election, other, one) else 0)
            best = max(best, min(links))
    return best


@given(elections("schulze"))
@examples(40)
def test_schulze_s_paths_are_the_strongest_of_all(election: dict[str, Any]) -> None:
    election["options"] = election["options"][:5]
    election["ballots"] = {b: n for b, n in election["ballots"].items() if place(b, 6) == 999}
    election["withdrawn"] = {n for n in election["withdrawn"] if n < 6}
    counted = count("schulze", **election)
    if not counted.stages:
        return
    paths = {(a, b): strongest(election, a, b) for a in standing_in(election) for b in standing_in(election) if a != b}
    assert {pair: counted.stages[1].matrix[pair[0] - 1][pair[1] - 1] for pair in paths} == paths
    winner = counted.winners[0]
    assert all(paths[winner, other] >= paths[other, winner] for other in standing_in(election) if other != winner)


def naive_ranked_pairs(counted: Count, election: Mapping[str, Any]) -> set[tuple[int, int]]:
    """Lock majorities in the account's order; a lock is refused if a walk along the locked ones leads back."""
    locked: set[tuple[int, int]] = set()

    def leads(start: int, end: int) -> bool:
        return start == end or any(leads(b, end) for a, b in locked if a == start)

    for pair in counted.stages[1].majorities:
        if not leads(pair.loser, pair.winner):
            locked.add((pair.winner, pair.loser))
    return locked


@given(elections("ranked-pairs"))
@examples(150)
def test_ranked_pairs_locks_what_a_naive_walk_allows(election: dict[str, Any]) -> None:
    counted = count("ranked-pairs", **election)
    if not counted.stages:
        return
    pairs = counted.stages[1].majorities
    standing = standing_in(election)
    margins = {(a, b): prefer(election, a, b) - prefer(election, b, a) for a in standing for b in standing}
    assert {(pair.winner, pair.loser) for pair in pairs} == {pair for pair, margin in margins.items() if margin > 0}
    assert [pair.margin for pair in pairs] == sorted(
        (margin for margin in margins.values() if margin > 0), reverse=True
    )
    locked = naive_ranked_pairs(counted, election)
    assert {(pair.winner, pair.loser) for pair in pairs if pair.locked} == locked
    assert counted.winners[0] not in {loser for _, loser in locked}
