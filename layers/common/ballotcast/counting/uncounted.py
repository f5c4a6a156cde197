"""Which ballots of a file a method does not count, and why: what a returning officer has to account for."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .ballot_file import BallotFile, has_equal_ranks
from .ballots import PAIRED, Ballot, fault_of, ranks, scores
from .reading import Reading
from .rules import RULES
from .voter_errors import NO_ERRORS, SEVERAL, VoterErrors, corrected

NOTHING = "names nothing"
WITHDRAWN = "names withdrawn options only"
OVERVOTE = "begins with an overvote"


@dataclass(frozen=True)
class Uncounted:
    """reason: words that follow "a ballot that". ballots: how many. line: of the first of them; 0 if not known."""

    reason: str
    ballots: int
    line: int


@dataclass(frozen=True)
class Account:
    """blank, spoilt: by reason, in the order of the file; one entry for each different spoilt ballot. ended: ballots
    that an error ends above an option, by the error."""

    blank: tuple[Uncounted, ...]
    spoilt: tuple[Uncounted, ...]
    ended: tuple[Uncounted, ...]


def account_for(reading: Reading, method: str, *, errors: VoterErrors = NO_ERRORS, limit: int | None = None) -> Account:
    """Return the ballots of a file that `count` with these settings leaves out, or ends early."""
    file, rule = reading.file, RULES[method]
    numbers = frozenset(range(1, len(file.options) + 1))
    equal = rule.equal or errors.overvote == SEVERAL
    spoilt: list[Uncounted] = []
    blank: dict[str, Uncounted] = {}
    ended: dict[str, Uncounted] = {}
    for cast, number in (file.rankings if file.kind == "ranked" else file.ballots).items():
        ballot, end = _as_counted(file, cast, method, errors)
        reason = fault_of(ballot, rule.ballot, equal=equal, numbers=numbers, limit=limit)
        if reason:
            spoilt.append(Uncounted(reason, number, reading.line_of(cast)))
        elif why := _why_blank(ballot, file, method, errors):
            _add(blank, why, number, reading, cast)
        elif end:
            _add(ended, f"ends at {end}", number, reading, cast)
    return Account(tuple(blank.values()), tuple(spoilt), tuple(ended.values()))


def by_reason(uncounted: tuple[Uncounted, ...]) -> Iterator[tuple[str, int]]:
    """Yield each reason with its number of ballots."""
    found: Counter[str] = Counter()
    for one in uncounted:
        found[one.reason] += one.ballots
    yield from found.items()


def _as_counted(file: BallotFile, cast: Ballot, method: str, errors: VoterErrors) -> tuple[Ballot, str]:
    """Return a ballot of the file as the method reads it, and the error that ends it."""
    ballot, end = cast, ""
    if file.kind == "ranked":
        settled, equal = errors.or_else(file.errors), has_equal_ranks(method)
        ballot, end = corrected(cast, settled, equal=equal or errors == NO_ERRORS)
    alone = replace(file, ballots={ballot: 1}, as_cast=None)
    (counted,) = alone.ballots_for(method)
    return counted, end


def _why_blank(ballot: Ballot, file: BallotFile, method: str, errors: VoterErrors) -> str:
    if not ballot:
        return NOTHING
    kind = RULES[method].ballot
    if kind in PAIRED:
        named = {option for option, points in scores(ballot) if points or kind == "scores"}
        if not named:
            return NOTHING
        return WITHDRAWN if named.issubset(file.withdrawn) else ""
    left = [standing for rank in ranks(ballot) if (standing := set(rank).difference(file.withdrawn))]
    if not left:
        return WITHDRAWN
    return OVERVOTE if errors.overvote == SEVERAL and len(left[0]) > 1 else ""


def _add(found: dict[str, Uncounted], reason: str, number: int, reading: Reading, cast: Ballot) -> None:
    before = found.get(reason)
    line = before.line if before else reading.line_of(cast)
    found[reason] = Uncounted(reason, number + (before.ballots if before else 0), line)
