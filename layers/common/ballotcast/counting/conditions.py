"""What must hold before winners take their seats: quorum, threshold, none of the above. A pure function of the count.

- quorum: the ballots cast, blank and spoilt ones among them, as a part of those who could vote. Below it nobody is
  elected: there is no decision.
- threshold: the votes with which an option is elected, at the stage where it is, as a part of the valid ballots of the
  contest, of all ballots cast, or of those who could vote. Anyone who has less is not elected, and the seat stays
  vacant. Only for rules whose votes are ballots (`SHARED`): points, comparisons and grades are no part of anything.
- none of the above: an option that takes part in the count like any other. The seat that falls to it, and all that
  would be filled after it, stay vacant; its votes are told apart.
- motion: a question with two options, for and against. It is carried if more vote for it than against it and quorum
  and threshold are reached; the threshold is asked of the votes for it only. Equal votes carry nothing, and no lot is
  drawn (`Sheet.elect`).

They are applied in this order: none of the above, threshold, quorum. A part is written ``1/3``, ``0.4`` or ``40%`` for
"at least", with ``>`` before it for "more than": ``>1/2``.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from .result import Count
from .rules import RULES

SHARED = tuple(method for method, rule in RULES.items() if rule.shares)

FOR = 1
"""The option of a motion that votes for it; the other one is against it."""

_PART = re.compile(r"(>?) ?(?:([0-9]{1,9})/([1-9][0-9]{0,8})|([0-9]{1,3}(?:\.[0-9]{1,9})?)(%?))")


@dataclass(frozen=True)
class Part:
    """A part that has to be reached (at least), or passed (more than)."""

    part: Fraction
    more: bool = False

    @classmethod
    def parse(cls, text: str) -> "Part":
        """Raises ValueError for what is not a part from 0 to 1."""
        found = _PART.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text[:20]!r} is not a part such as 1/3, 40% or >1/2")
        part = Fraction(int(found[2]), int(found[3])) if found[2] else Fraction(found[4]) / (100 if found[5] else 1)
        if part > 1:
            raise ValueError(f"{text[:20]!r} is more than the whole")
        return cls(part, bool(found[1]))

    def met(self, reached: Fraction) -> bool:
        """Whether so much is enough."""
        return reached > self.part if self.more else reached >= self.part

    def __str__(self) -> str:
        return f"{'more than' if self.more else 'at least'} {self.part}"


class Whole(StrEnum):
    """What a threshold is a part of."""

    VALID = "valid"  # the valid ballots of the contest, without blank ones
    BALLOTS = "ballots"  # all ballots cast, blank and spoilt ones too
    VOTERS = "voters"  # all who could vote


class Unmet(StrEnum):
    """What keeps winners of a count from their seats, in the order in which it is applied."""

    NONE_OF_THE_ABOVE = "none-of-the-above"
    THRESHOLD = "threshold"
    QUORUM = "quorum"


@dataclass(frozen=True)
class Conditions:
    """Those of a contest; None or 0 where there is none. of: what the threshold is a part of. none_of_the_above: an
    option's number."""

    quorum: Part | None = None
    threshold: Part | None = None
    none_of_the_above: int = 0
    of: Whole = Whole.VALID
    motion: bool = False

    def __bool__(self) -> bool:
        return bool(self.quorum or self.threshold or self.none_of_the_above or self.motion)


@dataclass(frozen=True)
class Outcome:
    """Who takes a seat once the conditions are applied, what keeps others from one, and a sentence for each of that.

    cast, voters: the figures of the quorum. whole: what the threshold is a part of. short: winners of the count who
    have less than the threshold. none_of_the_above: its votes at the first stage as they are in the account, empty
    without such an option."""

    conditions: Conditions
    elected: tuple[int, ...]
    vacant: int
    unmet: tuple[Unmet, ...]
    reasons: tuple[str, ...]
    cast: int
    voters: int
    whole: int
    short: tuple[int, ...]
    none_of_the_above: str

    def as_json(self) -> dict[str, Any]:
        """The outcome in JSON types, with its sentences."""
        return self.account() | {"reasons": list(self.reasons)}

    def account(self) -> dict[str, Any]:
        """As it is in the account: without sentences, and with the figures of the conditions that there are."""
        told: dict[str, Any] = {
            "elected": list(self.elected),
            "vacant": self.vacant,
            "unmet": [unmet.value for unmet in self.unmet],
        }
        if self.conditions.quorum:
            told["quorum"] = {"cast": self.cast, "voters": self.voters}
        if self.conditions.threshold:
            told["threshold"] = {"whole": self.whole, "short": list(self.short)}
        if self.none_of_the_above:
            told["none_of_the_above"] = self.none_of_the_above
        return told


def require_applicable(method: str, conditions: Conditions, *, options: int) -> None:
    """Raise ValueError, in words for the organiser, unless the conditions can be applied to counts by this method."""
    if conditions.threshold and method not in SHARED:
        raise ValueError(f"votes by {method} are no shares of the ballots; shares are known by {', '.join(SHARED)}")
    if not 0 <= conditions.none_of_the_above <= options:
        raise ValueError(f"none of the above is not one of the {options} options")


def conclude(counted: Count, conditions: Conditions, *, cast: int | None = None, voters: int = 0) -> Outcome:
    """Apply conditions to a count; raises as `require_applicable`.

    cast: all ballots, if the count does not know the spoilt ones. voters: how many could have voted."""
    options = len(counted.stages[0].votes) if counted.stages else conditions.none_of_the_above
    require_applicable(counted.method, conditions, options=options)
    cast = counted.ballots if cast is None else cast
    elected, unmet, reasons = list(counted.winners), list[Unmet](), list[str]()
    none = conditions.none_of_the_above
    if none in elected:
        elected = elected[: elected.index(none)]
        unmet.append(Unmet.NONE_OF_THE_ABOVE)
        reasons.append("A seat fell to none of the above; it and those after it stay vacant.")
    whole = {Whole.VALID: counted.valid, Whole.BALLOTS: cast, Whole.VOTERS: voters}[conditions.of]
    short: list[int] = []
    if conditions.threshold:
        asked = [option for option in elected if option == FOR or not conditions.motion]
        short = [option for option in asked if not _enough(counted, option, conditions.threshold, whole)]
        if short:
            unmet.append(Unmet.THRESHOLD)
            reasons.append(f"{len(short)} of the winners have less than {_needed(conditions)}.")
        elected = [option for option in elected if option not in short]
    if conditions.quorum and not (voters and conditions.quorum.met(Fraction(cast, voters))):
        unmet.append(Unmet.QUORUM)
        reasons.append(f"{cast} of {voters} voted, and not {conditions.quorum}: nobody is elected.")
        elected = []
    told = counted.in_votes(counted.stages[0].votes[none - 1]) if none and counted.stages else ""
    vacant = counted.seats - len(elected)
    return Outcome(
        conditions, tuple(elected), vacant, tuple(unmet), tuple(reasons), cast, voters, whole, tuple(short), told
    )


def _needed(conditions: Conditions) -> str:
    of = {
        Whole.VALID: "the valid ballots",
        Whole.BALLOTS: "all ballots cast",
        Whole.VOTERS: "all who could vote",
    }
    return f"the threshold, {conditions.threshold} of {of[conditions.of]}"


def _enough(counted: Count, option: int, threshold: Part, whole: int) -> bool:
    stage = next(stage for stage in counted.stages if option in stage.elected)
    return bool(whole) and threshold.met(Fraction(stage.votes[option - 1], counted.unit * whole))
