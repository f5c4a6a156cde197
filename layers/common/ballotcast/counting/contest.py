"""What a rule counts, and the sheet on which it accounts for every stage."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from .ballots import Paper
from .result import Action, Decides, Stage, Tie, TieRule, in_votes
from .ties import decide, lot


@dataclass(frozen=True)
class Contest:
    """A contest ready to count: withdrawn options are struck from every paper and no paper is blank.

    names: of all options, withdrawn ones included. standing: the numbers of those that are not withdrawn. valid: the
    papers' weights added up. motion: equal votes elect nobody, and no lot is drawn.
    """

    contest_id: str
    names: Sequence[str]
    standing: frozenset[int]
    seats: int
    papers: Collection[Paper]
    valid: int
    tie: TieRule
    seed: bytes
    motion: bool = False

    @property
    def options(self) -> int:
        """How many options the contest has, withdrawn ones included."""
        return len(self.names)

    def named(self, options: Iterable[int]) -> str:
        """The names of options as English lists them: ``Ada, Björn and Chloé``."""
        return listed([self.names[option - 1] for option in options])

    def draw(self, stage: int, options: Iterable[int]) -> list[int]:
        """Options in the order of the lot at the end of a stage, best first."""
        return sorted(options, key=lambda option: lot(self.seed, self.contest_id, stage, option))


def listed(words: Sequence[str]) -> str:
    """One or more words as English lists them."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


@dataclass
class Sheet:
    """The result sheet that a rule fills: one stage after the other, who is elected by the stage's figures, and why.

    decimals, unit, quota and why as in `Count`; a unit left out is the last decimal.
    """

    contest: Contest
    decimals: int = 0
    quota: int = 0
    unit: int = 0
    why: str = ""
    stages: list[Stage] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    winners: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unit = self.unit or 10**self.decimals

    def end_stage(
        self,
        action: Action,
        votes: Mapping[int, int],
        *,
        option: int = 0,
        transferred: Mapping[int, int] | None = None,
        non_transferable: int = 0,
        rounding: int = 0,
        excluded: tuple[int, ...] | None = None,
        **figures: Any,
    ) -> None:
        """Record a stage's figures, in units; an option missing from `votes` has none. excluded: who was, if not just
        the option of an exclusion. figures: those of `Stage` that only this rule has."""
        self.stages.append(
            Stage(
                number=len(self.stages) + 1,
                action=action,
                votes=tuple(votes.get(number, 0) for number in range(1, self.contest.options + 1)),
                option=option,
                transferred=tuple(sorted((transferred or {}).items())),
                non_transferable=non_transferable,
                rounding=rounding,
                excluded=excluded if excluded is not None else (option,) if action is Action.EXCLUSION else (),
                **figures,
            )
        )

    def elect(self, options: Iterable[int], seats: int) -> Sequence[int]:
        """Elect at most `seats` of the options at the latest stage, by their votes there, the most first."""
        by_votes = sorted(options, key=self._votes, reverse=True)
        elected: list[int] = []
        for _, group in groupby(by_votes, key=self._votes):
            equal = list(group)
            free = seats - len(elected)
            if free <= 0 or (self.contest.motion and len(equal) > free):
                break
            decides = Decides.SEAT if len(equal) > free else Decides.ELECTION_ORDER
            elected += self._order(equal, decides, min(free, len(equal)))[:free]
        self.winners += elected
        self.stages[-1] = replace(self.stages[-1], elected=tuple(elected))
        return elected

    def elect_most(self, what: str, among: AbstractSet[int] | None = None) -> None:
        """Elect anyone who has the most votes at the latest stage to all seats, and say so.

        what: the votes are called in the sentence. among: whom, if not all who have any."""
        able = {option for option in self.contest.standing if self._votes(option)} if among is None else among
        most = self.elect(able, self.contest.seats)
        if most:
            figures = listed([self.in_votes(self._votes(option)) for option in most])
            has = "has" if len(most) == 1 else "have"
            self.why = f"{self.contest.named(most)} {has} the most {what}: {figures} from {self.contest.valid} ballots"

    def sentence(self) -> str:
        """Why the winners won, ties included."""
        if not self.winners:
            return self.why or ("Nobody is elected." if self.contest.valid else "Nobody is elected: no valid ballot.")
        decided = sorted({tie.by.value.replace("-", " ") for tie in self.ties if tie.decides != Decides.ELECTION_ORDER})
        return self.why + (f"; a tie was decided by {listed(decided)}." if decided else ".")

    def in_votes(self, units: int) -> str:
        """Units as they are in the account."""
        return in_votes(units, self.decimals, self.unit)

    def highest(self, options: Collection[int], decides: Decides, *, back: int | None = None) -> int:
        """The option with the most votes at the latest stage; of equal ones, at one of the `back` stages before it."""
        most = max(map(self._votes, options))
        return self._order([option for option in options if self._votes(option) == most], decides, 1, back=back)[0]

    def foremost(self, options: Collection[int], places: int, decides: Decides) -> list[int]:
        """At most so many options with the most votes at the latest stage; who of equal ones is put to the tie rule."""
        found: list[int] = []
        for _, group in groupby(sorted(options, key=self._votes, reverse=True), key=self._votes):
            equal = list(group)
            free = places - len(found)
            found += equal if len(equal) <= free else self._order(equal, decides, free)[:free]
            if len(found) == places:
                break
        return found

    def lowest(self, options: Collection[int], decides: Decides, *, within: int = 0) -> int:
        """The option with the fewest votes at the latest stage; up to `within` units more are as few."""
        fewest = min(map(self._votes, options))
        tied = [option for option in options if self._votes(option) <= fewest + within]
        return self._order(tied, decides, len(tied) - 1)[-1]

    def _votes(self, option: int) -> int:
        return self.stages[-1].votes[option - 1]

    def _order(self, equal: list[int], decides: Decides, places: int, *, back: int | None = None) -> list[int]:
        """Equal options, best first; a tie between two or more is put on the sheet."""
        if len(equal) == 1:
            return equal
        contest, stages = self.contest, self.stages if back is None else self.stages[-1 - back :]
        earlier = [stage.votes for stage in reversed(stages[:-1])] if contest.tie is TieRule.PREVIOUS_STAGES else []
        number = stages[-1].number
        tie = decide(
            equal, decides, places, stage=number, earlier=earlier, seed=contest.seed, contest=contest.contest_id
        )
        self.ties.append(tie)
        return list(tie.order)


def sort_papers(papers: Iterable[Paper], continuing: set[int]) -> tuple[dict[int, list[Paper]], int]:
    """Sort papers into parcels by the next available preference: the first one for a continuing option.

    The search may start at the top of each paper, because an option that has stopped continuing never does so again.
    Several options at one rank are an overvote: the rank is skipped if none of them continues, one that continues alone
    is the preference, and there is no further preference while several do.

    Returns the parcels and the number of papers without such a preference.
    """
    parcels: dict[int, list[Paper]] = {}
    without = 0
    for paper in papers:
        for rank in paper[0]:
            if rank in continuing:
                parcels.setdefault(rank, []).append(paper)
                break
            if isinstance(rank, tuple) and (left := continuing.intersection(rank)):
                if len(left) > 1:
                    without += paper[1]
                else:
                    parcels.setdefault(min(left), []).append(paper)
                break
        else:
            without += paper[1]
    return parcels, without


def weight(papers: Iterable[Paper]) -> int:
    """How many ballots the papers stand for."""
    return sum(map(itemgetter(1), papers))
