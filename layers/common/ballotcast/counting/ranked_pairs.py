"""Ranked pairs (Tideman): majorities are locked in from the largest down, unless one contradicts those before it.

Source: T. N. Tideman, "Independence of clones as a criterion for voting rules", Social Choice and Welfare 4 (1987),
with majorities measured by margins, and T. M. Zavist and T. N. Tideman, "Complete independence of clones in the ranked
pairs rule", Social Choice and Welfare 6 (1989), for equal ones. The locked majorities have no circle; an option is
above those that it reaches by them. A comparison that ends equal is no majority.

Equal majorities only matter where not all of them can be locked. Then the lot ranks the options that they are about,
and of two such majorities the one whose winner ranks higher comes first, or, with the same winner, the one whose loser
ranks lower. (Zavist and Tideman rank the options by ballots drawn at random.)

Several seats are filled from the top of the order, without regard to proportion. Options that it leaves equal are put
to the contest's tie rule; "previous-stages" compares how many options they beat head to head.
"""

from collections.abc import Sequence
from itertools import groupby

from .contest import Contest, Sheet
from .pairwise import below, compare, head_to_head
from .result import Action, Decides, Majority, Separator, Tie


def ranked_pairs(contest: Contest) -> Sheet:
    """Fill the sheet of a ranked pairs count; ballots are rankings with or without equal ranks."""
    sheet, matrix = compare(contest)
    majorities = [
        Majority(one, other, matrix[one - 1][other - 1], matrix[other - 1][one - 1])
        for one in contest.standing
        for other in contest.standing
        if matrix[one - 1][other - 1] > matrix[other - 1][one - 1]
    ]
    majorities.sort(key=lambda pair: (-pair.margin, pair.winner, pair.loser))
    locks = _Locks(contest)
    for _, group in groupby(majorities, key=lambda pair: pair.margin):
        locks.lock_all(sheet, list(group))
    order = below(contest, locks.holds)
    sheet.end_stage(Action.LOCKING, order, majorities=tuple(locks.considered))
    sheet.elect(contest.standing, contest.seats)
    if sheet.winners[:1] == list(sheet.stages[0].smith):
        sheet.why = head_to_head(sheet)
    else:
        sheet.why = (
            "No option beats every other head to head, but with majorities locked in from the largest down none is"
            f" left against {contest.named(sheet.winners[:1])}"
        )
    if len(sheet.winners) > 1:
        sheet.why += f"; next in the order by locked majorities: {contest.named(sheet.winners[1:])}"
    return sheet


class _Locks:
    """The majorities looked at so far, and which options each option reaches by those locked in."""

    def __init__(self, contest: Contest) -> None:
        self.considered: list[Majority] = []
        self._contest = contest
        self._reach = dict.fromkeys(contest.standing, 0)

    def holds(self, one: int, other: int) -> bool:
        return bool(self._reach[one] >> other & 1)

    def lock_all(self, sheet: Sheet, equal: Sequence[Majority]) -> None:
        """Lock in equal majorities, those that the ones before allow; put their order to lot where it matters."""
        possible = [pair for pair in equal if not self.holds(pair.loser, pair.winner)]
        before = dict(self._reach)
        if not all(self._lock(pair) for pair in possible):
            order = self._contest.draw(1, {option for pair in possible for option in (pair.winner, pair.loser)})
            equal = sorted(equal, key=lambda pair: _place(order, pair))
            tied = tuple(sorted(order))
            sheet.ties.append(Tie(1, Decides.MAJORITY, tied, Separator.LOT, tuple(order)))
        self._reach = before
        self.considered += [pair.decided(locked=self._lock(pair)) for pair in equal]

    def _lock(self, pair: Majority) -> bool:
        if self.holds(pair.loser, pair.winner):
            return False
        gained = self._reach[pair.loser] | 1 << pair.loser
        for option in self._reach:
            if option == pair.winner or self.holds(option, pair.winner):
                self._reach[option] |= gained
        return True


def _place(order: Sequence[int], pair: Majority) -> tuple[int, int]:
    """Majorities that cannot be locked any more are about other options, and come last."""
    if pair.winner not in order or pair.loser not in order:
        return len(order), 0
    return order.index(pair.winner), -order.index(pair.loser)
