"""Proportional approval voting (PAV), exactly and one seat after the other.

A ballot of which r approved options are elected is satisfied to 1 + 1/2 + … + 1/r. Source: T. N. Thiele, "Om
Flerfoldsvalg" (1895); named and axiomatised in H. Aziz et al., "Justified representation in approval-based committee
voting", Social Choice and Welfare 48 (2017).

`proportional-approval` elects the committee with the highest total satisfaction: of all committees of as many options
as there are seats, none is left out (branch and bound). That is feasible, and allowed, up to 20,000 committees
(`LARGEST_FIELD`): 20 options and 5 seats make 15,504. `sequential-proportional-approval`, Thiele's own "addition
method", has no such bound: seat after seat goes to the option that adds most, a ballot that has r elected options
adding 1/(r+1). It can elect a committee with less satisfaction than the best; which of the two is used is the
contest's choice, never the program's.

Sums are exact: the unit is one vote divided by the least common multiple of 1 … seats + 1, which also divides what an
option would add to a full committee; the account shows six decimals.
The exact rule's first stage is the approvals; in its second an elected option has its share of each of its ballots,
divided by the number of elected options on it, and any other option what it would add to the committee. In the
sequential rule each stage shows what every option left would add, and elects one.

An option without a single approval is never elected: where fewer are approved than there are seats, the committee is
smaller.

Ties: between committees, the lot of stage 1 ranks the options that are in some of them only, and the committee with the
first, then the second … of these is taken. In the sequential rule, the contest's tie rule for one seat. Options
without a single approval are never elected.
"""

from collections.abc import Sequence
from math import comb, lcm

from ballotcast.faults import FaultError

from .ballots import options
from .contest import Contest, Sheet, listed
from .result import Action, Decides, Separator, Tie

DECIMALS = 6
LARGEST_FIELD = 20_000


def require_small_field(field: int, seats: int) -> None:
    """Raise FaultError unless the exact rule may choose among this many options."""
    if comb(field, seats) > LARGEST_FIELD:
        raise FaultError("too-many-committees", most=LARGEST_FIELD)


def proportional_approval(contest: Contest) -> Sheet:
    """Fill the sheet of an exact PAV count; ballots are sets of options."""
    return _Committees(contest).best()


def sequential_proportional_approval(contest: Contest) -> Sheet:
    """Fill the sheet of a sequential PAV count; ballots are sets of options."""
    return _Committees(contest).one_by_one()


class _Committees:
    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.sheet = Sheet(contest, DECIMALS, unit=lcm(*range(1, min(contest.seats + 1, contest.options) + 1)))
        self.papers = [(options(ballot), _mask(options(ballot)), number) for ballot, number in contest.papers]
        self.approvals = self._gains(0)
        self.approved = [option for option, votes in self.approvals.items() if votes]
        self.seats = min(contest.seats, len(self.approved))
        self.most = 0
        self.equally_good: list[tuple[int, ...]] = []

    def best(self) -> Sheet:
        self.sheet.end_stage(Action.VOTES, self.approvals)
        self._search((), self.approved, 0)
        committee = self._drawn()
        elected = _mask(committee)
        shares = dict.fromkeys(self.contest.standing, 0)
        for ballot, mask, number in self.papers:
            for option in ballot:
                shares[option] += number * self.sheet.unit // (mask & elected | 1 << option).bit_count()
        self.sheet.end_stage(Action.COMMITTEE, shares)
        self.sheet.elect(committee, self.seats)
        self.sheet.why = (
            f"No other {self.seats} options satisfy the ballots more than {self.contest.named(self.sheet.winners)}:"
            f" {self.sheet.in_votes(self.most)} from {self.contest.valid} ballots"
        )
        return self.sheet

    def one_by_one(self) -> Sheet:
        added = []
        for _ in range(self.seats):
            gains = self._gains(_mask(self.sheet.winners))
            left = [option for option in self.approved if option not in self.sheet.winners]
            self.sheet.end_stage(Action.ADDITION, {option: gains[option] for option in left})
            winner = self.sheet.highest(left, Decides.SEAT)
            self.sheet.elect([winner], 1)
            added.append(f"{self.contest.named([winner])} ({self.sheet.in_votes(gains[winner])})")
        self.sheet.why = f"Seat after seat, what satisfied the ballots most was to add {listed(added)}"
        return self.sheet

    def _gains(self, elected: int) -> dict[int, int]:
        """What each option would add to a committee, or adds if it is in it already."""
        gains = dict.fromkeys(self.contest.standing, 0)
        for ballot, mask, number in self.papers:
            gain = number * (self.sheet.unit // ((mask & elected).bit_count() + 1))
            for option in ballot:
                gains[option] += gain
        return gains

    def _search(self, chosen: tuple[int, ...], rest: Sequence[int], total: int) -> None:
        """Find the best committees that hold the chosen options and otherwise some of the rest.

        What an option adds only shrinks as others come in, so a branch is left when the largest additions together
        cannot lift it to the best committee found."""
        free = self.seats - len(chosen)
        if not free:
            if total > self.most:
                self.most, self.equally_good = total, []
            self.equally_good.append(chosen)
            return
        gains = self._gains(_mask(chosen))
        order = sorted(rest, key=gains.__getitem__, reverse=True)
        for index in range(len(order) - free + 1):
            if total + sum(gains[option] for option in order[index : index + free]) < self.most:
                return
            self._search((*chosen, order[index]), order[index + 1 :], total + gains[order[index]])

    def _drawn(self) -> tuple[int, ...]:
        """The one committee, or that of the equally good ones which the lot prefers."""
        left = [set(committee) for committee in self.equally_good]
        open_options = set[int]().union(*left).difference(set[int].intersection(*left))
        order = self.contest.draw(1, open_options)
        for option in order:
            left = [committee for committee in left if option in committee] or left
        if order:
            tied = tuple(sorted(open_options))
            self.sheet.ties.append(Tie(1, Decides.SEAT, tied, Separator.LOT, tuple(order)))
        return tuple(sorted(left[0]))


def _mask(ballot: Sequence[int]) -> int:
    return sum(1 << option for option in ballot)
