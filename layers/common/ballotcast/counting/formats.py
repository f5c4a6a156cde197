"""The formats of ballot files that are read, and which of them a file is in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import PurePath

from ballotcast.spreadsheets import SIGNATURE

from .abif import read_abif
from .ballot_file import BallotFile, BallotFileError
from .ballots import Kind
from .blt import BLT_SWITCHES, read_blt
from .cdf import REPORT, read_cdf
from .cef import CEF_SWITCHES, read_cef
from .csv_choices import CsvChoices
from .csv_options import require_names
from .cvr import NO_CHOICES, read_cvr
from .dominion import is_export, read_dominion
from .pabulib import read_pabulib
from .preflib import TYPES, read_preflib
from .reading import Reading, Switches
from .records import RECORD_SWITCHES
from .text import decode_text

Reader = Callable[[bytes, Kind, Switches, CsvChoices], Reading]


@dataclass(frozen=True)
class Format:
    """suffixes: the ends of files' names. choices: the fields of `CsvChoices` that say something of such files; names
    in all others are compared with `CsvChoices.options`."""

    read: Reader
    suffixes: tuple[str, ...]
    choices: frozenset[str] = frozenset()

    @property
    def named(self) -> frozenset[str]:
        """The fields that may be given."""
        return self.choices | {"options", "merge_names", "overvote"}


def _read_spreadsheet(data: bytes, kind: Kind, _: Switches, choices: CsvChoices) -> Reading:
    if not data.startswith(SIGNATURE):
        raise BallotFileError(1, "not a spreadsheet of the formats .xlsx and .ods")
    return replace(read_cvr(data, kind, choices), format="Spreadsheet")


TABLE_CHOICES = frozenset(field.name for field in fields(CsvChoices))

FORMATS: Mapping[str, Format] = {
    "blt": Format(lambda data, _, switches, __: read_blt(data, switches), ("blt",)),
    "preflib": Format(lambda data, *_: read_preflib(data), TYPES),
    "abif": Format(read_abif, ("abif",), frozenset({"cells"})),
    "cef": Format(read_cef, ("cvotes",)),
    "pabulib": Format(read_pabulib, ("pb",)),
    "cdf": Format(read_cdf, ("json",), frozenset({"options", "contest"})),
    "dominion": Format(read_dominion, ("zip",), frozenset({"options", "contest"})),
    "csv": Format(lambda data, kind, _, choices: read_cvr(data, kind, choices), ("csv", "tsv"), TABLE_CHOICES),
    "spreadsheet": Format(_read_spreadsheet, ("xlsx", "xlsm", "ods"), TABLE_CHOICES),
}

SWITCHES: Mapping[str, tuple[str, ...]] = {**BLT_SWITCHES, **CEF_SWITCHES, **RECORD_SWITCHES}
"""The names of ``--read`` and their values: how to read a file that can be read in two ways."""


def format_of(name: str, data: bytes) -> str:
    """The format by the end of a file's name or, where that tells nothing, by its beginning."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    for format_name, known in FORMATS.items():
        if suffix in known.suffixes:
            return format_name
    if data.startswith(SIGNATURE):
        return "dominion" if is_export(data) else "spreadsheet"
    try:
        head = decode_text(data[:2000]).content.lstrip()
    except BallotFileError:  # the text is cut in the middle of a character
        head = ""
    if head.startswith("#") and "# DATA TYPE:" in head:
        return "preflib"
    if re.search("^#/[A-Za-z ]+:", head, re.MULTILINE):
        return "cef"
    if head.startswith("{") and REPORT in head:
        return "cdf"
    if head.startswith("META\n"):
        return "pabulib"
    if head.startswith("=") or re.match(r"[0-9]+ *: *[^\d\s]", head) or re.match(r"\{\"?[a-z_]+\"? *:.*\}\n", head):
        return "abif"
    return "blt" if head[:1].isdigit() or head.startswith(("#", "//", "/*")) else "csv"


def read_file(
    data: bytes, format_name: str, kind: Kind, switches: Switches | None = None, choices: CsvChoices = NO_CHOICES
) -> Reading:
    """Read a ballot file, and say how it was read.

    kind: what the cells of a table are to be read as; the other formats know themselves. switches: how to read what is
    ambiguous, of `SWITCHES`; choices: the same for tables and for names. Raises BallotFileError for a bad file, of the
    kind AmbiguousFileError for one that has two readings, and ValueError for choices where the format is another.
    """
    known = FORMATS[format_name]
    others = [field.name for field in fields(choices) if field.name not in known.named]
    if other := next((name for name in others if getattr(choices, name)), ""):
        raise ValueError(f"--{other.replace('_', '-')} says nothing of {format_name}")
    reading = known.read(data, kind, switches or {}, choices)
    if "options" not in known.choices and choices.options:
        return replace(reading, file=require_names(reading.file, choices))
    return reading


def read_ballots(data: bytes, format_name: str, kind: Kind) -> BallotFile:
    """`read_file` without how it was read."""
    return read_file(data, format_name, kind).file
