"""The formats of ballot files that are read, and which of them a file is in."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from .ballot_file import BallotFile, BallotFileError
from .ballots import Kind
from .blt import BLT_SWITCHES, read_blt
from .csv_choices import CsvChoices
from .cvr import NO_CHOICES, read_cvr
from .preflib import TYPES, read_preflib
from .reading import Reading, Switches
from .text import decode_text

FORMATS: Mapping[str, Callable[[bytes, Kind, Switches], Reading]] = {
    "blt": lambda data, _, switches: read_blt(data, switches),
    "preflib": lambda data, _, __: read_preflib(data),
    "csv": lambda data, kind, _: read_cvr(data, kind),
}

SWITCHES: Mapping[str, tuple[str, ...]] = {**BLT_SWITCHES}
"""The names of ``--read`` and their values: how to read a file that can be read in two ways."""


def format_of(name: str, data: bytes) -> str:
    """The format by the end of a file's name or, where that tells nothing, by its beginning."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    if suffix in ("blt", "csv", "tsv"):
        return suffix.replace("tsv", "csv")
    if suffix in TYPES:
        return "preflib"
    try:
        head = decode_text(data[:2000]).content.lstrip()
    except BallotFileError:  # the text is cut in the middle of a character
        head = ""
    if head.startswith("#") and "# DATA TYPE:" in head:
        return "preflib"
    return "blt" if head[:1].isdigit() or head.startswith(("#", "//", "/*")) else "csv"


def read_file(
    data: bytes, format_name: str, kind: Kind, switches: Switches | None = None, choices: CsvChoices = NO_CHOICES
) -> Reading:
    """Read a ballot file, and say how it was read.

    kind: what the cells of a CSV file are to be read as; the other formats know themselves. switches: how to read what
    is ambiguous, of `SWITCHES`; choices: the same for CSV. Raises BallotFileError for a bad file, of the kind
    AmbiguousFileError for one that has two readings, and ValueError for choices where the format is another.
    """
    if format_name == "csv":
        return read_cvr(data, kind, choices)
    if choices != NO_CHOICES:
        raise ValueError(f"the switches for CSV say nothing of {format_name}")
    return FORMATS[format_name](data, kind, switches or {})


def read_ballots(data: bytes, format_name: str, kind: Kind) -> BallotFile:
    """`read_file` without how it was read."""
    return read_file(data, format_name, kind).file
