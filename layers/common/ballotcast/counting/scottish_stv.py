"""Scottish STV: the single transferable vote of Scottish council elections.

Source: Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, rules 46 to 53; the same as rules
45 to 52 of the Order of 2007 (SSI 2007/42), under which Glasgow voted in 2007. Values are integers in units of
10^-5 votes.

- Quota (47): valid ballots divided by seats + 1, the fraction dropped, plus one; fixed for the whole count.
- Election (48): whoever has the quota at the end of a stage is elected.
- Surplus (49, 50): the largest first, one per stage, also when it cannot change the outcome. All papers of the
  option go on (weighted inclusive Gregory), each at surplus × its value when received ÷ the option's votes, cut off
  after five decimals *per paper*. What the cut loses is `rounding`; papers without a next available preference are
  non-transferable at the same value. Elected options receive nothing.
- Exclusion (51): when no surplus is left, the option with the fewest votes; its papers go on, in the same stage, at
  the value at which it received them.
- Last vacancies (53): when, at the end of a stage, no more options continue than seats are vacant, they are all
  elected and nothing is transferred any more. An exclusion and its transfer are one stage, as in the
  count program Droop, so the papers of the option that was excluded last are still transferred.

Ties: the statute (50(2)-(3), 52) compares the tied options at the latest earlier stage at which they differ and
then draws lots, which is the tie rule "previous-stages". A contest that states "lot" departs from the statute in
that alone.
"""

from collections.abc import Collection, Iterable

from .ballots import Paper
from .contest import Contest, Sheet, sort_papers, weight
from .result import Action, Decides
from .stv import reached

DECIMALS = 5
VOTE = 10**DECIMALS


def scottish_stv(contest: Contest) -> Sheet:
    """Fill the sheet of a Scottish STV count; ballots are rankings."""
    return _ScottishSTV(contest).run()


class _ScottishSTV:
    def __init__(self, contest: Contest) -> None:
        self.quota = (contest.valid // (contest.seats + 1) + 1) * VOTE
        self.sheet = Sheet(contest, DECIMALS, self.quota)
        self.vacancies = contest.seats
        self.continuing = set(contest.standing)
        self.surpluses: set[int] = set()
        self.votes = dict.fromkeys(contest.standing, 0)
        self.piles: dict[int, list[tuple[int, list[Paper]]]] = {option: [] for option in contest.standing}
        self.non_transferable = 0
        self.rounding = 0

    def run(self) -> Sheet:
        self._transfer([(VOTE, self.sheet.contest.papers)])
        self.sheet.end_stage(Action.FIRST_PREFERENCES, self.votes)
        while self._elect():
            if self.surpluses:
                self._transfer_surplus(self.sheet.highest(self.surpluses, Decides.SURPLUS))
            else:
                self._exclude(self.sheet.lowest(self.continuing, Decides.EXCLUSION))
        self.sheet.why = reached(self.sheet)
        return self.sheet

    def _elect(self) -> bool:
        """Elect by quota and to the last vacancies; say if the count goes on."""
        elected = {option for option in self.continuing if self.votes[option] >= self.quota}
        if len(self.continuing) <= self.vacancies:
            elected |= self.continuing
        self.sheet.elect(elected, self.vacancies)
        self.surpluses |= {option for option in elected if self.votes[option] > self.quota}
        self.continuing -= elected
        self.vacancies -= len(elected)
        return self.vacancies > 0 and bool(self.continuing)

    def _transfer_surplus(self, option: int) -> None:
        self.surpluses.remove(option)
        total = self.votes[option]
        surplus = total - self.quota
        received, without = self._transfer([(surplus * value // total, papers) for value, papers in self.piles[option]])
        self.votes[option] = self.quota
        self.rounding += surplus - sum(received.values()) - without
        self._end_stage(Action.SURPLUS, option, received)

    def _exclude(self, option: int) -> None:
        self.continuing.remove(option)
        received, _ = self._transfer(self.piles[option])
        self.votes[option] = 0
        self._end_stage(Action.EXCLUSION, option, received)

    def _transfer(self, parcels: Iterable[tuple[int, Collection[Paper]]]) -> tuple[dict[int, int], int]:
        """Give papers, each at its parcel's value, to their next available preferences.

        Returns the units that each option received and those of the papers without such a preference.
        """
        received: dict[int, int] = {}
        without = 0
        for value, papers in parcels:
            sorted_papers, exhausted = sort_papers(papers, self.continuing)
            for option, parcel in sorted_papers.items():
                units = weight(parcel) * value
                received[option] = received.get(option, 0) + units
                self.votes[option] += units
                self.piles[option].append((value, parcel))
            without += exhausted * value
        self.non_transferable += without
        return received, without

    def _end_stage(self, action: Action, option: int, received: dict[int, int]) -> None:
        self.sheet.end_stage(
            action,
            self.votes,
            option=option,
            transferred=received,
            non_transferable=self.non_transferable,
            rounding=self.rounding,
        )
