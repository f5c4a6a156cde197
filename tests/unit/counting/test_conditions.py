"""Quorum, threshold and none of the above, over counts of every kind."""

from fractions import Fraction
from typing import Any

import pytest

from ballotcast.counting import RULES, Count, count
from ballotcast.counting.conditions import SHARED, Conditions, Part, Unmet, Whole, conclude, require_applicable

from .elections import aggregate, cast_as, rows


def counted(method: str = "plurality", seats: int = 1, ballots: Any = None, options: str = "ABC") -> Count:
    given = rows("5 A, 3 B, 2 C") if ballots is None else ballots
    cast = aggregate((cast_as(RULES[method].ballot, ballot, 3), number) for ballot, number in given.items())
    return count(method, options=options, seats=seats, ballots=cast)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1/3", Part(Fraction(1, 3))),
        ("40%", Part(Fraction(2, 5))),
        ("0.4", Part(Fraction(2, 5))),
        (" > 1/2 ", Part(Fraction(1, 2), more=True)),
        (">33.5%", Part(Fraction(335, 1000), more=True)),
        ("0", Part(Fraction(0))),
        ("100%", Part(Fraction(1))),
    ],
)
def test_parts_are_read_exactly(text: str, part: Part) -> None:
    assert Part.parse(text) == part


@pytest.mark.parametrize("text", ["", "half", "2", "101%", "-1/2", "1/0", ">=1/2", "1/2/3", "1e-3", "٣%"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"part such as|more than the whole"):
        Part.parse(text)


@pytest.mark.parametrize(
    ("quorum", "voters", "elected"),
    [("1/2", 20, (1,)), (">1/2", 20, ()), ("1/2", 21, ()), ("0", 21, (1,)), ("0", 0, ())],
)
def test_below_the_quorum_nobody_is_elected(quorum: str, voters: int, elected: tuple[int, ...]) -> None:
    outcome = conclude(counted(), Conditions(quorum=Part.parse(quorum)), voters=voters)
    assert (outcome.elected, outcome.vacant) == (elected, 1 - len(elected))
    assert bool(outcome.reasons) != bool(elected)


def test_blank_and_spoilt_ballots_count_for_the_quorum() -> None:
    result = count("plurality", options="AB", seats=1, ballots={(1,): 1, (): 1, (7,): 1})
    assert conclude(result, Conditions(quorum=Part.parse("3/4")), voters=4).elected == (1,)
    assert conclude(result, Conditions(quorum=Part.parse(">3/4")), voters=4).reasons == (
        "3 of 4 voted, and not more than 3/4: nobody is elected.",
    )


@pytest.mark.parametrize(("threshold", "elected"), [("1/2", (1,)), (">1/2", ()), ("3/10", (1, 2)), (">30%", (1,))])
def test_a_share_of_the_valid_ballots_is_needed(threshold: str, elected: tuple[int, ...]) -> None:
    outcome = conclude(counted(seats=2), Conditions(threshold=Part.parse(threshold)))
    assert (outcome.elected, outcome.vacant) == (elected, 2 - len(elected))


def test_the_share_is_that_of_the_stage_of_election() -> None:
    result = counted("irv", ballots=rows("4 A, 3 BC, 3 CB"))
    assert conclude(result, Conditions(threshold=Part.parse("60%"))).elected == result.winners
    assert conclude(result, Conditions(threshold=Part.parse(">60%"))).elected == ()
    stv = counted("scottish-stv", seats=2, ballots=rows("6 AB, 3 B, 2 C"))
    assert conclude(stv, Conditions(threshold=Part.parse("4/11"))).elected == stv.winners


@pytest.mark.parametrize("method", [method for method in RULES if method not in SHARED])
def test_figures_that_are_no_ballots_have_no_share(method: str) -> None:
    with pytest.raises(ValueError, match="no shares of the ballots"):
        require_applicable(method, Conditions(threshold=Part.parse("1/2")), options=3)
    with pytest.raises(ValueError, match="no shares of the ballots"):
        conclude(counted(method), Conditions(threshold=Part.parse("1/2")))


@pytest.mark.parametrize("method", [method for method, rule in RULES.items() if not rule.one_seat])
def test_the_seat_of_none_of_the_above_and_those_after_it_stay_vacant(method: str) -> None:
    result = counted(method, seats=3, ballots=rows("5 ABC, 1 ACB"))
    for place, option in enumerate(result.winners):
        outcome = conclude(result, Conditions(none_of_the_above=option))
        assert outcome.elected == result.winners[:place]
        assert outcome.vacant == 3 - place
        assert outcome.reasons == ("A seat fell to none of the above; it and those after it stay vacant.",)


def test_the_votes_for_none_of_the_above_are_told_apart() -> None:
    outcome = conclude(counted(), Conditions(none_of_the_above=3))
    told = {"elected": [1], "vacant": 0, "unmet": [], "none_of_the_above": "2"}
    assert outcome.account() == told
    assert outcome.as_json() == told | {"reasons": []}
    assert "none_of_the_above" not in conclude(counted(), Conditions()).as_json()


def test_an_option_that_does_not_exist_is_not_none_of_the_above() -> None:
    with pytest.raises(ValueError, match="not one of the 3 options"):
        conclude(counted(), Conditions(none_of_the_above=4))


def test_without_a_ballot_every_condition_leaves_the_seat_vacant() -> None:
    everything = Conditions(Part.parse("1/2"), Part.parse("1/2"), 2)
    outcome = conclude(counted(ballots={}), everything, voters=10)
    assert (outcome.elected, outcome.vacant, outcome.none_of_the_above) == ((), 1, "")


@pytest.mark.parametrize(
    ("of", "threshold", "elected"),
    [
        (Whole.VALID, "5/10", (1,)),
        (Whole.VALID, ">5/10", ()),
        (Whole.BALLOTS, "5/13", (1,)),
        (Whole.BALLOTS, ">5/13", ()),
        (Whole.VOTERS, "5/20", (1,)),
        (Whole.VOTERS, ">5/20", ()),
    ],
)
def test_a_threshold_is_a_part_of_what_it_says(of: Whole, threshold: str, elected: tuple[int, ...]) -> None:
    conditions = Conditions(threshold=Part.parse(threshold), of=of)
    outcome = conclude(counted(), conditions, cast=13, voters=20)
    assert outcome.elected == elected
    assert outcome.short == (() if elected else (1,))
    assert outcome.unmet == (() if elected else (Unmet.THRESHOLD,))


@pytest.mark.parametrize(
    ("votes", "threshold", "quorum", "elected", "unmet"),
    [
        ((5, 4), "", "", (1,), ()),
        ((4, 4), "", "", (), ()),
        ((0, 0), "", "", (), ()),
        ((4, 5), "2/3", "", (2,), ()),
        ((5, 4), "2/3", "", (), (Unmet.THRESHOLD,)),
        ((6, 3), "2/3", "", (1,), ()),
        ((6, 3), "2/3", "1/2", (), (Unmet.QUORUM,)),
        ((3, 6), "2/3", "1/2", (), (Unmet.QUORUM,)),
    ],
)
def test_a_motion_is_carried_or_not_and_never_by_lot(
    votes: tuple[int, int], threshold: str, quorum: str, elected: tuple[int, ...], unmet: tuple[Unmet, ...]
) -> None:
    cast = {(option,): number for option, number in enumerate(votes, 1) if number}
    result = count("plurality", options=("Yes", "No"), seats=1, ballots=cast, motion=True)
    parts = [Part.parse(part) if part else None for part in (quorum, threshold)]
    outcome = conclude(result, Conditions(*parts, motion=True), voters=20)
    assert (outcome.elected, outcome.unmet, result.ties) == (elected, unmet, ())


@pytest.mark.parametrize(
    "settings", [{"method": "approval"}, {"seats": 2}, {"options": "ABC"}], ids=["method", "seats", "options"]
)
def test_what_is_no_motion_is_not_counted_as_one(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="for and against"):
        count(**{"method": "plurality", "options": "AB", "seats": 1, "ballots": {}, "motion": True, **settings})
