"""Options compared two by two: what the Condorcet rules start from.

A ballot prefers one option to another if it ranks it higher, or ranks it and not the other. Between two options that it
ranks equally, or both not at all, it has no preference.

A relation without circles becomes an order level by level: the options that no option left is above are the next level
and equal to each other. So an option may be on a lower level than one that it is not compared with, and its figure is
how many options are on levels below its own, not how many it is above.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from .contest import Contest, Sheet
from .result import Action

Matrix = Sequence[Sequence[int]]
"""A figure per pair: row and column are option numbers less one."""


def preferences(contest: Contest) -> list[list[int]]:
    """Return how many ballots prefer the row's option to the column's.

    The work per ballot is one step per option ranked: ballots are first gathered by which options stand above an
    option, whatever their order there.
    """
    above: list[Counter[int]] = [Counter() for _ in range(contest.options)]
    ranked: Counter[int] = Counter()
    for ballot, number in contest.papers:
        mask = 0
        for rank in ballot:
            if isinstance(rank, int):
                above[rank - 1][mask] += number
                mask |= 1 << rank - 1
            else:
                for option in rank:
                    above[option - 1][mask] += number
                for option in rank:
                    mask |= 1 << option - 1
        ranked[mask] += number
    for option in contest.standing:
        for mask, number in ranked.items():
            if not mask >> option - 1 & 1:
                above[option - 1][mask] += number
    matrix = [[0] * contest.options for _ in range(contest.options)]
    for lower, masks in enumerate(above):
        for mask, number in masks.items():
            while mask:
                bit = mask & -mask
                matrix[bit.bit_length() - 1][lower] += number
                mask ^= bit
    return matrix


def compare(contest: Contest) -> tuple[Sheet, list[list[int]]]:
    """Return a sheet whose first stage is the comparison of all pairs, and its matrix."""
    sheet, matrix = Sheet(contest), preferences(contest)
    standing = contest.standing
    wins = {one: sum(matrix[one - 1][other - 1] > matrix[other - 1][one - 1] for other in standing) for one in standing}
    loser = next((one for one in standing if len(standing) > 1 and _loses_all(matrix, one, standing)), 0)
    sheet.end_stage(
        Action.PAIRWISE,
        wins,
        matrix=tuple(map(tuple, matrix)),
        smith=smith_set(standing, matrix),
        condorcet_loser=loser,
    )
    return sheet, matrix


def smith_set(options: Iterable[int], matrix: Matrix) -> tuple[int, ...]:
    """Return the smallest set of options each of which beats every other of these: a Condorcet winner alone, if there
    is one.

    They are the options from which every other is reached by steps to an option that does not beat them."""
    standing = sorted(options)
    reach = {
        one: sum(1 << other for other in standing if matrix[one - 1][other - 1] >= matrix[other - 1][one - 1])
        for one in standing
    }
    for between in standing:
        for one in standing:
            if reach[one] >> between & 1:
                reach[one] |= reach[between]
    everyone = sum(1 << one for one in standing)
    return tuple(one for one in standing if reach[one] == everyone)


def below(contest: Contest, beats: Callable[[int, int], bool]) -> dict[int, int]:
    """Return how many options stand below each, given a relation without circles.

    Level by level: those that no option left beats are the next level, and equal to each other."""
    left = set(contest.standing)
    number: dict[int, int] = {}
    while left:
        level = {one for one in left if not any(beats(other, one) for other in left)}
        left -= level
        number |= dict.fromkeys(level, len(left))
    return number


def head_to_head(sheet: Sheet) -> str:
    """Return the sentence that says why the Condorcet winner won: by the closest of its comparisons."""
    contest, matrix = sheet.contest, sheet.stages[0].matrix
    (winner,) = sheet.stages[0].smith
    others = sorted(contest.standing - {winner})
    if not others:
        return f"{contest.named([winner])} is the only option left"
    closest = min(others, key=lambda other: matrix[winner - 1][other - 1] - matrix[other - 1][winner - 1])
    return (
        f"{contest.named([winner])} beats every other option head to head, the closest being"
        f" {contest.named([closest])} by {matrix[winner - 1][closest - 1]} to {matrix[closest - 1][winner - 1]}"
    )


def _loses_all(matrix: Matrix, one: int, standing: frozenset[int]) -> bool:
    return all(matrix[other - 1][one - 1] > matrix[one - 1][other - 1] for other in standing if other != one)
