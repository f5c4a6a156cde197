"""What a reader found in a ballot file, and the same in words for `ballotcast count FILE --explain`."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from .ballot_file import BallotFile, BallotFileError
from .ballots import Ballot, Kind, ranks, scores
from .contest import listed
from .voter_errors import found_in

Switches = Mapping[str, str]
"""How to read what is ambiguous: the value of each ``--read NAME=VALUE``, by name."""


@dataclass(frozen=True)
class Reading:
    """A ballot file with how it was read.

    format: its name, as "BLT". dialect: what of the format's variants was found, a phrase each. encoding: of the text.
    warnings: sentences, each about something that a person should look at before trusting the count. notes: a text per
    option that is no part of its name (a party), or nothing. line_of: the first line of a ballot as cast; 0 where that
    is not known.
    """

    file: BallotFile
    format: str
    dialect: Sequence[str] = ()
    encoding: str = "UTF-8"
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    line_of: Callable[[Ballot], int] = field(default=lambda ballot: 0, compare=False)


class AmbiguousFileError(BallotFileError):
    """A file that can be read in two ways. The message names both, each with the switch that chooses it.

    readings: the switch and what the file says then, as ``{"ballots=lines": "each line is one ballot"}``; the switch is
    "" for a reading that needs another file.
    """

    def __init__(self, line: int, reason: str, readings: Mapping[str, str]) -> None:
        ways = "; or ".join(
            f"{meaning} (--read {switch})" if switch else meaning for switch, meaning in readings.items()
        )
        super().__init__(line, f"{reason}. Either {ways}")
        self.readings = readings


def explain(reading: Reading) -> Iterator[str]:
    """Yield what was found in the file, as lines of text."""
    file = reading.file
    yield f"format: {listed([reading.format, *reading.dialect])}"
    yield f"encoding: {reading.encoding}"
    yield f"title: {file.title or 'none'}"
    yield f"seats: {file.seats}"
    yield f"options: {len(file.options)}"
    named = times_named(file)
    for number, name in enumerate(file.options, 1):
        note = f" ({reading.notes[number - 1]})" if reading.notes and reading.notes[number - 1] else ""
        gone = ", withdrawn" if number in file.withdrawn else ""
        yield f"  {number} {name}{note}: on {_ballots(named[number])}{gone}"
    yield f"withdrawn: {', '.join(file.options[number - 1] for number in file.withdrawn) or 'nobody'}"
    yield f"ballots: {sum(file.ballots.values())}, of which {len(file.ballots)} different"
    if file.kind == "ranked" and (errors := list(found_in(file.rankings))):
        yield f"voters' errors: {listed(errors)}"
    if file.ballots:
        yield "the first ballots:"
    for ballot, number in islice(file.ballots.items(), 3):
        yield f"  {number} × {in_words(ballot, file.kind, file.options)}"
    yield from (f"warning: {warning}" for warning in reading.warnings)


def times_named(file: BallotFile) -> Counter[int]:
    """On how many ballots each option is named, withdrawn ones included."""
    named: Counter[int] = Counter()
    for ballot, number in file.ballots.items():
        options = (pair[0] for pair in scores(ballot)) if file.kind == "scores" else _flat(ballot)
        for option in set(options):
            named[option] += number
    return named


def in_words(ballot: Ballot, kind: Kind, options: Sequence[str]) -> str:
    """Return a ballot as a person would say it: ``1st Ada, 2nd Björn and Chloé equally``."""
    if not ballot:
        return "blank"
    if kind == "scores":
        return listed([f"{score} for {options[option - 1]}" for option, score in scores(ballot)])
    if kind == "choice" and any(isinstance(option, tuple) for option in ballot):
        return "spoilt, because it names too many options"
    named = [options[option - 1] for option in _flat(ballot)]
    if kind == "choice":
        return listed(named)
    if len(set(_flat(ballot))) < len(named):
        return f"spoilt, because it names an option twice: {', '.join(named)}"
    return ", ".join(
        f"{_ordinal(place)} {listed([options[option - 1] for option in rank])}{' equally' if len(rank) > 1 else ''}"
        for place, rank in enumerate(ranks(ballot), 1)
    )


def _flat(ballot: Ballot) -> Iterator[int]:
    return (option for rank in ranks(ballot) for option in rank)


def _ordinal(place: int) -> str:
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def _ballots(number: int) -> str:
    return f"{number} ballot{'' if number == 1 else 's'}"
