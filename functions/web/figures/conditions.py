"""What a contest's conditions made of its count: quorum, threshold, none of the above, and motions, in sentences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

Text = Callable[..., Markup]
FOR = 1
"""The option of a motion that votes for it."""


def seated(contest: Mapping[str, Any]) -> list[int]:
    """The options that take a seat: the winners of the count, as far as conditions let them."""
    elected: list[int] = contest["outcome"]["elected"] if "outcome" in contest else contest["winners"]
    return elected


class Conditions:
    """`outcome`: the member of the account. `names`: of options, as a sentence has them."""

    def __init__(
        self,
        contest: Mapping[str, Any],
        outcome: Mapping[str, Any],
        text: Text,
        names: Callable[[Sequence[int]], Markup],
    ) -> None:
        self._contest = contest
        self._conditions = contest["conditions"]
        self._outcome = outcome
        self._text = text
        self._names = names

    def sentences(self) -> Iterator[Markup]:
        """The decision first, then what kept winners from a seat."""
        unmet = self._outcome["unmet"]
        if "quorum" in unmet:
            figures = {name: self._number(self._outcome["quorum"][name]) for name in ("cast", "voters")}
            yield self._text("results.no_decision")
            yield self._text("results.quorum_missed", part=part(self._conditions["quorum"], self._text), **figures)
        elif self._conditions.get("motion"):
            yield from self._motion()
        elif "threshold" in unmet:
            short = self._outcome["threshold"]["short"]
            names = self._names(short)
            yield self._text("results.threshold_missed", count=len(short), names=names, part=self._threshold())
        if "none-of-the-above" in unmet:
            key = "results.none_won_one" if self._contest["seats"] == 1 else "results.none_won"
            yield self._text(key, option=self._names([len(self._contest["options"])]))

    def facts(self) -> Iterator[tuple[Markup, Markup]]:
        """(name, value) of each condition, whether it was reached or not."""
        if "quorum" in self._outcome:
            figures = {name: self._number(self._outcome["quorum"][name]) for name in ("cast", "voters")}
            reached = self._text("results.quorum_reached", part=part(self._conditions["quorum"], self._text), **figures)
            yield self._text("results.quorum"), reached
        if "threshold" in self._outcome:
            yield self._text("results.threshold"), self._threshold()

    def _motion(self) -> Iterator[Markup]:
        elected = self._outcome["elected"]
        yield self._text("results.carried" if elected == [FOR] else "results.not_carried")
        if self._contest["rounds"]:
            figures = self._contest["rounds"][0]["votes"]
            told = [self._names([option]) + Markup(" {}").format(votes) for option, votes in enumerate(figures, 1)]
            yield Markup(", ").join(told) + "."
            if figures[0] == figures[1]:
                yield self._text("results.equal_votes")
        if "threshold" in self._outcome["unmet"]:
            yield self._text("results.motion_short", part=self._threshold())

    def _threshold(self) -> Markup:
        of = self._conditions["threshold_of"]
        needed = part(self._conditions["threshold"], self._text)
        return self._text(
            f"results.threshold_{of}", part=needed, whole=self._number(self._outcome["threshold"]["whole"])
        )

    def _number(self, number: int) -> str:
        return f"{number:,}".replace(",", str(self._text("results.group_mark")))


def part(written: str, text: Text) -> Markup:
    """A part as people read it: `40/100` as "at least 40%", `>1/2` as "more than 1/2"."""
    above, _, below = written.removeprefix(">").partition("/")
    figure = text("results.percent", figure=above) if below == "100" else f"{above}/{below}"
    return text("results.part_more" if written.startswith(">") else "results.part_least", part=figure)
