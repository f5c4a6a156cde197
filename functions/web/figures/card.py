"""What a contest's result is at a glance: who, with how many votes, how far ahead, and whether a lot decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from web.figures.bars import Bar, bars
from web.figures.conditions import seated
from web.figures.reasons import MOST as BY_FIGURE
from web.figures.reasons import ORDERS
from web.figures.scale import Scale
from web.figures.shares import percentage
from web.figures.words import Contest, Text, Words, isolated

SHARED = frozenset({"plurality", "approval"})
"""Methods whose votes are parts of the ballots."""
ROUNDS = frozenset({"irv", "contingent-vote", "star"})
"""Methods for one seat that end with few options and a majority among them."""
QUOTA = frozenset({"scottish-stv", "wigm-stv", "ers97", "meek-stv"})
LISTED = 12
"""Winners with a line of their own, and bars."""
WITH_FIGURES = frozenset({"seat", "exclusion", "finalist"})
"""Ties among options whose votes are equal, not among comparisons."""
BADGES = 3
"""Lots that the card shows; all of them are listed below it."""
Stage = Mapping[str, Any]


@dataclass
class Winner:
    name: str
    figure: Markup | str = ""
    share: Markup | str = ""
    note: Markup | str = ""


@dataclass
class Card:
    """`elected`: how many are. `lots`: a badge for each lot that decided who is. `bars`: of the votes that decided, if
    there are any."""

    outcome: list[Markup]
    elected: int = 0
    winners: list[Winner] = field(default_factory=list)
    margin: Markup | str = ""
    lots: list[Markup] = field(default_factory=list)
    bars: Markup | str = ""
    bars_of: Markup | str = ""


class Cards:
    """Makes the card of one contest; `scale` and `words` are the contest's."""

    def __init__(self, contest: Contest, words: Words, text: Text, scale: Scale) -> None:
        self._contest, self._words, self._text, self._scale = contest, words, text, scale
        self._winners = seated(contest)

    def card(self) -> Card:
        method, stages = self._contest["method"], self._contest["rounds"]
        # A lot decided nothing where conditions let nobody take a seat.
        lots = [] if "outcome" in self._contest and not self._winners else list(dict.fromkeys(self._lots()))
        made = Card(list(self._words.outcome()), len(self._winners), lots=lots[:BADGES])
        if not stages:
            return made
        if method in ORDERS:
            made.winners = [Winner(self._words.name(option)) for option in self._winners[:LISTED]]
            made.margin = self._closest(stages[0])
            return made
        if method not in BY_FIGURE and method not in ROUNDS and method not in QUOTA:
            made.winners = [Winner(self._words.name(option)) for option in self._winners[:LISTED]]
            return made
        stage = stages[-1]
        made.winners = [self._winner(option, stage) for option in self._winners[:LISTED]]
        if method not in QUOTA:
            made.margin = self._margin(stage)
        made.bars, made.bars_of = self._bars(stage), self._bars_title(stage)
        return made

    def _winner(self, option: int, last: Stage) -> Winner:
        """Under a quota with the votes of the round in which it was elected, else with those of the last."""
        stage, note = last, Markup()
        if self._contest["method"] in QUOTA:
            stage = next((one for one in self._contest["rounds"] if option in one["elected"]), last)
            note = self._text("results.in_round", stage=stage["stage"])
        units = self._units(stage, option)
        return Winner(self._words.name(option), self._scale.show(units), self._share(units, stage), note)

    def _units(self, stage: Stage, option: int) -> int:
        return self._scale.units(stage["votes"][option - 1])

    def _whole(self, stage: Stage) -> int:
        """What all votes come to: ballots where votes are parts of them, else the sum of the figures."""
        if self._contest["method"] in SHARED | QUOTA:
            return self._scale.units(str(self._contest["valid"]))
        return sum(map(self._scale.units, stage["votes"]))

    def _share(self, units: int, stage: Stage) -> Markup | str:
        if self._contest["method"] in SHARED | ROUNDS:
            return percentage(units, self._whole(stage), self._text)
        return ""

    def _bars(self, stage: Stage) -> Markup:
        rows = [
            Bar(
                self._words.name(option),
                units,
                self._scale.text(units),
                option in self._winners,
                self._share(units, stage),
            )
            for option in range(1, len(self._contest["options"]) + 1)
            if (units := self._units(stage, option)) or stage is self._contest["rounds"][0]
        ]
        return bars(rows, self._whole(stage), most=LISTED, line=self._line(stage)[0])

    def _line(self, stage: Stage) -> tuple[int, str]:
        """Where a dashed line marks what is needed, and the string that says so."""
        method, quota = self._contest["method"], stage.get("quota", self._contest.get("quota"))
        if method in QUOTA and quota is not None:
            return self._scale.units(quota), "results.line_quota"
        if method in ROUNDS and stage["action"] != "scores":
            return self._whole(stage) // 2, "results.line_half"
        return 0, ""

    def _bars_title(self, stage: Stage) -> Markup:
        several = len(self._contest["rounds"]) > 1
        title = self._text("results.bars_last", stage=stage["stage"]) if several else self._text("results.bars_all")
        return Markup(" ").join([title, *(self._text(key) for key in [self._line(stage)[1]] if key)])

    def _margin(self, stage: Stage) -> Markup | str:
        """How far the last of the elected is ahead of the best of the others."""
        others = [option for option in range(1, len(self._contest["options"]) + 1) if option not in self._winners]
        if not self._winners or not others:
            return ""
        next_one = max(others, key=lambda option: self._units(stage, option))
        last = min(self._winners, key=lambda option: self._units(stage, option))
        ahead = self._units(stage, last) - self._units(stage, next_one)
        if ahead <= 0:
            return ""
        values = {"votes": self._scale.show(ahead), "name": isolated(self._words.name(next_one))}
        kind = "points" if BY_FIGURE.get(self._contest["method"]) == "points" else "votes"
        return self._text(f"results.margin_{kind}", count=self._scale.count(ahead), **values)

    def _closest(self, stage: Stage) -> Markup | str:
        """The comparison that the first of the elected won most narrowly, or lost."""
        matrix = stage.get("matrix")
        if not self._winners or not matrix or len(matrix) < 2:
            return ""
        winner = self._winners[0]
        rest = [option for option in range(1, len(matrix) + 1) if option not in self._winners]
        if not rest:
            return ""

        def figures(other: int) -> tuple[int, int]:
            return matrix[winner - 1][other - 1], matrix[other - 1][winner - 1]

        closest = min(rest, key=lambda other: figures(other)[0] - figures(other)[1])
        votes, against = figures(closest)
        names = {"winner": isolated(self._words.name(winner)), "name": isolated(self._words.name(closest))}
        return self._text("results.closest", votes=votes, against=against, **names)

    def _lots(self) -> Iterator[Markup]:
        for tie in self._contest["ties"]:
            if tie["by"] != "lot" or tie["decides"] == "election-order":
                continue
            stage = self._contest["rounds"][tie["stage"] - 1]
            standing = [option for option, votes in enumerate(stage["votes"], 1) if self._scale.units(votes)]
            equal = {self._scale.text(self._units(stage, option)) for option in tie["options"]}
            last = tie["decides"] == "seat" or set(standing) == set(tie["options"])
            if last and len(equal) == 1 and len(tie["options"]) <= 4 and tie["decides"] in WITH_FIGURES:
                yield self._text("results.lot_between", figures=" : ".join([*equal] * len(tie["options"])))
                continue
            yield self._text("results.lot_in_round", stage=tie["stage"])
