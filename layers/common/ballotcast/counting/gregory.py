"""The weighted inclusive Gregory method, which several statutes of the single transferable vote share.

Anyone who has the quota is elected. Surpluses are transferred one by one, the largest first: all papers of the option
continue, each at a part of its value, and what is cut off by the arithmetic is `rounding`. Without a surplus the option
with the fewest votes is excluded, and its papers continue at the value at which it received them. The rules differ in
their quota, in how many decimals they count, and in how a paper's new value is cut off.
"""

from collections.abc import Callable, Collection, Iterable

from .ballots import Paper
from .contest import Contest, Sheet, sort_papers, weight
from .result import Action, Decides
from .stv import reached


class Gregory:
    """A count by this method. quota: in units of the last decimal. reduce: a paper's new value, from its old one, the
    surplus and the option's votes, all in units."""

    def __init__(self, contest: Contest, decimals: int, quota: int, reduce: Callable[[int, int, int], int]) -> None:
        self.quota = quota
        self.vote = 10**decimals
        self.reduce = reduce
        self.sheet = Sheet(contest, decimals, quota)
        self.vacancies = contest.seats
        self.continuing = set(contest.standing)
        self.surpluses: set[int] = set()
        self.votes = dict.fromkeys(contest.standing, 0)
        self.piles: dict[int, list[tuple[int, list[Paper]]]] = {option: [] for option in contest.standing}
        self.non_transferable = 0
        self.rounding = 0

    def run(self) -> Sheet:
        """Fill the sheet."""
        self._transfer([(self.vote, self.sheet.contest.papers)])
        self.sheet.end_stage(Action.FIRST_PREFERENCES, self.votes)
        while self._elect():
            if self.surpluses:
                self._transfer_surplus(self.sheet.highest(self.surpluses, Decides.SURPLUS))
            else:
                self._exclude(self.sheet.lowest(self.continuing, Decides.EXCLUSION))
        self.sheet.why = reached(self.sheet)
        return self.sheet

    def _elect(self) -> bool:
        """Elect by quota and to the last vacancies; say if the count continues."""
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
        piles = [(self.reduce(value, surplus, total), papers) for value, papers in self.piles[option]]
        received, without = self._transfer(piles)
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
