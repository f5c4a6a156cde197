"""Meek STV: the single transferable vote in which every elected option keeps just the part of its votes that it needs.

Source: I. D. Hill, B. A. Wichmann, D. R. Woodall, "Algorithm 123: single transferable vote by Meek's method", The
Computer Journal 30 (1987). Their program computes in floating point; what is counted here is its exact specification
by the Proportional Representation Foundation, "Reference Meek Rule", so that every program gets the same figures:
values are integers in units of 10^-9 votes.

- Keep factors: 1 for an option still in the running, 0 for one excluded or withdrawn, and for one elected the part of
  every vote reaching it that it keeps. A ballot gives its first option that option's part, the next one its part of
  what is left, and so on; each part is rounded up. What is left at its end is non-transferable.
- Quota: the votes of all options divided by seats + 1, cut off, plus one unit; so it falls as ballots run out.
- Election: anyone who has the quota. Each keep factor of the elected is then multiplied by quota ÷ votes (both steps
  rounded up) and the ballots are distributed again, again and again, until another option has the quota or the elected
  together have less than 10^-6 votes above it (or no longer get nearer to it).
- Exclusion: then the option with the fewest votes. Its ballots count from then on as if it had not been on them.
- Last seats: when no more options are in the running than seats are free, the ballots are distributed once more, no
  keep factor changes, and all are elected.
- Equal ranks: as B. L. Meek, "A new approach to the single transferable vote" (1969 and 1970, "Equal preferences"), has
  them: options that are ranked equally are as many ballots as there are orders of them, each worth the same part of a
  vote. Options that left the count are in none of these orders. What each option gets by all of them together is
  computed exactly and cut off, so that equal options get the same. What is cut off moves on with what they do not keep;
  nothing moves on from a rank with an option in the running, so there it is non-transferable.

A stage ends with an election or shows the figures before an exclusion; the next stage then begins with that exclusion.

Ties: options are tied for exclusion if they are within the surplus still to be distributed, as the Reference Rule has
it. The contest's tie rule decides.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import factorial

from .ballots import Paper, ranks
from .contest import Contest, Sheet
from .result import Action, Decides
from .stv import reached

DECIMALS = 9
VOTE = 10**DECIMALS
OMEGA = 10 ** (DECIMALS - 6)

Head = tuple[int | tuple[int, ...], ...]
"""Ranks of a ballot: an option, or several of the same rank."""


def meek_stv(contest: Contest) -> Sheet:
    """Fill the sheet of a Meek STV count; ballots are rankings with or without equal ranks."""
    return _Meek(contest).run()


class _Meek:
    def __init__(self, contest: Contest) -> None:
        self.sheet = Sheet(contest, DECIMALS)
        self.running = set(contest.standing)
        self.keep = dict.fromkeys(contest.standing, VOTE)
        self.votes: dict[int, int] = {}
        self.piles: dict[Head, list[Paper]] = {}
        self.heads: Counter[Head] = Counter()
        self.left_over = 0
        self._pile(contest.papers)

    def run(self) -> Sheet:
        """Each turn of the loop is a stage, begun by the exclusion of an option or by the elections before."""
        excluded = 0
        while True:
            surplus = self._distribute_until_settled()
            action = Action.EXCLUSION if excluded else Action.KEEP_FACTORS
            elected = self._with_quota()
            if not self.sheet.stages:
                action = Action.FIRST_PREFERENCES
            self._end_stage(action, excluded)
            free = self.sheet.contest.seats - len(self.sheet.winners)
            if len(self.running) <= free:
                elected = set(self.running)
            self.sheet.elect(elected, free)
            self.running -= elected
            free -= len(elected)
            if not free or not self.running:
                break
            excluded = 0 if elected else self.sheet.lowest(self.running, Decides.EXCLUSION, within=surplus)
            if excluded:
                self.running.remove(excluded)
                self.keep[excluded] = 0
            self._move()
        self.sheet.quota = self._quota()
        self.sheet.why = reached(self.sheet)
        return self.sheet

    def _quota(self) -> int:
        return sum(self.votes.values()) // (self.sheet.contest.seats + 1) + 1

    def _with_quota(self) -> set[int]:
        quota = self._quota()
        return {option for option in self.running if self.votes[option] >= quota}

    def _distribute_until_settled(self) -> int:
        """Distribute and lower keep factors until someone gets the quota or the surplus, returned, is settled; once
        if those in the running get the last seats anyway."""
        before = None
        while True:
            self._distribute()
            quota = self._quota()
            surplus = max(0, sum(self.votes[option] - quota for option in self.sheet.winners))
            last_seats = len(self.running) <= self.sheet.contest.seats - len(self.sheet.winners)
            if last_seats or self._with_quota() or surplus < OMEGA or (before is not None and surplus >= before):
                return surplus
            before = surplus
            for option in self.sheet.winners:
                self.keep[option] = _up(_up(self.keep[option] * quota, VOTE) * VOTE, self.votes[option])

    def _distribute(self) -> None:
        self.votes = dict.fromkeys(self.keep, 0)
        self.left_over = 0
        shares: dict[tuple[int, ...], list[tuple[int, int, int]]] = {}
        for head, number in self.heads.items():
            left = VOTE
            for rank in head:
                if isinstance(rank, int):
                    part = _up(left * self.keep[rank], VOTE)
                    self.votes[rank] += part * number
                    left -= part
                else:
                    if rank not in shares:
                        shares[rank] = self._shares(rank)
                    for option, share, of in shares[rank]:
                        self.votes[option] += left * share // of * number
                    left -= sum(left * share // of for _, share, of in shares[rank])
                if not left:
                    break
            self.left_over += left * number

    def _shares(self, rank: Sequence[int]) -> list[tuple[int, int, int]]:
        """For each option of a rank the part that it gets of a vote that comes there, as numerator and denominator.

        In m! (n - 1 - m)! of the n! orders of the rank just m certain options come before an option. Each of them lets
        through what it does not keep, which is nothing where it is in the running.
        """
        size = len(rank)
        found = []
        for option in rank:
            passed = [VOTE - self.keep[other] for other in rank if other != option and other not in self.running]
            # sums[m]: of the products of what m of these options let through
            sums = [1]
            for through in passed:
                sums = [one + through * before for one, before in zip([*sums, 0], [0, *sums], strict=True)]
            most = len(passed)
            orders = sum(
                factorial(m) * factorial(size - 1 - m) * products * VOTE ** (most - m)
                for m, products in enumerate(sums)
            )
            found.append((option, self.keep[option] * orders, factorial(size) * VOTE ** (most + 1)))
        return found

    def _pile(self, papers: Iterable[Paper]) -> None:
        """Put papers together by what matters of them, their head: all options in the count up to the first in the
        running, which keeps the rest.

        There are far fewer heads than rankings, so that a distribution does not take longer for more voters.
        """
        for paper in papers:
            head: list[int | tuple[int, ...]] = []
            for rank in ranks(paper[0]):
                left = tuple(option for option in rank if self.keep[option]) if len(rank) > 1 else rank
                if len(left) > 1:
                    head.append(left)
                elif left and self.keep[left[0]]:
                    head.append(left[0])
                if not self.running.isdisjoint(left):
                    self.piles.setdefault(tuple(head), []).append(paper)
                    break
            self.heads[tuple(head)] += paper[1]

    def _move(self) -> None:
        """Put those papers together again whose head ends otherwise now: nobody there is in the running any more, or
        one of several was excluded."""
        for head in [head for head in self.piles if self._is_past(head[-1])]:
            del self.heads[head]
            self._pile(self.piles.pop(head))

    def _is_past(self, last: int | tuple[int, ...]) -> bool:
        if isinstance(last, int):
            return last not in self.running
        return self.running.isdisjoint(last) or not all(self.keep[option] for option in last)

    def _end_stage(self, action: Action, excluded: int) -> None:
        numbers = range(1, self.sheet.contest.options + 1)
        self.sheet.end_stage(
            action,
            self.votes,
            option=excluded,
            non_transferable=self.left_over,
            quota=self._quota(),
            keep_factors=tuple(self.keep.get(number, 0) for number in numbers),
        )


def _up(dividend: int, divisor: int) -> int:
    """Return the quotient rounded up to a whole unit."""
    return -(-dividend // divisor)
