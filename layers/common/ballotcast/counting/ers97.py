"""ERS97: the single transferable vote by the rules that the Electoral Reform Society published in 1997.

Source: R. A. Newland and F. S. Britton, "How to conduct an election by the Single Transferable Vote" (Electoral Reform
Society, 3rd edition, 1997), sections 5 and 6. Values are integers in units of 10^-2 votes.

- Quota (5.1.6): valid ballots divided by seats + 1 in two decimals, plus 0.01 unless that is exact. If papers become
  non-transferable before anybody is elected, it is computed again without them (5.4.8).
- Election (5.1.7, 5.3.13, 5.4.9): after the first stage and after each batch of papers, in descending order of votes,
  anyone who has the quota, or whose votes are at least the active vote divided by one more than the seats that are
  free. The active vote is that of all who are neither elected nor excluded, with all that awaits transfer. As many
  options with equal votes as do not all find a seat are elected in the order of their votes at the earliest point at
  which these differ; those that differ at none are not elected yet (5.6.2).
- Surplus (5.2.2, 5.3): the largest first, of an option with more than the quota. Only its last batch of papers is
  looked at, which is all of them if it was elected at the first stage. Those with a next preference share the surplus
  equally, cut off after two decimals, but no paper gets more than its present value. What the cut loses is `rounding`;
  what is left because the papers are worth less than the surplus is non-transferable.
- Deferred surpluses (5.2.2): no surplus is transferred while all of them together could not bring the option with the
  fewest votes, or any number of options with the fewest that may be excluded together, above the next one.
- Exclusion (5.2.5, 5.4): as many options with the fewest votes together as leave enough for the free seats, if all
  their votes with the deferred surpluses are not more than the next option's. Their papers continue in batches, one for
  each value, the highest first. Options elected after a batch receive no more.
- End (4.3, 5.5): when all seats are filled nothing is transferred any more, not even the batches that are left. If
  there are no more options than free seats, or an exclusion would leave no more, these are elected without it.

Points of the count are the end of the first stage and of each batch. Ties (5.2.3, 5.2.5) go to the earliest point at
which the tied differ and then to lot: that is the tie rule "previous-stages" here. A contest that states "lot" departs
from the source in that alone; options whose election 5.6.2 leaves open are then not elected yet.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from .ballots import Paper
from .contest import Contest, Sheet, sort_papers, weight
from .result import Action, Decides, Separator, Tie, TieRule
from .stv import reached
from .ties import decide

DECIMALS = 2
VOTE = 10**DECIMALS


def ers97(contest: Contest) -> Sheet:
    """Fill the sheet of an ERS97 count; ballots are rankings."""
    return _Ers97(contest).run()


class _Ers97:
    def __init__(self, contest: Contest) -> None:
        self.sheet = Sheet(contest, DECIMALS)
        self.continuing = set(contest.standing)
        self.votes = dict.fromkeys(contest.standing, 0)
        self.batches: dict[int, list[tuple[int, Collection[Paper]]]] = {option: [] for option in contest.standing}
        self.points: list[list[int]] = []
        self.surpluses: set[int] = set()
        self.elected: list[int] = []
        self.non_transferable = 0
        self.rounding = 0
        self.quota = 0
        self.stage = 1

    @property
    def vacancies(self) -> int:
        """Seats that are still free."""
        return self.sheet.contest.seats - len(self.sheet.winners)

    def run(self) -> Sheet:
        """Fill the sheet."""
        self._hand_on(VOTE, self.sheet.contest.papers)
        self._set_quota()
        self._end_batch()
        self._end_stage(Action.FIRST_PREFERENCES)
        while self.vacancies and self.continuing:
            if len(self.continuing) <= self.vacancies:
                self._elect_last(self.continuing)
                break
            surplus = sum(self.votes[option] - self.quota for option in self.surpluses)
            together = self._excludable(surplus)
            if surplus and not together:
                self._transfer_surplus(self._largest_surplus())
                continue
            excluded = self._fewest(together)
            if len(self.continuing) - len(excluded) == self.vacancies:
                self._elect_last(self.continuing - excluded)
                break
            self._exclude(excluded)
        self.sheet.quota = self.quota
        self.sheet.why = reached(self.sheet, "by their part of the active vote or as the last options left")
        return self.sheet

    def _set_quota(self) -> None:
        active = self.sheet.contest.valid * VOTE - self.non_transferable
        self.quota = -(-active // (self.sheet.contest.seats + 1))

    def _active(self) -> int:
        """The votes of those neither elected nor excluded, and all that awaits transfer."""
        held = sum(votes for option, votes in self.votes.items() if option not in self.sheet.winners)
        return held + sum(self.votes[option] - self.quota for option in self.surpluses)

    def _hand_on(self, value: int, papers: Collection[Paper]) -> dict[int, int]:
        """Give papers, each at this value, to their next available preferences; return the units received."""
        parcels, without = sort_papers(papers, self.continuing)
        self.non_transferable += without * value
        received = {}
        for option, parcel in parcels.items():
            received[option] = weight(parcel) * value
            self.votes[option] += received[option]
            self.batches[option].append((value, parcel))
        return received

    def _end_batch(self) -> None:
        """Note a point of the count, and elect anyone who has enough votes at it."""
        size = self.sheet.contest.options
        self.points.append([self.votes.get(option, 0) for option in range(1, size + 1)])
        while self.vacancies and self.continuing:
            most = max(self.votes[option] for option in self.continuing)
            if most * (self.vacancies + 1) < self._active():
                return
            equal = self._with_votes(most, self.continuing)
            if len(equal) > self.vacancies:
                self._elect_separated(equal)
                return
            self._elect(self._order(equal, Decides.ELECTION_ORDER, len(equal)))

    def _elect_separated(self, equal: list[int]) -> None:
        """Elect those of too many options with equal votes whom earlier points put above the rest, if they do."""
        if self.sheet.contest.tie is TieRule.LOT:
            return
        tie = self._tie(equal, Decides.SEAT, self.vacancies)
        outside = self._record(tie.order[self.vacancies])
        able = [option for option in tie.order[: self.vacancies] if self._record(option) != outside]
        if able:
            self.sheet.ties.append(replace(tie, by=Separator.PREVIOUS_STAGES))
            self._elect(able)

    def _elect(self, options: Sequence[int]) -> None:
        self.elected += options
        self.sheet.winners += options
        self.continuing.difference_update(options)
        self.surpluses |= {option for option in options if self.votes[option] > self.quota}

    def _elect_last(self, options: Collection[int]) -> None:
        """Elect all these at the latest stage, the most votes first."""
        last = set(options)
        for votes in sorted({self.votes[option] for option in last}, reverse=True):
            equal = self._with_votes(votes, last)
            self._elect(self._order(equal, Decides.ELECTION_ORDER, len(equal)))
        self.sheet.stages[-1] = replace(self.sheet.stages[-1], elected=tuple(self.elected))

    def _excludable(self, surplus: int) -> int:
        """The most options with the fewest votes that may be excluded together; 0 if the surplus could save them."""
        ascending = sorted(self.votes[option] for option in self.continuing)
        sums = accumulate(ascending[: len(ascending) - self.vacancies])
        return max((number for number, votes in enumerate(sums, 1) if votes + surplus <= ascending[number]), default=0)

    def _fewest(self, number: int) -> set[int]:
        """So many options with the fewest votes."""
        found: set[int] = set()
        for votes in sorted({self.votes[option] for option in self.continuing}):
            equal = self._with_votes(votes, self.continuing)
            wanted = min(number - len(found), len(equal))
            if 0 < wanted < len(equal):
                equal = self._order(equal, Decides.EXCLUSION, len(equal) - wanted)[-wanted:]
            found |= set(equal[:wanted])
        return found

    def _largest_surplus(self) -> int:
        most = max(self.votes[option] for option in self.surpluses)
        return self._order(self._with_votes(most, self.surpluses), Decides.SURPLUS, 1)[0]

    def _transfer_surplus(self, option: int) -> None:
        self._begin_stage()
        self.surpluses.remove(option)
        surplus = self.votes[option] - self.quota
        value, papers = self.batches[option][-1]
        transferable = weight(papers) - sort_papers(papers, self.continuing)[1]
        shared = transferable * value > surplus
        before = self.non_transferable
        received = self._hand_on(surplus // transferable if shared else value, papers)
        left = surplus - sum(received.values())
        self.non_transferable = before if shared else before + left
        self.rounding += left if shared else 0
        self.votes[option] = self.quota
        self._end_batch()
        self._end_stage(Action.SURPLUS, (option,), received)

    def _exclude(self, options: Collection[int]) -> None:
        self._begin_stage()
        self.continuing.difference_update(options)
        transferred: dict[int, int] = {}
        for value in sorted({value for option in options for value, _ in self.batches[option]}, reverse=True):
            batch: list[Paper] = []
            for option in options:
                papers = [paper for worth, parcel in self.batches[option] if worth == value for paper in parcel]
                self.votes[option] -= weight(papers) * value
                batch += papers
            for option, units in self._hand_on(value, batch).items():
                transferred[option] = transferred.get(option, 0) + units
            if not self.sheet.winners:
                self._set_quota()
            self._end_batch()
            if not self.vacancies:
                break
        self._end_stage(Action.EXCLUSION, sorted(options), transferred)

    def _with_votes(self, votes: int, options: Collection[int]) -> list[int]:
        return [option for option in options if self.votes[option] == votes]

    def _record(self, option: int) -> list[int]:
        return [votes[option - 1] for votes in self.points]

    def _order(self, equal: list[int], decides: Decides, places: int) -> list[int]:
        """Options with equal votes, best first; a tie between two or more is put on the sheet."""
        if len(equal) == 1:
            return equal
        self.sheet.ties.append(self._tie(equal, decides, places))
        return list(self.sheet.ties[-1].order)

    def _tie(self, equal: list[int], decides: Decides, places: int) -> Tie:
        contest = self.sheet.contest
        earlier = self.points if contest.tie is TieRule.PREVIOUS_STAGES else []
        return decide(
            equal, decides, places, stage=self.stage, earlier=earlier, seed=contest.seed, contest=contest.contest_id
        )

    def _begin_stage(self) -> None:
        self.stage += 1
        self.elected = []

    def _end_stage(
        self, action: Action, options: Sequence[int] = (), transferred: Mapping[int, int] | None = None
    ) -> None:
        self.sheet.end_stage(
            action,
            self.votes,
            option=options[0] if len(options) == 1 else 0,
            transferred=transferred,
            non_transferable=self.non_transferable,
            rounding=self.rounding,
            quota=self.quota,
            elected=tuple(self.elected),
            excluded=tuple(options) if action is Action.EXCLUSION else (),
        )
