"""The ballots of a plain BLT file, read in bulk: a million lines take a second, where looking at each takes ten.

Plain is a file whose ballots are lines of numbers with one space between them, each with its 0, as programs write them.
What is found is what the reader of lines would find; a file that differs in anything is left to that reader.
"""

import re
from collections import Counter
from typing import NamedTuple

from .ballot_file import LARGEST
from .ballots import Ballot

_HEAD = re.compile(r"[1-9][0-9]{0,2}[ \t]+[0-9]+[ \t]*\n(?:(?:[ \t]*-[0-9]+)+[ \t]*\n)*")
_OTHERS = str.maketrans("", "", "0123456789 \n")
_END = "\n0\n"
_BLOCK = 4_000_000
"""Characters that are split at a time: the lines of a whole file would take several times its size."""

TWICE = "Line {line}: an option is named twice. Ballots spoilt in this way: {number}."


class Plain(NamedTuple):
    """head: the lines before the ballots. rest: from the 0 that ends them, which is in the line `rest_line`."""

    head: str
    ballots: dict[Ballot, int]
    warnings: list[str]
    rest: str
    rest_line: int


def read_plain(text: str) -> Plain | None:
    """Read the ballots of a plain file; None for any other."""
    head = _HEAD.match(text)
    if not head:
        return None
    start, end = head.end(), text.find(_END, head.end() - 1) + 1
    if end <= start or not _is_plain(text, start, end):
        return None
    reader = _Reader(int(head[0].split()[0]))
    while start < end:
        cut = text.rfind("\n", start, min(start + _BLOCK, end)) + 1
        if not reader.take(text[start : cut - 3].split(" 0\n")):
            return None
        start = cut
    first = head[0].count("\n") + 1
    warnings = []
    if reader.twice:
        at = first + text.count("\n", head.end(), text.index(f"\n{reader.first_twice} 0\n", head.end() - 1) + 1)
        warnings.append(TWICE.format(line=at, number=reader.twice))
    return Plain(head[0], reader.ballots, warnings, text[end:], first + text.count("\n", head.end(), end))


def line_in_plain(text: str, ballot: Ballot) -> int:
    """Return the first line of a plain file that holds a ballot; 0 if there is none."""
    numbers = "".join(f" {option}" for option in ballot)
    found = re.search(rf"^[0-9]+{numbers} 0$", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _is_plain(text: str, start: int, end: int) -> bool:
    """Return whether every line holds numbers that do not begin with 0, then a 0, with one space between them."""
    lines = text.count("\n", start, end)
    return (
        text.count(" 0\n", start, end) == text.count(" 0", start, end) == lines
        and text.find("\n ", start - 1, end) < 0
        and text.find("\n0", start - 1, end) < 0
        and text.find("  ", start, end) < 0
        and text.find("\n\n", start - 1, end) < 0
        and not any(text[at : min(at + _BLOCK, end)].translate(_OTHERS) for at in range(start, end, _BLOCK))
    )


class _Reader:
    def __init__(self, size: int) -> None:
        self._numbers = {str(option): option for option in range(1, size + 1)}
        self.ballots: dict[Ballot, int] = {}
        self.total = self.twice = 0
        self.first_twice = ""

    def take(self, lines: list[str]) -> bool:
        """Put the ballots of lines without their 0 into the box; False if one is not as it must be."""
        ballots, number_of = self.ballots, self._numbers.__getitem__
        for line, times in Counter(lines).items():
            texts = line.split(" ")
            if len(texts[0]) > len(str(LARGEST)):
                return False
            number = int(texts.pop(0)) * times
            try:
                ballot: Ballot = tuple(map(number_of, texts))
            except KeyError:
                return False
            if len(set(ballot)) < len(ballot):
                self.twice += number
                self.first_twice = self.first_twice or line
            self.total += number
            ballots[ballot] = ballots.get(ballot, 0) + number
        return self.total <= LARGEST
