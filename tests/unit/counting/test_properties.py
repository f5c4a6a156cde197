"""What each rule is known to guarantee, and a counter-example for each guarantee that it is known to lack."""

from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import RULES, count
from effort import examples

from .elections import rankings, rows
from .properties import (
    Ballots,
    Property,
    elects_a_majority_s_first,
    elects_the_condorcet_winner,
    independent_of_clones,
    later_preferences_do_no_harm,
    monotonic,
    reversal_changes_the_winner,
    spares_the_condorcet_loser,
    voting_does_no_harm,
)
from .test_scores import scored

HAS: dict[str, tuple[Property, ...]] = {
    "plurality": (monotonic, voting_does_no_harm),
    "approval": (monotonic, voting_does_no_harm),
    "cumulative": (monotonic, voting_does_no_harm),
    "score": (monotonic, voting_does_no_harm),
    "star": (monotonic, spares_the_condorcet_loser),
    "majority-judgment": (monotonic,),
    "borda": (monotonic, spares_the_condorcet_loser, voting_does_no_harm, reversal_changes_the_winner),
    "modified-borda": (monotonic, voting_does_no_harm, later_preferences_do_no_harm),
    "condorcet": (monotonic, elects_the_condorcet_winner, spares_the_condorcet_loser, elects_a_majority_s_first),
    "schulze": (
        monotonic,
        elects_the_condorcet_winner,
        spares_the_condorcet_loser,
        elects_a_majority_s_first,
        independent_of_clones,
        reversal_changes_the_winner,
    ),
    "ranked-pairs": (
        monotonic,
        elects_the_condorcet_winner,
        spares_the_condorcet_loser,
        elects_a_majority_s_first,
        independent_of_clones,
        reversal_changes_the_winner,
    ),
    "minimax": (monotonic, elects_the_condorcet_winner, elects_a_majority_s_first),
    "tideman-alternative": (
        elects_the_condorcet_winner,
        spares_the_condorcet_loser,
        elects_a_majority_s_first,
        independent_of_clones,
    ),
    "ers97": (spares_the_condorcet_loser, elects_a_majority_s_first, later_preferences_do_no_harm),
    "contingent-vote": (spares_the_condorcet_loser, elects_a_majority_s_first, later_preferences_do_no_harm),
    **dict.fromkeys(
        ("irv", "scottish-stv", "wigm-stv", "meek-stv"),
        (
            spares_the_condorcet_loser,
            elects_a_majority_s_first,
            independent_of_clones,
            later_preferences_do_no_harm,
        ),
    ),
}

# Found by search; each election breaks the property under the rule.
LACKS: list[tuple[str, Property, Ballots]] = [
    ("approval", elects_the_condorcet_winner, {(1, 3): 7, (1, 2, 3): 5, (3,): 5, (1,): 4}),
    ("cumulative", elects_the_condorcet_winner, {((1, 3), (2, 2)): 2, ((2, 5),): 1}),
    ("cumulative", elects_a_majority_s_first, {((1, 3), (2, 2)): 2, ((2, 5),): 1}),
    ("score", elects_the_condorcet_winner, scored("5 524, 4 125")),
    ("score", elects_a_majority_s_first, scored("5 504, 6 153")),
    ("star", elects_the_condorcet_winner, scored("6 052, 4 113, 7 512")),
    ("star", elects_a_majority_s_first, scored("6 543, 5 054")),
    ("star", voting_does_no_harm, scored("2 315, 5 513, 4 235, 3 001, 6 550, 5 435")),
    ("majority-judgment", elects_the_condorcet_winner, scored("5 023, 7 455, 6 151, 7 223")),
    ("majority-judgment", elects_a_majority_s_first, scored("7 030, 6 004, 6 153, 6 354, 7 425")),
    ("majority-judgment", spares_the_condorcet_loser, scored("3 513, 7 544, 3 150, 1 054, 6 003")),
    ("majority-judgment", voting_does_no_harm, scored("7 011, 2 514, 3 502, 7 340, 2 045")),
    ("borda", elects_the_condorcet_winner, rows("7 ABC, 1 CAB, 5 BCA")),
    ("borda", elects_a_majority_s_first, rows("7 ABC, 6 BCA")),
    ("borda", independent_of_clones, rows("5 CAB, 4 A")),
    ("borda", later_preferences_do_no_harm, rows("7 ACB, 6 CBA, 4 CAB, 3 ABC, 1 A")),
    ("modified-borda", elects_a_majority_s_first, rows("6 A, 5 BCA")),
    ("modified-borda", independent_of_clones, rows("6 B, 4 ABC, 7 CAB, 1 BAC")),
    ("schulze", later_preferences_do_no_harm, rows("7 B, 1 ABC, 6 CAB, 2 ACB")),
    ("schulze", voting_does_no_harm, rows("2 CAB, 6 A, 6 CBA, 3 BAC, 4 BCA")),
    ("ranked-pairs", later_preferences_do_no_harm, rows("7 B, 2 A, 3 CAB, 7 CBA, 4 ABC")),
    ("ranked-pairs", voting_does_no_harm, rows("3 C, 5 BDAC, 4 CBD, 5 DACB, 1 ACBD, 7 ACDB")),
    ("minimax", spares_the_condorcet_loser, rows("4 ABCD, 4 BCAD, 4 CABD, 3 DABC, 3 DBCA, 3 DCAB")),
    ("minimax", later_preferences_do_no_harm, rows("3 CDAB, 4 BACD, 7 ACDB, 4 DCBA, 7 BDCA")),
    ("minimax", voting_does_no_harm, rows("6 BADC, 5 BA, 7 CDBA, 5 DABC, 6 ACDB")),
    ("minimax", reversal_changes_the_winner, rows("4 ABCD, 4 BCAD, 4 CABD, 3 DABC, 3 DBCA, 3 DCAB")),
    ("tideman-alternative", monotonic, rows("1 BAC, 6 BCA, 3 CBA, 6 ABC, 5 CA")),
    ("tideman-alternative", later_preferences_do_no_harm, rows("3 CDAB, 4 BACD, 7 ACDB, 4 DCBA, 7 BDCA")),
    ("tideman-alternative", voting_does_no_harm, rows("1 CB, 7 AB, 2 ABC, 5 CA, 5 BCA")),
    ("tideman-alternative", reversal_changes_the_winner, rows("4 BCDA, 4 CDAB, 3 ABDC")),
    ("contingent-vote", monotonic, rows("7 AC, 3 CAB, 5 CBA, 1 ABC, 7 BAC")),
    ("contingent-vote", elects_the_condorcet_winner, rows("3 CDAB, 4 BACD, 7 ACDB, 4 DCBA, 7 BDCA")),
    ("contingent-vote", independent_of_clones, rows("2 ABCD, 3 DA, 5 ADBC, 4 CA, 5 CABD, 3 DC")),
    ("contingent-vote", voting_does_no_harm, rows("7 CADB, 2 ADBC, 7 BDAC, 4 DCAB, 4 ABCD")),
    ("contingent-vote", reversal_changes_the_winner, rows("4 BDAC, 4 CBAD, 2 DCAB")),
    ("wigm-stv", monotonic, rows("7 AC, 3 CAB, 5 CBA, 1 ABC, 7 BAC")),
    ("wigm-stv", elects_the_condorcet_winner, rows("4 ABC, 1 BCA, 4 CB")),
    ("wigm-stv", voting_does_no_harm, rows("7 CADB, 2 ADBC, 7 BDAC, 4 DCAB, 4 ABCD")),
    ("ers97", monotonic, rows("7 AC, 3 CAB, 5 CBA, 1 ABC, 7 BAC")),
    ("ers97", elects_the_condorcet_winner, rows("4 ABC, 1 BCA, 4 CB")),
    # A has exactly half of the votes, which is the quota; with a clone next to it nobody has.
    ("ers97", independent_of_clones, rows("7 A, 7 AB, 4 ABC, 5 BC, 6 C, 7 CB")),
    ("ers97", voting_does_no_harm, rows("7 CADB, 2 ADBC, 7 BDAC, 4 DCAB, 4 ABCD")),
    ("irv", monotonic, rows("6 CBA, 5 ACB, 7 BAC, 2 ABC")),
    ("irv", elects_the_condorcet_winner, rows("4 BCA, 3 CBA, 4 ACB")),
    ("irv", voting_does_no_harm, rows("4 CBA, 4 ACB, 5 CB, 7 BAC, 4 AC")),
    ("irv", reversal_changes_the_winner, rows("6 BAC, 7 CBA, 2 ACB")),
    ("scottish-stv", monotonic, rows("6 ACB, 7 BCA, 3 B, 2 ABC, 7 CBA")),
    ("scottish-stv", elects_the_condorcet_winner, rows("5 BAC, 1 A, 1 ACB, 5 CAB")),
    ("scottish-stv", voting_does_no_harm, rows("6 BCA, 2 CBA, 7 ABC, 5 CA, 2 BAC, 4 CAB")),
    ("meek-stv", monotonic, rows("1 BAC, 6 BCA, 3 CBA, 6 ABC, 5 CA")),
    ("meek-stv", elects_the_condorcet_winner, rows("6 CAB, 1 CB, 6 BAC, 3 ACB")),
    ("meek-stv", voting_does_no_harm, rows("6 CBA, 7 AC, 7 BAC, 2 ACB, 1 A")),
]

OPTIONS = 4


def name(value: Any) -> str | None:
    return getattr(value, "__name__", None) or (value if isinstance(value, str) else "")


def ballots_for(method: str, has: Property) -> st.SearchStrategy[Any]:
    if RULES[method].ballot == "points":
        given = st.lists(st.integers(1, OPTIONS), min_size=1, max_size=4)
        ballot: st.SearchStrategy[Any] = given.map(lambda points: tuple(sorted(Counter(points).items())))
    elif RULES[method].ballot == "scores":
        ballot = st.tuples(*[st.integers(0, 5)] * OPTIONS).map(lambda row: tuple(enumerate(row, 1)))
    elif method == "plurality":
        ballot = st.integers(1, OPTIONS).map(lambda option: (option,))
    elif RULES[method].ballot == "choice":
        ballot = rankings(OPTIONS).map(lambda ranking: tuple(sorted(ranking)))
    elif has is reversal_changes_the_winner:
        ballot = st.permutations(range(1, OPTIONS + 1)).map(tuple)
    else:
        ballot = rankings(OPTIONS)
    return st.dictionaries(ballot, st.integers(1, 9), max_size=7)


@pytest.mark.parametrize(
    ("method", "has"), [(method, has) for method, all_it_has in HAS.items() for has in all_it_has], ids=name
)
@given(data=st.data())
@examples(40)
def test_a_rule_has_the_property(method: str, has: Property, data: st.DataObject) -> None:
    assert all(has(method, data.draw(ballots_for(method, has)), OPTIONS))


@pytest.mark.parametrize(("method", "lacks", "ballots"), LACKS, ids=name)
def test_a_rule_lacks_the_property(method: str, lacks: Property, ballots: Ballots) -> None:
    options = 4 if any(4 in ballot for ballot in ballots) else 3
    assert not all(lacks(method, ballots, options))


@pytest.mark.parametrize("has", [monotonic, elects_the_condorcet_winner, independent_of_clones], ids=name)
def test_the_properties_are_tried_at_all(has: Property) -> None:
    """A property that skips every change would hold of everything."""
    assert any(has("schulze", rows("5 ABC, 4 BAC, 2 CAB"), 3))


def test_plurality_can_elect_whom_every_other_beats() -> None:
    """Tennessee: Memphis is the Condorcet loser of the rankings behind these votes."""
    tennessee = rows("42 ABCD, 26 BCDA, 15 CDBA, 17 DCBA")
    first = {ballot[:1]: number for ballot, number in tennessee.items()}
    assert count("plurality", options="ABCD", seats=1, ballots=first).winners == (1,)
    assert count("condorcet", options="ABCD", seats=1, ballots=tennessee).stages[0].condorcet_loser == 1


def solid_for(ballots: Ballots, coalition: set[int]) -> int:
    """How many ballots rank all of a coalition before anyone else."""
    return sum(number for ballot, number in ballots.items() if set(ballot[: len(coalition)]) == coalition)


@pytest.mark.parametrize("method", ["scottish-stv", "wigm-stv", "ers97", "meek-stv"])
@given(ballots=st.dictionaries(rankings(5), st.integers(1, 30), min_size=1, max_size=7), seats=st.integers(1, 4))
@examples(80)
def test_stv_is_proportional_for_solid_coalitions(method: str, ballots: Ballots, seats: int) -> None:
    """M. Dummett (1984): who fill a quota k times together elect k of theirs, as far as they have so many."""
    counted = count(method, options="ABCDE", seats=seats, ballots=ballots)
    quota = counted.valid // (seats + 1) + 1
    for size in range(1, 6):
        for coalition in combinations(range(1, 6), size):
            due = min(size, solid_for(ballots, set(coalition)) // quota)
            assert len(set(coalition) & set(counted.winners)) >= due


def justly_represented(ballots: Ballots, seats: int, winners: tuple[int, ...]) -> bool:
    """Aziz et al. (2017): of any n/k voters who agree on an option, one has an elected option."""
    voters = sum(number for ballot, number in ballots.items() if ballot)
    forgotten = {option: 0 for ballot in ballots for option in ballot}
    for ballot, number in ballots.items():
        for option in ballot:
            forgotten[option] += number if not set(ballot) & set(winners) else 0
    return all(number * seats < voters for number in forgotten.values() if number)


approvals = st.dictionaries(
    rankings(5).map(lambda ranking: tuple(sorted(ranking))).filter(bool), st.integers(1, 9), min_size=1, max_size=7
)


@given(ballots=approvals, seats=st.integers(1, 4))
@examples(80)
def test_proportional_approval_represents_justly(ballots: Ballots, seats: int) -> None:
    counted = count("proportional-approval", options="ABCDE", seats=seats, ballots=ballots)
    assert justly_represented(ballots, seats, counted.winners)


BLOCKS: Ballots = {(1, 2, 3): 6, (4,): 3}
SPREAD: Ballots = {(1,): 3, (2,): 3, (3, 4, 5): 6}


@pytest.mark.parametrize(
    ("method", "ballots", "seats"), [("approval", BLOCKS, 3), ("satisfaction-approval", SPREAD, 2)]
)
def test_sums_of_approvals_do_not(method: str, ballots: Ballots, seats: int) -> None:
    """Three of nine voters get none of three seats; half of the voters, divided over three options, none of two."""
    winners = count(method, options="ABCDE", seats=seats, ballots=ballots).winners
    assert not justly_represented(ballots, seats, winners)


def test_every_rule_s_properties_are_tested() -> None:
    tested = {*HAS, "proportional-approval", "satisfaction-approval"}
    assert tested | {"sequential-proportional-approval"} == set(RULES)
