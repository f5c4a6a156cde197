"""The table of counting rules and the one way to count.

A rule is a module with one function from `Contest` to `Sheet`; to add one, write the module and enter it here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .approval import approval
from .contest import Ballot, Contest, Paper, Sheet
from .irv import irv
from .plurality import plurality
from .result import Count, TieRule
from .scottish_stv import scottish_stv

Ballots = Mapping[Ballot, int]
"""How many voters cast each ballot. A ballot is a tuple of 1-based option numbers:
ranked, in order of preference; choice, the options named, ascending. The empty tuple is the blank ballot."""


@dataclass(frozen=True)
class Rule:
    """A rule, the kind of ballot it reads and if it can fill one seat only."""

    fill: Callable[[Contest], Sheet]
    ballot: Literal["ranked", "choice"]
    one_seat: bool = False


RULES: Mapping[str, Rule] = {
    "plurality": Rule(plurality, "choice"),
    "approval": Rule(approval, "choice"),
    "irv": Rule(irv, "ranked", one_seat=True),
    "scottish-stv": Rule(scottish_stv, "ranked"),
}


def require_countable(method: str, *, seats: int, tie: str) -> None:
    """Raise ValueError, in words for the organiser, unless a contest with these settings can be counted."""
    if method not in RULES:
        raise ValueError(f"unknown method {method!r}; known are {', '.join(RULES)}")
    if tie not in list(TieRule):
        raise ValueError(f"unknown tie rule {tie!r}; known are {', '.join(TieRule)}")
    if seats < 1:
        raise ValueError(f"at least one seat is needed, not {seats}")
    if seats > 1 and RULES[method].one_seat:
        raise ValueError(f"{method} fills one seat, not {seats}")


def count(
    method: str,
    *,
    options: Sequence[str],
    seats: int,
    ballots: Ballots,
    tie: str = "lot",
    seed: bytes = b"",
    contest: str = "c1",
    withdrawn: Collection[int] = (),
) -> Count:
    """Count a contest. Pure: the same input gives the same account, whatever the order of the ballots.

    seed and contest (its id) enter the lot only. withdrawn: option numbers, struck from every ballot before the
    count; a ballot with nothing left is counted as blank.

    No valid ballot: no winner and no stage, under every rule; so too when there are no options or all are
    withdrawn. Fewer options than seats: all are elected by Scottish STV, all with a vote by plurality and approval;
    the other seats stay vacant.

    Raises ValueError for what no stored contest or ballot can hold: settings that `require_countable` refuses, an
    option number out of range or twice on a ballot, a negative number of ballots.
    """
    require_countable(method, seats=seats, tie=tie)
    numbers = range(1, len(options) + 1)
    if any(number not in numbers for number in withdrawn):
        raise ValueError(f"withdrawn options {sorted(withdrawn)} are not all within 1..{len(options)}")
    standing = frozenset(numbers).difference(withdrawn)
    papers, blank = _papers(ballots, frozenset(numbers), standing)
    valid = sum(number for _, number in papers)
    ready = Contest(contest, len(options), standing, seats, papers, valid, TieRule(tie), seed)
    sheet = RULES[method].fill(ready) if valid else Sheet(ready)
    return Count(
        method=method,
        contest=contest,
        seats=seats,
        tie=ready.tie,
        seed=seed,
        withdrawn=tuple(sorted(set(withdrawn))),
        ballots=blank + valid,
        blank=blank,
        valid=valid,
        decimals=sheet.decimals,
        quota=sheet.quota,
        winners=tuple(sheet.winners),
        stages=tuple(sheet.stages),
        ties=tuple(sheet.ties),
    )


def _papers(ballots: Ballots, options: frozenset[int], standing: frozenset[int]) -> tuple[list[Paper], int]:
    """The papers to count, without withdrawn options, and the number of blank ballots."""
    papers: list[Paper] = []
    blank = 0
    for paper in ballots.items():
        ballot, number = paper
        # The message keeps the ballot to itself: it may end in a log.
        if number < 0:
            raise ValueError("a negative number of ballots")
        if len(set(ballot)) != len(ballot):
            raise ValueError("a ballot names an option twice")
        if not options.issuperset(ballot):
            raise ValueError(f"a ballot names an option outside 1..{len(options)}")
        if not standing.issuperset(ballot):
            paper = (tuple(option for option in ballot if option in standing), number)
        if paper[0]:
            papers.append(paper)
        else:
            blank += number
    return papers, blank
