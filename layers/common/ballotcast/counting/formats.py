"""The formats of ballot files that are read, and which of them a file is in."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from .ballot_file import BallotFile
from .ballots import Kind
from .blt import parse_blt
from .cvr import parse_cvr
from .preflib import TYPES, parse_preflib

FORMATS: Mapping[str, Callable[[bytes, Kind], BallotFile]] = {
    "blt": lambda data, _: parse_blt(data),
    "preflib": lambda data, _: parse_preflib(data),
    "csv": parse_cvr,
}


def format_of(name: str, data: bytes) -> str:
    """The format by the end of a file's name or, where that tells nothing, by its beginning."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    if suffix in ("blt", "csv"):
        return suffix
    if suffix in TYPES:
        return "preflib"
    head = data.removeprefix("\ufeff".encode()).lstrip()[:2000]
    if head.startswith(b"#") and b"# DATA TYPE:" in head:
        return "preflib"
    first = head.split(b"\n", 1)[0]
    return "blt" if first[:1].isdigit() or first.startswith(b"#") else "csv"


def read_ballots(data: bytes, format_name: str, kind: Kind) -> BallotFile:
    """Read a ballot file. kind: what the cells of a CSV file are to be read as; the other formats know themselves.

    Raises BallotFileError for a bad file.
    """
    return FORMATS[format_name](data, kind)
