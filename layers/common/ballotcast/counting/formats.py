"""The formats of ballot files that are read, and which of them a file is in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from importlib import import_module
from pathlib import PurePath

from .ballot_file import BallotFile, BallotFileError
from .ballots import Kind
from .csv_choices import NO_CHOICES, CsvChoices
from .reading import Reading, Switches
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


# Each reader is imported with the first file of its format: a count of a small file takes less time than all of them.


def _reader(module: str) -> Reader:
    """Return the function ``read_<module>`` of a module of this package."""

    def read(data: bytes, kind: Kind, switches: Switches, choices: CsvChoices) -> Reading:
        found: Reader = getattr(import_module(f".{module}", __package__), f"read_{module}")
        return found(data, kind, switches, choices)

    return read


def _read_blt(data: bytes, _: Kind, switches: Switches, __: CsvChoices) -> Reading:
    from .blt import read_blt

    return read_blt(data, switches)


def _read_preflib(data: bytes, _: Kind, __: Switches, ___: CsvChoices) -> Reading:
    from .preflib import read_preflib

    return read_preflib(data)


def _read_csv(data: bytes, kind: Kind, _: Switches, choices: CsvChoices) -> Reading:
    from .cvr import read_cvr

    return read_cvr(data, kind, choices)


def _read_spreadsheet(data: bytes, kind: Kind, _: Switches, choices: CsvChoices) -> Reading:
    from .cvr import read_cvr
    from .sheet_table import SIGNATURE

    if not data.startswith(SIGNATURE):
        raise BallotFileError(1, "not a spreadsheet of the formats .xlsx and .ods")
    return replace(read_cvr(data, kind, choices), format="Spreadsheet")


TABLE_CHOICES = frozenset(field.name for field in fields(CsvChoices))

FORMATS: Mapping[str, Format] = {
    "blt": Format(_read_blt, ("blt",)),
    "preflib": Format(_read_preflib, ("soc", "soi", "toc", "toi")),
    "abif": Format(_reader("abif"), ("abif",), frozenset({"cells"})),
    "cef": Format(_reader("cef"), ("cvotes",)),
    "pabulib": Format(_reader("pabulib"), ("pb",)),
    "cdf": Format(_reader("cdf"), ("json",), frozenset({"options", "contest"})),
    "dominion": Format(_reader("dominion"), ("zip",), frozenset({"options", "contest"})),
    "csv": Format(_read_csv, ("csv", "tsv"), TABLE_CHOICES),
    "spreadsheet": Format(_read_spreadsheet, ("xlsx", "xlsm", "ods"), TABLE_CHOICES),
}


def known_switches() -> Mapping[str, tuple[str, ...]]:
    """Return the names of ``--read`` and their values: how to read a file that can be read in two ways."""
    from .blt import BLT_SWITCHES
    from .cef import CEF_SWITCHES
    from .records import RECORD_SWITCHES

    return {**BLT_SWITCHES, **CEF_SWITCHES, **RECORD_SWITCHES}


def format_of(name: str, data: bytes) -> str:
    """Return the format by the end of a file's name or, where that tells nothing, by its beginning."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    for format_name, known in FORMATS.items():
        if suffix in known.suffixes:
            return format_name
    return _format_by_beginning(data)


def _format_by_beginning(data: bytes) -> str:
    from .cdf import REPORT
    from .dominion import is_export
    from .sheet_table import SIGNATURE

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

    kind: what the cells of a table are to be read as, points as scores; the other formats know themselves. switches:
    how to read what is ambiguous, of `known_switches()`; choices: the same for tables and for names. Raises
    BallotFileError for a bad file, of the kind AmbiguousFileError for one with two readings, and ValueError for choices
    where the format is another.
    """
    known = FORMATS[format_name]
    others = [field.name for field in fields(choices) if field.name not in known.named]
    if other := next((name for name in others if getattr(choices, name)), ""):
        raise ValueError(f"--{other.replace('_', '-')} says nothing of {format_name}")
    reading = known.read(data, "scores" if kind == "points" else kind, switches or {}, choices)
    if "options" not in known.choices and choices.options:
        from .csv_options import require_names

        return replace(reading, file=require_names(reading.file, choices))
    return reading


def read_ballots(data: bytes, format_name: str, kind: Kind) -> BallotFile:
    """`read_file` without how it was read."""
    return read_file(data, format_name, kind).file
