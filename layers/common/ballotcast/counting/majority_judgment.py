"""Majority judgment: the highest middle grade wins.

Source: M. Balinski and R. Laraki, "A theory of measuring, electing, and ranking", PNAS 104 (2007), and "Majority
Judgment" (MIT Press, 2011). Grades are the scores of a ballot; an option that a ballot does not grade has the lowest,
0. An option's majority grade is its middle grade, the lower of the two if their number is even. Among options with the
same one, one such grade is taken away from each and the middle of the rest compared, and so on: the sequence of these
grades is the majority value, and the highest in the order of a dictionary is first. (The majority gauge, which the
authors use for large electorates, is a shortcut to this; it is not used, so there is nothing it could get wrong.)

The first stage shows each option's majority grade and how many ballots give it which grade; the second how many
options have a lower majority value. Equal majority values mean the same number of every grade; then the lot decides,
for there is no earlier stage at which they could differ. Several seats go to the highest majority values, without
regard to proportion.
"""

from bisect import bisect_left
from itertools import accumulate

from .contest import Contest, Sheet
from .result import Action
from .score import given


def majority_judgment(contest: Contest) -> Sheet:
    """Fill the sheet of a majority judgment; ballots are scores."""
    grades = _grades(contest)
    sheet = Sheet(contest)
    middle = {option: _grade(list(accumulate(grades[option])), (contest.valid + 1) // 2) for option in contest.standing}
    none = (0,) * len(next(iter(grades.values())))
    sheet.end_stage(
        Action.GRADES,
        middle,
        grades=tuple(tuple(grades.get(number, none)) for number in range(1, contest.options + 1)),
    )
    values = _majority_values(grades, contest.valid)
    sheet.end_stage(
        Action.MAJORITY_VALUES,
        {option: sum(value < values[option] for value in values.values()) for option in contest.standing},
    )
    sheet.elect(contest.standing, contest.seats)
    winner = sheet.winners[0]
    equal = sorted(option for option in contest.standing if middle[option] == middle[winner] and option != winner)
    sheet.why = f"The middle grade of {contest.named([winner])}, {middle[winner]}, is the highest"
    if equal:
        sheet.why += (
            f" together with that of {contest.named(equal)}, and when middle grades are taken away one by one the"
            f" next ones of {contest.named([winner])} are not lower"
        )
    if len(sheet.winners) > 1:
        sheet.why += f"; next in the order by middle grades: {contest.named(sheet.winners[1:])}"
    return sheet


def _grades(contest: Contest) -> dict[int, list[int]]:
    """Return how many ballots give each standing option each grade, from 0 to the highest that any ballot gives."""
    pairs = given(contest)
    highest = max((grade for _, grade in pairs), default=0)
    grades = {option: [0] * (highest + 1) for option in contest.standing}
    for (option, grade), number in pairs.items():
        grades[option][grade] += number
    for counts in grades.values():
        counts[0] += contest.valid - sum(counts)
    return grades


def _majority_values(grades: dict[int, list[int]], ballots: int) -> dict[int, list[int]]:
    """Per option, its majority value shortened to where that of any option changes; so they compare as in full.

    In the order of all its grades, the middle one is followed by those next to it, alternately on both sides (Balinski
    and Laraki 2011, chapter 13): lower, then upper, of the grades `step` places away from the middle.
    """
    lower, upper = (ballots + 1) // 2, ballots // 2 + 1
    heaps = {option: list(accumulate(counts)) for option, counts in grades.items()}
    ends = {end for heap in heaps.values() for end in heap}
    steps = {0} | {lower - end for end in ends if end < lower} | {end + 1 - upper for end in ends if upper <= end}
    reached = sorted(step for step in steps if step < lower)
    return {
        option: [_grade(heap, place) for step in reached for place in (lower - step, upper + step)]
        for option, heap in heaps.items()
    }


def _grade(heap: list[int], place: int) -> int:
    """Return the grade at a place (1-based) in the order of all grades, lowest first; `heap`: how many are at most
    each.
    """
    return bisect_left(heap, place)
