"""Majority judgment: published examples, and a naive count that takes middle grades away one by one."""

from typing import Any

from hypothesis import given

from ballotcast.counting import Separator, count
from effort import examples

from .elections import elections
from .test_scores import by, scored


def test_tennessee_by_majority_judgment_is_nashville() -> None:
    """Wikipedia, "Majority judgment": excellent 3, good 2, fair 1, poor 0. Three cities have the middle grade fair."""
    options = ("Memphis", "Nashville", "Chattanooga", "Knoxville")
    ballots = scored("42 3100, 26 0311, 15 0132, 17 0123")
    counted = count("majority-judgment", options=options, seats=4, ballots=ballots)
    first, second = counted.stages
    assert first.votes == (0, 1, 1, 1)
    assert first.grades == ((58, 0, 0, 42), (0, 74, 0, 26), (42, 26, 17, 15), (42, 26, 15, 17))
    assert counted.winners[0] == 2
    assert counted.winners[3] == 1
    assert second.votes[1] == 3
    assert counted.why.startswith(
        "The middle grade of Nashville, 1, is the highest together with that of Chattanooga and Knoxville, and when"
    )


def test_the_lower_of_two_middle_grades_counts() -> None:
    counted = by("majority-judgment", "1 52, 1 13")
    assert (counted.stages[0].votes, counted.winners) == ((1, 2), (2,))
    assert counted.why == "The middle grade of B, 2, is the highest."


def test_the_grade_that_remains_in_the_middle_decides() -> None:
    """A: 1 3 3 5, B: 1 3 4 5. Both 3; then 3 and 4 of the rest … A: 3, B: 4 (of 1 4 5)."""
    counted = by("majority-judgment", "1 11, 1 33, 1 34, 1 55")
    assert (counted.stages[0].votes, counted.stages[1].votes, counted.winners) == ((3, 3), (0, 1), (2,))


def test_the_same_grades_go_to_lot_and_an_ungraded_option_has_the_lowest() -> None:
    winners = {
        by("majority-judgment", "2 530, 2 350", seed=bytes([n]), tie="previous-stages").winners for n in range(9)
    }
    assert winners == {(1,), (2,)}
    (tie,) = by("majority-judgment", "2 530, 2 350").ties
    assert (tie.by, tie.options) == (Separator.LOT, (1, 2))
    assert by("majority-judgment", "3 -1, 2 5-").winners == (2,)


def naive_value(grades: list[int]) -> list[int]:
    value = []
    grades = sorted(grades)
    while grades:
        value.append(grades.pop((len(grades) - 1) // 2))
    return value


@given(elections("majority-judgment"))
@examples(200)
def test_the_order_is_that_of_middle_grades_taken_away_one_by_one(election: dict[str, Any]) -> None:
    counted = count("majority-judgment", **election)
    if not counted.stages:
        return
    standing = [n for n, _ in enumerate(election["options"], 1) if n not in election["withdrawn"]]
    papers = [
        {option: grade for option, grade in ballot if option in standing}
        for ballot, number in election["ballots"].items()
        for _ in range(number)
    ]
    values = {option: naive_value([paper.get(option, 0) for paper in papers if paper]) for option in standing}
    best = sorted(values.values(), reverse=True)[: election["seats"]]
    assert [values[option] for option in counted.winners] == best
    assert all(counted.stages[0].votes[option - 1] == values[option][0] for option in standing)
    for option in standing:
        assert counted.stages[1].votes[option - 1] == sum(value < values[option] for value in values.values())
