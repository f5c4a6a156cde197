"""A default option, such as "further discussion", which every other option has to beat to be considered at all.

Source: the constitution of the Debian project, section A.6.3 as of 2003, with a majority ratio of 1: an option that is
not preferred to the default option by more ballots than the other way round is dropped before the method begins.

The method then counts as if there had never been the dropped options: they are struck from every ballot, and what stood
below them moves up. The default option takes part like any other, and wins where all others are dropped.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .ballots import Ballot, ranks, strike
from .contest import Contest, listed


@dataclass(frozen=True)
class AgainstDefault:
    """option: the default one. votes, against: per option, the ballots that prefer it to the default option, and the
    other way round; 0 for the default option and withdrawn ones. dropped: options, ascending."""

    option: int
    votes: tuple[int, ...]
    against: tuple[int, ...]
    dropped: tuple[int, ...]

    def sentence(self, names: Sequence[str]) -> str:
        """Return what was dropped, as a sentence after another one; empty for nothing."""
        if not self.dropped:
            return ""
        dropped = listed([names[option - 1] for option in self.dropped])
        verb = "does" if len(self.dropped) == 1 else "do"
        return f" {dropped} {verb} not beat the default option, {names[self.option - 1]}, and took no part."

    def as_json(self) -> dict[str, Any]:
        """As it is in the account."""
        return {name: value if isinstance(value, int) else list(value) for name, value in asdict(self).items()}


def drop_unbeaten(contest: Contest, default: int) -> tuple[Contest, AgainstDefault]:
    """Return the contest without options that do not beat the default one, and the comparisons.

    The number of valid ballots stays: one that ranks dropped options only has no preference between the others.
    """
    votes, against = Counter[int](), Counter[int]()
    others = contest.standing - {default}
    for ballot, number in contest.papers:
        above, level = _around(ballot, default)
        for option in above & others:
            votes[option] += number
        if default in level:
            for option in others - above - level:
                against[option] += number
    dropped = tuple(sorted(option for option in others if votes[option] <= against[option]))
    numbers = range(1, contest.options + 1)
    found = AgainstDefault(default, tuple(votes[n] for n in numbers), tuple(against[n] for n in numbers), dropped)
    if not dropped:
        return contest, found
    left = Counter[Ballot]()
    for ballot, number in contest.papers:
        left[strike(ballot, "ranked", dropped)] += number
    del left[()]
    return replace(contest, standing=contest.standing.difference(dropped), papers=left.items()), found


def _around(ballot: Ballot, default: int) -> tuple[set[int], set[int]]:
    """Return the options above the default one, and those at its rank; if it is not ranked, all that are, and none."""
    above: set[int] = set()
    for rank in ranks(ballot):
        if default in rank:
            return above, set(rank)
        above |= set(rank)
    return above, set()
