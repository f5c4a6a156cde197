"""PrefLib's files of orders: soc, soi, toc and toi (strict or with ties, complete or incomplete).

Source: N. Mattei and T. Walsh, "PrefLib: a library for preferences" (2013), and the format of preflib.org since 2022::

    # TITLE: Board 2026
    # DATA TYPE: toi
    # NUMBER ALTERNATIVES: 3
    # NUMBER VOTERS: 8
    # ALTERNATIVE NAME 1: Ada
    # ALTERNATIVE NAME 2: Björn
    # ALTERNATIVE NAME 3: Chloé
    5: 2,{1,3}
    3: 1

A last group of all alternatives that are left is how PrefLib completes an order that stops early. It is read as such an
order, with a warning: the first one above as ``5: 2``.

Lines of other metadata are read over. What the metadata say of the ballots must hold: the data type, the number of
voters where it is given. A file says nothing of seats; they are taken to be 1.
"""

import re

from .ballot_file import (
    LARGEST,
    TIES_ALL_LEFT,
    BallotFile,
    BallotFileError,
    Box,
    has_control,
    rank_together,
    ties_all_left,
)
from .ballots import Ballot, ranks
from .reading import Reading
from .text import decode_text

TYPES = ("soc", "soi", "toc", "toi")

_RANK = re.compile(r"\{([0-9,\s]*)\}|([0-9]+)")
_ORDER = re.compile(rf"\s*([0-9]+)\s*:\s*((?:{_RANK.pattern})(?:\s*,\s*(?:{_RANK.pattern}))*)?\s*")


def parse_preflib(data: bytes | str) -> BallotFile:
    """Read a file of orders. Raises BallotFileError, and nothing else, for whatever is not one."""
    return read_preflib(data).file


def read_preflib(data: bytes | str) -> Reading:
    """`parse_preflib`, and how the file was read."""
    decoded = decode_text(data)
    completed = completed_at = 0
    title, kind, size, voters = "", "", 0, -1
    names: dict[int, str] = {}
    box = Box[Ballot]()
    lines: dict[Ballot, int] = {}
    line = 0
    for line, text in enumerate(decoded.content.split("\n"), 1):
        if text.startswith("#"):
            key, value = _metadata(line, text)
            if key == "TITLE":
                title = value
            elif key == "DATA TYPE":
                kind = value.lower()
                if kind not in TYPES:
                    raise BallotFileError(line, f"data type {value[:20]!r}, and not one of {', '.join(TYPES)}")
            elif key == "NUMBER ALTERNATIVES":
                size = _number(line, value, 1)
            elif key == "NUMBER VOTERS":
                voters = _number(line, value, 0)
            elif key.startswith("ALTERNATIVE NAME "):
                names[_number(line, key.removeprefix("ALTERNATIVE NAME "), 1)] = value
        elif text.strip():
            if not size:
                raise BallotFileError(line, "an order before the number of alternatives")
            number, order = _order(line, text, size)
            _require_type(line, rank_together(order), kind, size)
            if ties_all_left(order, size):
                order.pop()
                completed, completed_at = completed + number, completed_at or line
            box.put(line, rank_together(order), number)
            lines.setdefault(rank_together(order), line)
    if not size:
        raise BallotFileError(line, "the file ends without the number of alternatives")
    if len(names) != size or max(names) != size:
        raise BallotFileError(line, f"{size} alternatives, and {len(names)} names")
    if not lines:
        raise BallotFileError(line, "the file ends without an order")
    if voters not in (-1, box.total):
        raise BallotFileError(line, f"{voters} voters announced, and {box.total} found")
    file = BallotFile(title, tuple(names[number] for number in range(1, size + 1)), 1, (), box.ballots)
    warnings = [TIES_ALL_LEFT.format(line=completed_at, number=completed)] if completed else []
    warnings = [*map(str, decoded.warnings), *warnings]
    dialect = [kind] if kind else []
    return Reading(file, "PrefLib", dialect, decoded.encoding, warnings, line_of=lambda ballot: lines.get(ballot, 0))


def _metadata(line: int, text: str) -> tuple[str, str]:
    if has_control(text):
        raise BallotFileError(line, "a control character")
    key, _, value = text.removeprefix("#").partition(":")
    return key.strip().upper(), value.strip()


def _number(line: int, text: str, least: int) -> int:
    # A number with more digits than any allowed one is not even converted.
    if not re.fullmatch("[0-9]{1,16}", text) or not least <= int(text) <= LARGEST:
        raise BallotFileError(line, f"{text[:20]!r} where a number is expected")
    return int(text)


def _order(line: int, text: str, size: int) -> tuple[int, list[list[int]]]:
    found = _ORDER.fullmatch(text)
    if not found:
        raise BallotFileError(line, "not an order such as 5: 2,{1,3}")
    number = _number(line, found[1], 0)
    tied: list[list[int]] = []
    for several, one in _RANK.findall(found[2] or ""):
        tied.append([_number(line, option.strip(), 1) for option in (several.split(",") if not one else [one])])
    ranked: set[int] = set()
    for option in (option for rank in tied for option in rank):
        if option > size:
            raise BallotFileError(line, f"alternative {option} of {size}")
        if option in ranked:
            raise BallotFileError(line, f"alternative {option} is ranked twice")
        ranked.add(option)
    return number, tied


def _require_type(line: int, ballot: Ballot, kind: str, size: int) -> None:
    if kind.startswith("s") and any(len(rank) > 1 for rank in ranks(ballot)):
        raise BallotFileError(line, f"a tie in a file of type {kind}")
    if kind.endswith("c") and sum(map(len, ranks(ballot))) != size:
        raise BallotFileError(line, f"an incomplete order in a file of type {kind}")
