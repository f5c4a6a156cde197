"""A count in sentences: who won, what happened in each round, which ties there were and what decided them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from web.figures.conditions import Conditions, seated
from web.figures.flows import lost
from web.figures.scale import Scale

Text = Callable[..., Markup]
"""`Language.text`."""
Contest = Mapping[str, Any]
"""As `GET /elections/{id}/results` tells it."""


class Words:
    def __init__(self, contest: Contest, text: Text, scale: Scale) -> None:
        self._contest = contest
        self._text = text
        self._scale = scale

    def name(self, option: int) -> str:
        """By itself; within a sentence `names`."""
        name: str = self._contest["options"][option - 1]
        return name

    def names(self, options: Sequence[int], last: str = "results.and") -> Markup:
        """In a sentence; `last`: the key of what stands before the last one."""
        return listed([isolated(self.name(option)) for option in options], self._text, last)

    def outcome(self) -> Iterator[Markup]:
        """Who is elected, and how many seats stay empty; of a motion, whether it is carried."""
        if told := self._contest.get("outcome"):
            yield from Conditions(self._contest, told, self._text, self.names).sentences()
            said = {"quorum", *(["none-of-the-above"] if self._contest["seats"] == 1 else [])}
            if self._contest["conditions"].get("motion") or said & {*told["unmet"]}:
                return
        winners, seats = seated(self._contest), self._contest["seats"]
        if winners and seats == 1:
            yield self._text("results.decided", names=self.names(winners))
        elif winners:
            yield self._text("results.elected", count=len(winners), names=self.names(winners))
        if not self._contest["valid"]:
            yield self._text("results.no_valid")
        if missing := seats - len(winners):
            yield self._text("results.vacant", count=missing, seats=seats)

    def ties(self) -> Iterator[Markup]:
        for tie in self._contest["ties"]:
            what = self._text(f"results.tie_{tie['decides']}", stage=tie["stage"], names=self.names(tie["options"]))
            order = self.names(tie["order"], "results.then")
            yield what + " " + self._text(f"results.tie_by_{tie['by']}", order=order)

    def rounds(self) -> Iterator[tuple[int, Markup]]:
        """(number, what happened in it)"""
        before: Mapping[str, Any] | None = None
        for stage in self._contest["rounds"]:
            yield stage["stage"], Markup(" ").join(self._round(stage, before))
            before = stage

    def _round(self, stage: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[Markup]:
        if len(stage["excluded"]) > 1:
            yield self._text("results.round_exclusion_together", names=self.names(stage["excluded"]))
        else:
            option = isolated(self.name(stage["option"])) if "option" in stage else ""
            yield self._text(f"results.round_{stage['action']}", option=option)
        if "quota" in stage:
            yield self._text("results.round_quota", votes=self._scale.show(self._scale.units(stage["quota"])))
        if before and (gone := lost(stage, self._scale) - lost(before, self._scale)) > 0:
            yield self._text("results.round_lost", count=self._scale.count(gone), votes=self._scale.show(gone))
        if stage["elected"]:
            elected = stage["elected"]
            yield self._text("results.round_elected", count=len(elected), names=self.names(elected))


def isolated(name: str) -> Markup:
    """Whatever directions a name's characters have, they end with it."""
    return Markup("<bdi>{}</bdi>").format(name)


def listed(names: Sequence[str], text: Text, last: str = "results.and") -> Markup:
    """`A, B and C`; `last`: the key of what stands before the last one."""
    if len(names) < 2:
        return Markup("").join(names)
    return text(last, names=Markup(", ").join(names[:-1]), name=names[-1])
