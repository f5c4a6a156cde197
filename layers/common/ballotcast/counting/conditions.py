"""What must hold before winners take their seats: quorum, threshold, none of the above. A pure function of the count.

- turnout (quorum): the ballots cast, blank and spoilt ones among them, as a part of those entitled to vote. Below it
  nobody is elected.
- share (threshold): the votes with which an option is elected, at the stage where it is, as a part of all valid
  ballots. Anyone who has less is not elected, and the seat stays vacant. Only for rules whose votes are ballots
  (`SHARED`): points, comparisons and grades are no part of anything.
- none of the above: an option that takes part in the count like any other. The seat that falls to it, and all that
  would be filled after it, stay vacant; its votes are told apart.

A part is written ``1/3``, ``0.4`` or ``40%`` for "at least", with ``>`` before it for "more than": ``>1/2``.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .result import Count
from .rules import RULES

SHARED = tuple(method for method, rule in RULES.items() if rule.shares)

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


@dataclass(frozen=True)
class Conditions:
    """Those of a contest; None or 0 where there is none. none_of_the_above: an option's number."""

    turnout: Part | None = None
    share: Part | None = None
    none_of_the_above: int = 0


@dataclass(frozen=True)
class Outcome:
    """Who takes a seat once the conditions are applied, and one sentence for each that keeps somebody from it.

    none_of_the_above: its votes at the first stage as they are in the account, empty without such an option."""

    elected: tuple[int, ...]
    vacant: int
    reasons: tuple[str, ...]
    none_of_the_above: str = ""

    def as_json(self) -> dict[str, Any]:
        """The outcome in JSON types, as the count's account has them."""
        described = {"elected": list(self.elected), "vacant": self.vacant, "reasons": list(self.reasons)}
        return described | ({"none_of_the_above": self.none_of_the_above} if self.none_of_the_above else {})


def require_applicable(method: str, conditions: Conditions, *, options: int) -> None:
    """Raise ValueError, in words for the organiser, unless the conditions can be applied to counts by this method."""
    if conditions.share and method not in SHARED:
        raise ValueError(f"votes by {method} are no shares of the ballots; shares are known by {', '.join(SHARED)}")
    if not 0 <= conditions.none_of_the_above <= options:
        raise ValueError(f"none of the above is not one of the {options} options")


def conclude(counted: Count, conditions: Conditions, *, entitled: int = 0) -> Outcome:
    """Apply conditions to a count; entitled: how many could have voted. Raises as `require_applicable`."""
    options = len(counted.stages[0].votes) if counted.stages else conditions.none_of_the_above
    require_applicable(counted.method, conditions, options=options)
    elected, reasons = list(counted.winners), []
    none = conditions.none_of_the_above
    if none in elected:
        elected = elected[: elected.index(none)]
        reasons.append("A seat fell to none of the above; it and those after it stay vacant.")
    if conditions.share:
        enough = [option for option in elected if conditions.share.met(_share(counted, option))]
        if enough != elected:
            reasons.append(
                f"Of those with the most votes, {len(elected) - len(enough)} had not {conditions.share} of them."
            )
        elected = enough
    if conditions.turnout and not (entitled and conditions.turnout.met(Fraction(counted.ballots, entitled))):
        reasons.append(f"{counted.ballots} of {entitled} voted, and not {conditions.turnout}: nobody is elected.")
        elected = []
    told = counted.in_votes(counted.stages[0].votes[none - 1]) if none and counted.stages else ""
    return Outcome(tuple(elected), counted.seats - len(elected), tuple(reasons), told)


def _share(counted: Count, option: int) -> Fraction:
    stage = next(stage for stage in counted.stages if option in stage.elected)
    return Fraction(stage.votes[option - 1], counted.unit * counted.valid)
