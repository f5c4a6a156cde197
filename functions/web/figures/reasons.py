"""Why who is elected is: a sentence or two from the account, for each method its rule and the figures that decided."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from web.figures.scale import Scale
from web.figures.words import Contest, Text, Words, listed

MOST = {
    "plurality": "votes",
    "approval": "votes",
    "satisfaction-approval": "votes",
    "cumulative": "points",
    "score": "points",
    "borda": "points",
    "modified-borda": "points",
}
"""Methods whose highest figures win, and what these are."""
QUOTA = frozenset({"scottish-stv", "wigm-stv", "ers97", "meek-stv"})
ORDERS = frozenset({"condorcet", "schulze", "ranked-pairs", "minimax", "tideman-alternative"})
Stage = Mapping[str, Any]


class Reasons:
    """`words` and `scale` are the contest's."""

    def __init__(self, contest: Contest, words: Words, text: Text, scale: Scale) -> None:
        self._contest = contest
        self._words = words
        self._text = text
        self._scale = scale

    def sentences(self) -> Iterator[Markup]:
        method, winners = self._contest["method"], self._contest["winners"]
        if method in ORDERS and self._contest["rounds"]:
            yield from self._in_order()
        elif winners and method in MOST:
            yield from self._by_most(f"results.why_{MOST[method]}")
        elif winners and method in QUOTA:
            yield from self._by_quota()
        elif method == "irv" and winners:
            yield self._by_majority()
        elif method == "contingent-vote" and winners:
            runoff = self._contest["rounds"][1:]
            yield self._of_two("results.why_contingent-vote", *runoff) if runoff else self._by_majority()
        elif method == "star":
            yield from filter(None, map(self._in_runoff, self._contest["rounds"]))
        elif winners:
            yield self._text(f"results.why_{method}", names=self._words.names(winners))
        dropped = self._contest.get("against_default", {}).get("dropped")
        if dropped:
            default = self._words.names([self._contest["against_default"]["option"]])
            yield self._text(
                "results.why_dropped", count=len(dropped), names=self._words.names(dropped), default=default
            )
        if winners:
            decided = {tie["by"]: None for tie in self._contest["ties"] if tie["decides"] != "election-order"}
            yield from (self._text(f"results.why_tie_{by}") for by in decided)

    def _by_most(self, key: str) -> Iterator[Markup]:
        """Who was equal with others for a seat had not the most."""
        [stage] = self._contest["rounds"]
        equal = [tie["options"] for tie in self._contest["ties"] if tie["decides"] == "seat"]
        clear = [one for one in self._contest["winners"] if not any(one in options for options in equal)]
        if clear:
            figures = listed([self._figure(stage, option) for option in clear], self._text)
            yield self._text(key, count=len(clear), names=self._words.names(clear), figures=figures)
        for options in equal:
            yield self._text(f"{key}_equal", names=self._words.names(options), figure=self._figure(stage, options[0]))

    def _by_quota(self) -> Iterator[Markup]:
        stages = self._contest["rounds"]
        reached = [option for stage in stages for option in stage["elected"] if self._has_quota(stage, option)]
        if reached:
            yield self._text("results.why_quota", count=len(reached), names=self._words.names(reached))
        if without := [option for option in self._contest["winners"] if option not in reached]:
            key = "results.why_below_quota" if self._contest["method"] == "ers97" else "results.why_last_seats"
            yield self._text(key, count=len(without), names=self._words.names(without))

    def _has_quota(self, stage: Stage, option: int) -> bool:
        quota = stage.get("quota", self._contest.get("quota"))
        return Fraction(stage["votes"][option - 1]) >= Fraction(quota)

    def _by_majority(self) -> Markup:
        stage, [winner] = self._contest["rounds"][-1], self._contest["winners"]
        total = sum(map(self._scale.units, stage["votes"]))
        values = {"votes": self._figure(stage, winner), "total": self._scale.show(total), "stage": stage["stage"]}
        return self._text("results.why_majority", names=self._words.names([winner]), **values)

    def _in_order(self) -> Iterator[Markup]:
        method, winners = self._contest["method"], self._contest["winners"]
        best = self._contest["rounds"][0]["smith"]
        if len(best) > 1 or not winners:
            yield self._text(f"results.why_{method}", names=self._words.names(winners[:1] or best))
        else:
            yield self._text("results.smith", count=1, names=self._words.names(best))
        if rest := winners[1:]:
            yield self._text("results.why_next", count=len(rest), names=self._words.names(rest))

    def _in_runoff(self, stage: Stage) -> Markup | None:
        """Of one seat; the stage before has only shown who the two are."""
        if not stage["elected"]:
            return None
        names = self._words.names(stage["elected"])
        if stage["action"] != "runoff":
            return self._text("results.why_only_one", names=names)
        return self._of_two("results.why_star", stage)

    def _of_two(self, key: str, stage: Stage) -> Markup:
        """Return how many ballots prefer who won a runoff, and how many the other one."""
        [winner] = stage["elected"]
        others = sum(map(self._scale.units, stage["votes"])) - self._scale.units(stage["votes"][winner - 1])
        votes = self._figure(stage, winner)
        return self._text(key, names=self._words.names([winner]), votes=votes, others=self._scale.show(others))

    def _figure(self, stage: Stage, option: int) -> Markup:
        return self._scale.show(self._scale.units(stage["votes"][option - 1]))
