"""What went where from one stage of a ranked count to the next, among the few groups that a figure can show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.figures.scale import Scale

NAMED = 7
"""Options with a colour of their own; the others are one group."""


@dataclass(frozen=True)
class Groups:
    """`order`: the options, those that did best first. The first NAMED are groups 0 …; then all others, then what no
    option has any more (votes that are not transferable, and what was cut off)."""

    order: Sequence[int]

    @property
    def others(self) -> int | None:
        return NAMED if len(self.order) > NAMED else None

    @property
    def left(self) -> int:
        return NAMED + 1

    @property
    def all(self) -> list[int]:
        named = list(range(min(NAMED, len(self.order))))
        return [*named, *([NAMED] if self.others is not None else []), self.left]

    def of(self, option: int) -> int:
        return min(self.order.index(option), NAMED)

    def votes(self, stage: Mapping[str, Any], scale: Scale) -> dict[int, int]:
        """Group → units at the end of the stage."""
        found = dict.fromkeys(self.all, 0)
        for option, votes in enumerate(stage["votes"], 1):
            found[self.of(option)] += scale.units(votes)
        found[self.left] = lost(stage, scale)
        return found


def standing(contest: Mapping[str, Any]) -> list[int]:
    """The options as they did: winners in order of election, then who had votes longest, then by votes."""
    stages = contest["rounds"]
    rank = {option: place for place, option in enumerate(contest["winners"])}
    out = {option: stage["stage"] for stage in stages for option in stage["excluded"]}
    options = range(1, len(contest["options"]) + 1)
    last = {option: [float(stage["votes"][option - 1]) for stage in reversed(stages)] for option in options}
    return sorted(
        options,
        key=lambda option: (
            rank.get(option, len(rank)),
            -out.get(option, len(stages) + 1),
            [-votes for votes in last[option]],
            option,
        ),
    )


def lost(stage: Mapping[str, Any], scale: Scale) -> int:
    return scale.units(stage["non_transferable"]) + scale.units(stage["rounding"])


def flows(
    groups: Groups, before: Mapping[str, Any], after: Mapping[str, Any], scale: Scale
) -> dict[tuple[int, int], int]:
    """(from, to) → units, what stayed included. Where the account does not say who gave (Meek's rule), only that."""
    had, has = groups.votes(before, scale), groups.votes(after, scale)
    moved: dict[tuple[int, int], int] = {}
    if "option" in after:
        giver = groups.of(after["option"])
        gained = [(groups.of(one["to"]), scale.units(one["votes"])) for one in after["transferred"]]
        for to, units in [*gained, (groups.left, lost(after, scale) - lost(before, scale))]:
            if to != giver:
                moved[giver, to] = moved.get((giver, to), 0) + units
    gone = {group: sum(units for (giver, _), units in moved.items() if giver == group) for group in groups.all}
    stayed = {(group, group): min(had[group] - gone[group], has[group]) for group in groups.all}
    return {pair: units for pair, units in {**stayed, **moved}.items() if units > 0}
