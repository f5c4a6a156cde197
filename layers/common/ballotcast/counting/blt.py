"""BLT, the file format of ranked ballots (Hill, Wichmann, Woodall, "Algorithm 123", The Computer Journal 30, 1987).

::

    4 2             # options, seats
    -2              # option 2 is withdrawn (none, one or several such numbers)
    3 1 3 4 0       # three ballots that rank options 1, 3, 4
    2 3 1=4 0       # two ballots that rank 3 first, and 1 and 4 equally after it
    1 0             # a blank ballot
    0               # end of the ballots
    "Adam"          # the options' names, in their order
    ...
    "Title"         # may be missing

`docs/counting.md` lists the dialects that are read, and what is refused because it has two readings.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from .ballot_file import LARGEST, BallotFile, BallotFileError, has_control
from .ballots import Ballot, ranks
from .blt_ballots import SKIPPED_RANKS, read_ballots_of
from .blt_header import read_header
from .blt_names import read_names
from .blt_plain import line_in_plain, read_plain
from .blt_text import Line, split_lines
from .reading import Reading, Switches
from .text import decode_text
from .voter_errors import NO_ERRORS, correct

__all__ = ["BLT_SWITCHES", "LARGEST", "Blt", "BltError", "format_blt", "parse_blt", "read_blt"]

Blt = BallotFile
BltError = BallotFileError

BLT_SWITCHES: Mapping[str, tuple[str, ...]] = {
    "ballots": ("lines", "zeros"),
    "after-id": ("count", "option"),
    "commas": ("separate",),
    "names": ("lines", "texts"),
    "texts": ("notes",),
}


def parse_blt(data: bytes | str) -> Blt:
    """Read a BLT file. Raises BltError, and nothing else, for whatever is not one."""
    return read_blt(data).file


def read_blt(data: bytes | str, switches: Switches | None = None) -> Reading:
    """Read a BLT file, and say how it was read.

    switches: of `BLT_SWITCHES`, how to read what is ambiguous. Raises BltError, and nothing else, for whatever is not
    one; AmbiguousFileError for what has two readings and no switch that chooses one.
    """
    switches = switches or {}
    text = decode_text(data)
    plain = read_plain(text.content) if switches.get("ballots") != "zeros" else None
    found = split_lines(plain.rest, plain.rest_line) if plain else split_lines(text.content)
    lines = [*split_lines(plain.head).lines, *found.lines] if plain else found.lines
    separate = switches.get("commas") == "separate"
    header = read_header(lines, found.last, commas_separate=separate)
    cast = read_ballots_of(lines, header, found.last, switches)
    if plain:
        cast.ballots, cast.warnings = plain.ballots, plain.warnings
    named = [Line(lines[cast.lines - 1].number, cast.names)] if cast.names else []
    names = read_names([*named, *lines[cast.lines :]], header.size, found.last, switches)
    file = Blt(names.title, names.options, header.seats, tuple(sorted(header.withdrawn)), cast.ballots)
    if SKIPPED_RANKS in cast.dialect:
        file = replace(file, ballots=correct(cast.ballots, NO_ERRORS, equal=True), as_cast=cast.ballots)
    return Reading(
        file,
        "BLT",
        (*names.dialect, *header.dialect, *cast.dialect, *(["comments"] if found.comments else [])),
        text.encoding,
        (*map(str, text.warnings), *found.warnings, *header.warnings, *cast.warnings, *names.warnings),
        names.notes,
        line_of=partial(line_in_plain, text.content) if plain else lambda ballot: cast.first.get(ballot, 0),
    )


def format_blt(blt: Blt) -> str:
    """Write a BLT file that `parse_blt` reads back to the same. Raises ValueError for a control character in a name,
    and for ballots that are no rankings."""
    if blt.kind != "ranked":
        raise ValueError("a BLT file holds rankings")
    lines = [f"{len(blt.options)} {blt.seats}"]
    lines += [f"-{option}" for option in blt.withdrawn]
    lines += [f"{number} {_ranking(ballot)}0" for ballot, number in blt.ballots.items() if number]
    lines += ["0", *(_quote(name) for name in blt.options), _quote(blt.title)]
    return "\n".join(lines) + "\n"


def _ranking(ballot: Ballot) -> str:
    return "".join("=".join(map(str, rank)) + " " for rank in ranks(ballot))


def _quote(name: str) -> str:
    if has_control(name):
        raise ValueError(f"control character in {name!r}")
    return '"' + name.replace('"', '""') + '"'
