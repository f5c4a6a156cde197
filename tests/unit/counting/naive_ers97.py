"""ERS97 paper by paper, as sections 5 and 6 of the Society's rules tell a returning officer: slow, exact fractions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .naive import Paper, Step, cut, drawn, hand_on, papers_of, standing_in

HUNDREDTH = Fraction(1, 100)


@dataclass
class Hand:
    """The table on which papers lie. batch: of each candidate, the papers received last."""

    election: Mapping[str, Any]
    papers: list[Paper]
    options: set[int]
    continuing: set[int]
    elected: list[int] = field(default_factory=list)
    now: list[int] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    batch: dict[int, list[Paper]] = field(default_factory=dict)
    points: list[dict[int, Fraction]] = field(default_factory=list)
    lost: Fraction = Fraction(0)
    difference: Fraction = Fraction(0)
    quota: Fraction = Fraction(0)
    stage: int = 1

    @property
    def free(self) -> int:
        seats: int = self.election["seats"]
        return seats - len(self.elected)

    def vote(self, option: int) -> Fraction:
        if option in self.settled:
            return self.quota
        return sum((paper.value for paper in self.papers if paper.holder == option), Fraction(0))

    def surplus(self, option: int) -> Fraction:
        return max(self.vote(option) - self.quota, Fraction(0)) if option in self.elected else Fraction(0)

    def set_quota(self) -> None:
        exact = Fraction(len(self.papers) - self.lost, self.election["seats"] + 1)
        self.quota = cut(exact, HUNDREDTH) + (HUNDREDTH if exact % HUNDREDTH else 0)

    def give(self, papers: Iterable[Paper], value: Fraction) -> None:
        received: dict[int, list[Paper]] = {}
        for paper in papers:
            paper.value = value
            hand_on(paper, self.continuing)
            received.setdefault(paper.holder, []).append(paper)
        self.batch.update(received)

    def rank(self, options: Iterable[int], stage: int) -> list[int]:
        """Those with equal votes, best first: by the earliest point at which they differ, then by lot."""
        looked_at = self.points if self.election["tie"] == "previous-stages" else []
        return sorted(
            options,
            key=lambda one: ([-point[one] for point in looked_at], drawn(self.election, stage, one)),
        )

    def deem(self) -> None:
        """After a batch: one candidate after the other, in descending order of votes."""
        self.points.append({option: self.vote(option) for option in self.options})
        while self.free and self.continuing:
            most = max(map(self.vote, self.continuing))
            active = len(self.papers) - self.lost - self.difference
            active -= sum(min(self.vote(option), self.quota) for option in self.elected)
            if most < Fraction(active, self.free + 1):
                return
            equal = self.rank([option for option in self.continuing if self.vote(option) == most], self.stage)
            if len(equal) > self.free:
                equal = self.separated(equal)
            if not equal:
                return
            self.elect(equal[0])

    def separated(self, equal: list[int]) -> list[int]:
        if self.election["tie"] == "lot":
            return []
        histories = [[point[option] for point in self.points] for option in equal]
        pairs = zip(equal, histories, strict=True)
        return [option for option, own in pairs if own != histories[self.free]][: self.free]

    def elect(self, option: int) -> None:
        self.elected.append(option)
        self.now.append(option)
        self.continuing.discard(option)

    def step(self, moved: int) -> Step:
        votes = {option: self.vote(option) for option in self.options}
        return Step(votes, moved, self.lost, list(self.now))

    def first_stage(self) -> Step:
        self.give(self.papers, Fraction(1))
        self.set_quota()
        self.deem()
        return self.step(0)

    def may_go(self) -> list[int]:
        """How many with the fewest votes may be excluded together."""
        surpluses = sum(map(self.surplus, self.elected))
        votes = sorted(map(self.vote, self.continuing))
        return [n for n in range(1, len(votes) - self.free + 1) if sum(votes[:n]) + surpluses <= votes[n]]

    def transfer_surplus(self) -> Step:
        largest = max(map(self.surplus, self.elected))
        one = self.rank([each for each in self.elected if self.surplus(each) == largest], self.stage)[0]
        self.stage, self.now = self.stage + 1, []
        papers = self.batch[one]
        transferable = [paper for paper in papers if any(option in self.continuing for option in paper.preferences)]
        value = papers[0].value
        if value * len(transferable) > largest:
            value = cut(largest / len(transferable), HUNDREDTH)
            self.difference += largest - value * len(transferable)
        else:
            self.lost += largest - value * len(transferable)
        self.settled.add(one)
        self.give(transferable, value)
        self.deem()
        return self.step(one)

    def elect_all(self, options: Iterable[int]) -> None:
        rest = {option: self.vote(option) for option in options}
        for votes in sorted(set(rest.values()), reverse=True):
            for option in self.rank([each for each in rest if rest[each] == votes], self.stage):
                self.elect(option)

    def exclude(self, number: int) -> Step | None:
        found: list[int] = []
        for votes in sorted(set(map(self.vote, self.continuing))):
            equal = [option for option in self.continuing if self.vote(option) == votes]
            found += reversed(self.rank(equal, self.stage))
        losers = found[:number]
        if len(self.continuing) - number == self.free:
            self.elect_all(found[number:])
            return None
        self.stage, self.now = self.stage + 1, []
        self.continuing -= set(losers)
        held = [paper for paper in self.papers if paper.holder in losers]
        for value in sorted({paper.value for paper in held}, reverse=True):
            batch = [paper for paper in held if paper.value == value]
            self.give(batch, value)
            self.lost += value * sum(paper.holder == 0 for paper in batch)
            if not self.elected:
                self.set_quota()
            self.deem()
            if not self.free:
                break
        return self.step(losers[0] if number == 1 else 0)


def ers97(election: Mapping[str, Any]) -> tuple[list[Step], list[int]]:
    papers = papers_of(election)
    if not papers:
        return [], []
    options = standing_in(election)
    hand = Hand(election, papers, options, set(options))
    steps = [hand.first_stage()]
    while hand.free and hand.continuing:
        if len(hand.continuing) <= hand.free:
            hand.elect_all(hand.continuing)
            steps[-1].elected = list(hand.now)
            break
        allowed = hand.may_go()
        if any(map(hand.surplus, hand.elected)) and not allowed:
            steps.append(hand.transfer_surplus())
            continue
        made = hand.exclude(max(allowed, default=0))
        if made is None:
            steps[-1].elected = list(hand.now)
            break
        steps.append(made)
    return steps, hand.elected
