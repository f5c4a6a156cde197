"""The account of a count: what page, command, export and `verify` all render from.

Votes are exact integers in the rule's smallest unit. With ``decimals`` = 5, one vote is 100,000 units; a rule that
divides votes into other parts than decimal ones says into how many (``unit``). In JSON they become strings with
exactly `decimals` decimals (cut off where the unit is no power of ten: the comparisons were made before), so that the
account holds no float and no null and can enter RFC 8785 JSON.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .default_option import AgainstDefault


class Action(StrEnum):
    """What made a stage; a closed vocabulary."""

    VOTES = "votes"  # one vote to each option named on the ballot
    FIRST_PREFERENCES = "first-preferences"
    SURPLUS = "surplus"  # an elected option's votes above the quota were transferred
    EXCLUSION = "exclusion"  # the last option, or several, were excluded and their votes were transferred
    SCORES = "scores"  # the scores of all ballots added up
    KEEP_FACTORS = "keep-factors"  # elected options kept less of their votes, until another had the quota
    PAIRWISE = "pairwise"  # every option compared with every other; the figures are comparisons won
    STRONGEST_PATHS = "strongest-paths"  # the figures are options below in the order
    LOCKING = "locking"  # majorities locked in; the figures are options below in the order
    GRADES = "grades"  # the figures are middle grades
    MAJORITY_VALUES = "majority-values"  # the figures are options with a lower majority value
    POINTS = "points"  # the points of all ballots added up
    COMMITTEE = "committee"  # the best committee: each ballot's vote shared by those of its options that are in it
    ADDITION = "addition"  # what each option would add to those elected so far; one was elected
    RUNOFF = "runoff"  # one vote to that of two options which the ballot prefers
    WORST_DEFEATS = "worst-defeats"  # the figures are options with a larger worst defeat


class Decides(StrEnum):
    """What a tie had to decide; a closed vocabulary."""

    SEAT = "seat"
    SURPLUS = "surplus"  # whose surplus is transferred first
    EXCLUSION = "exclusion"
    ELECTION_ORDER = "election-order"  # all tied options are elected at this stage; only their order was open
    MAJORITY = "majority"  # which of several equal majorities is locked in first
    FINALIST = "finalist"  # who goes into the runoff


class TieRule(StrEnum):
    """How ties are decided; see `ballotcast.counting.ties`."""

    LOT = "lot"
    PREVIOUS_STAGES = "previous-stages"


class Separator(StrEnum):
    """What separated tied options; a closed vocabulary."""

    LOT = "lot"
    PREVIOUS_STAGES = "previous-stages"
    HEAD_TO_HEAD = "head-to-head"  # STAR: lost comparisons among the tied, as its own protocol has it


@dataclass(frozen=True)
class Majority:
    """More ballots prefer `winner` to `loser` (`votes`) than the other way round (`against`). locked: if it counts."""

    winner: int
    loser: int
    votes: int
    against: int
    locked: bool = False

    @property
    def margin(self) -> int:
        """By how many ballots."""
        return self.votes - self.against

    def decided(self, *, locked: bool) -> "Majority":
        """The same, locked or not."""
        return replace(self, locked=locked)


@dataclass(frozen=True)
class Stage:
    """One stage. `votes` and the rest are the figures at its end, in units; `non_transferable` and `rounding` are
    cumulative.

    votes: per option, in the order of the options. option: whose papers were transferred (surplus, exclusion), else
    0. transferred: (receiving option, units) of this stage. At every stage, sum(votes) + non_transferable +
    rounding is the number of valid ballots under the rules that give each ballot one vote.

    Some rules' stages have more figures, else empty or 0. matrix: per option and option, ballots that prefer the first
    (pairwise) or the strength of the strongest path to the second. smith: the Smith set. condorcet_loser: who loses
    every comparison. majorities: in the order in which they were looked at. quota: in units,
    where it changes from stage to stage. keep_factors: per option, the part of each vote that it keeps, in units.
    grades: per option, how many ballots give it 0, 1, 2 … defeats: per option, the margin of its worst defeat.
    """

    number: int
    action: Action
    votes: tuple[int, ...]
    option: int = 0
    transferred: tuple[tuple[int, int], ...] = ()
    non_transferable: int = 0
    rounding: int = 0
    elected: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    matrix: tuple[tuple[int, ...], ...] = ()
    smith: tuple[int, ...] = ()
    condorcet_loser: int = 0
    majorities: tuple[Majority, ...] = ()
    quota: int = 0
    keep_factors: tuple[int, ...] = ()
    grades: tuple[tuple[int, ...], ...] = ()
    defeats: tuple[int, ...] = ()


@dataclass(frozen=True)
class Tie:
    """Options with equal votes at the end of `stage`. order: best first, so the first of them gets the seat or has its
    surplus transferred, and the last is excluded. by: what separated the options that had to be separated."""

    stage: int
    decides: Decides
    options: tuple[int, ...]
    by: Separator
    order: tuple[int, ...]


@dataclass(frozen=True)
class Count:
    """A finished count. Options are 1-based numbers in the order of the contest's options.

    winners: in order of election; fewer than `seats` when there is nobody to fill them. why: one sentence. ballots =
    blank + spoilt + valid, where a ballot that names withdrawn options only is blank. decimals: of the figures in
    JSON; `unit` units are one vote. quota: in units, 0 under a rule without one. against_default: what was dropped
    before the count, where there is a default option and a valid ballot.
    """

    method: str
    contest: str
    seats: int
    tie: TieRule
    seed: bytes
    withdrawn: tuple[int, ...]
    ballots: int
    blank: int
    spoilt: int
    valid: int
    decimals: int
    unit: int
    quota: int
    winners: tuple[int, ...]
    why: str
    stages: tuple[Stage, ...]
    ties: tuple[Tie, ...]
    against_default: "AgainstDefault | None" = None

    def in_votes(self, units: int) -> str:
        """Units as they are in the account."""
        return in_votes(units, self.decimals, self.unit)

    def as_json(self) -> dict[str, Any]:
        """The account in JSON types: integers below 2^53, strings, lists and objects; no float, no null."""
        account: dict[str, Any] = {
            "method": self.method,
            "contest": self.contest,
            "seats": self.seats,
            "tie": self.tie.value,
            "seed": self.seed.hex(),
            "withdrawn": list(self.withdrawn),
            "ballots": self.ballots,
            "blank": self.blank,
            "spoilt": self.spoilt,
            "valid": self.valid,
            "winners": list(self.winners),
            "why": self.why,
            "stages": [self._stage_json(stage) for stage in self.stages],
            "ties": [_tie_json(tie) for tie in self.ties],
        }
        if self.quota:
            account["quota"] = self.in_votes(self.quota)
        if self.against_default:
            account["against_default"] = self.against_default.as_json()
        return account

    def _stage_json(self, stage: Stage) -> dict[str, Any]:
        described: dict[str, Any] = {
            "stage": stage.number,
            "action": stage.action.value,
            "votes": [self.in_votes(units) for units in stage.votes],
            "transferred": [{"to": to, "votes": self.in_votes(units)} for to, units in stage.transferred],
            "non_transferable": self.in_votes(stage.non_transferable),
            "rounding": self.in_votes(stage.rounding),
            "elected": list(stage.elected),
            "excluded": list(stage.excluded),
        }
        if stage.option:
            described["option"] = stage.option
        if stage.matrix:
            described["matrix"] = [list(row) for row in stage.matrix]
        if stage.smith:
            described["smith"] = list(stage.smith)
        if stage.condorcet_loser:
            described["condorcet_loser"] = stage.condorcet_loser
        if stage.action is Action.LOCKING:
            described["majorities"] = [asdict(majority) for majority in stage.majorities]
        if stage.grades:
            described["grades"] = [list(row) for row in stage.grades]
        if stage.defeats:
            described["defeats"] = list(stage.defeats)
        if stage.quota:
            described["quota"] = self.in_votes(stage.quota)
        if stage.keep_factors:
            described["keep_factors"] = [self.in_votes(units) for units in stage.keep_factors]
        return described


def _tie_json(tie: Tie) -> dict[str, Any]:
    return {
        "stage": tie.stage,
        "decides": tie.decides.value,
        "options": list(tie.options),
        "by": tie.by.value,
        "order": list(tie.order),
    }


def in_votes(units: int, decimals: int, unit: int = 0) -> str:
    """Units as votes with exactly `decimals` decimals: ``in_votes(13000041, 5) == "130.00041"``. units >= 0; `unit` of
    them are a vote, 10^decimals if left out."""
    whole, part = divmod(units * 10**decimals // (unit or 10**decimals), 10**decimals)
    return f"{whole}.{part:0{decimals}d}" if decimals else str(whole)
