"""Voters' errors on a ranked ballot, and what a law or a program makes of them.

A ranking *as cast* has an element for each rank, those with an error too:

- ``()``: a rank that is skipped;
- ``(2, 5)``: several options at one rank, an overvote where the rule has no equal ranks;
- ``(0, 2, 5)`` and ``(0,)``: an overvote under every rule, with its options if the file names them;
- ``0``: a vote for somebody who is not an option, such as a write-in that nobody declared;
- an option that an earlier rank has as well: a duplicate.

`VoterErrors` says what becomes of each; `corrected` makes a ranking as the rules read it, in which what follows a rank
without an option moves up.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from operator import ne
from typing import Literal

from .ballots import Ballot, Ballots, Sifted

Overvote = Literal["", "skip", "exhaust", "exhaust-if-several-continue"]
Duplicates = Literal["", "skip", "exhaust", "spoil"]

SEVERAL = "exhaust-if-several-continue"
WAITING = frozenset({"irv", "scottish-stv"})
"""The rules under which an overvote may wait on a paper until at most one of its options continues."""


@dataclass(frozen=True)
class VoterErrors:
    """What becomes of a ballot with an error. An empty field leaves it to the format of the file, or to the rule.

    overvote: the rank is skipped, or the ballot ends there, or it does so only if several of the rank's options
    continue (one that continues alone gets the vote; the rank is skipped if none does). skipped: so many skipped ranks
    in a row end the ballot, if something is ranked below them; 0 for no number. duplicates: the later rank is skipped,
    or the ballot ends there, or it is spoilt.

    RCTab calls them overvoteRule (alwaysSkipToNextRank, exhaustImmediately, exhaustIfMultipleContinuing),
    maxSkippedRanksAllowed (one less than `skipped`), and exhaustOnDuplicateCandidate.
    """

    overvote: Overvote = ""
    skipped: int = 0
    duplicates: Duplicates = ""

    def or_else(self, usual: "VoterErrors") -> "VoterErrors":
        """The same with the fields of `usual` where they are empty."""
        return replace(
            self,
            overvote=self.overvote or usual.overvote,
            skipped=self.skipped or usual.skipped,
            duplicates=self.duplicates or usual.duplicates,
        )

    def require_applicable(self, method: str) -> None:
        """Raise ValueError for a rule under which an overvote cannot wait."""
        if self.overvote == SEVERAL and method not in WAITING:
            raise ValueError(f"--overvote {SEVERAL} is for {' and '.join(sorted(WAITING))}, and not for {method}")


NO_ERRORS = VoterErrors()


def is_as_cast(ballot: Ballot) -> bool:
    """Return whether a ranking has an error, or equal ranks; quick for all others."""
    return 0 in ballot or len(set(ballot)) < len(ballot) or tuple in map(type, ballot)


def names_twice(ballot: Ballot) -> bool:
    """Return whether a ranking as cast names an option at two ranks."""
    named = [option for rank in ballot for option in (rank if isinstance(rank, tuple) else (rank,)) if option]
    return len(set(named)) < len(named)


def any_as_cast(ballots: Collection[Ballot], options: int) -> bool:
    """Return whether some ranking of so many options has an error, or equal ranks."""
    numbers = frozenset(range(1, options + 1))
    twice = any(map(ne, map(len, ballots), map(len, map(set, ballots))))
    return twice or not all(map(numbers.issuperset, ballots))


def corrected(ballot: Ballot, errors: VoterErrors, *, equal: bool) -> tuple[Ballot, str]:
    """Return a ranking as the rules read it, and the error that ends it above an option; empty for none.

    equal: whether several options at a rank are equal, and no overvote.
    """
    if not is_as_cast(ballot):
        return ballot, ""
    ranking: list[int | tuple[int, ...]] = []
    seen: set[int] = set()
    skipped = 0
    for place, rank in enumerate(ballot):
        if rank == ():
            skipped += 1
            continue
        if errors.skipped and skipped >= errors.skipped:
            return tuple(ranking), "skipped ranks" if _names_any(ballot[place:]) else ""
        skipped = 0
        named = [option for option in (rank if isinstance(rank, tuple) else (rank,)) if option]
        again = seen.intersection(named)
        over = isinstance(rank, tuple) and (0 in rank or (not equal and errors.overvote != ""))
        ends = "a duplicate" if again and errors.duplicates == "exhaust" else ""
        ends = ends or ("an overvote" if over and errors.overvote == "exhaust" else "")
        if ends:
            return tuple(ranking), ends if _names_any(ballot[place + 1 :]) else ""
        if over and errors.overvote != SEVERAL:
            # RCTab takes an option of such a rank for a duplicate where it comes again, if that ends the ballot.
            seen.update(named if errors.duplicates == "exhaust" else ())
            continue
        seen.update(named)
        if errors.duplicates == "skip":
            named = [option for option in dict.fromkeys(named) if option not in again]
        if named:
            ranking.append(tuple(sorted(named)) if len(named) > 1 else named[0])
    return tuple(ranking), ""


def _names_any(ranks: Ballot) -> bool:
    return any(any(rank) if isinstance(rank, tuple) else rank for rank in ranks)


def correct(ballots: Ballots, errors: VoterErrors, *, equal: bool) -> Ballots:
    """Rankings as cast as the rules read them."""
    counted: Counter[Ballot] = Counter()
    for ballot, number in ballots.items():
        counted[corrected(ballot, errors, equal=equal)[0]] += number
    return counted


def end_at_once(sifted: Sifted) -> Sifted:
    """Ballots with several options at their first rank under `SEVERAL`: they end there, and so are blank."""
    over = sum(number for ballot, number in sifted.papers if isinstance(ballot[0], tuple))
    papers = [paper for paper in sifted.papers if not isinstance(paper[0][0], tuple)] if over else sifted.papers
    return Sifted(papers, sifted.blank + over, sifted.spoilt)


def found_in(ballots: Ballots) -> Iterator[str]:
    """Yield how many ballots have each error, in words."""
    found: Counter[str] = Counter()
    for ballot, number in ballots.items():
        if not is_as_cast(ballot):
            continue
        ranks = [rank if isinstance(rank, tuple) else (rank,) for rank in ballot]
        options = [option for rank in ranks for option in rank if option]
        found["an overvote"] += number * any(isinstance(rank, tuple) and 0 in rank for rank in ballot)
        found["several options at one rank"] += number * any(len(rank) > 1 and 0 not in rank for rank in ranks)
        skipped = any(not rank and _names_any(ballot[place:]) for place, rank in enumerate(ranks))
        found["a skipped rank above an option"] += number * skipped
        found["an option twice"] += number * (len(set(options)) < len(options))
    yield from (f"{number} with {error}" for error, number in found.items() if number)


def ended_by(ballots: Ballots, errors: VoterErrors, *, equal: bool) -> Iterator[str]:
    """Yield a sentence for each error that ends ballots above an option, with how many."""
    found: Counter[str] = Counter()
    for ballot, number in ballots.items():
        found[corrected(ballot, errors, equal=equal)[1]] += number
    for error, number in sorted(found.items()):
        if error:
            yield f"{number} ballot{' ends' if number == 1 else 's end'} at {error}, above what is ranked below."


def undecided(ballot: Ballot, overvote: Overvote) -> str:
    """Return what has two readings in a ranking as cast: an overvote above an option. Empty if that is settled."""
    for place, rank in enumerate(ballot):
        if not isinstance(rank, tuple) or 0 not in rank:
            continue
        below = _names_any(ballot[place + 1 :])
        if below and not overvote:
            return "an overvote with options ranked below it"
        if below and overvote == SEVERAL and len(rank) == 1:
            return f"an overvote whose options the file does not name, under --overvote {SEVERAL}"
    return ""


OVERVOTE_READINGS = {
    "--overvote exhaust": "the ballot ends there",
    "--overvote skip": "that rank is skipped",
}
