"""The lines of a BLT file without their comments, and the tokens of those that hold numbers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sys import intern
from typing import NamedTuple

from .ballot_file import LARGEST, BallotFileError
from .reading import AmbiguousFileError

QUOTES = '"“”„‟«»'

# That no quote may open within quotes keeps the search linear.
_QUOTED = r'"(?:[^"]|"")*"|[“„«”][^“„«”»]*[“”»]'
# A mark within a word ("C#", "http://") begins no comment.
_COMMENT = re.compile(rf"{_QUOTED}|(?:(?<=[\s0-9,)\]=\"”“»])|^)(?P<mark>\#|//|/\*)")
_NUMBERS = re.compile(r"[0-9][\s,]+[0-9]")
_BALLOT = re.compile(r"[#/\s]*[0-9]+(?:[\s,]+[0-9=-]+)*[\s,]+0[\s,]*")
_SPACE = "[ \t\u00a0\u2000-\u200a\u202f\u3000]"
_TOKEN = re.compile(
    rf"""(?P<space>{_SPACE}+)|(?P<comma>,)|(?P<decimal>[0-9]*\.[0-9]+)|(?P<number>-?[0-9]+)|(?P<times>[*×xX](?!\w))
    |(?P<equal>=)|(?P<skip>-)|(?P<group>\([^()]*\))|(?P<nick>[^\W\d_]\w*)|(?P<quote>[{QUOTES}].*)|(?P<bad>.)""",
    re.VERBOSE | re.DOTALL,
)
_WITH_ZERO = tuple(f"0{digit}" for digit in range(10))
_PLAIN = re.compile(r"[ \t]*[0-9]{1,16}(?:[ \t]+[0-9]{1,16})*[ \t]*")


class Line(NamedTuple):
    number: int
    text: str


class Token(NamedTuple):
    """kind: number, times, equal, skip, group, nick, decimal or quote (the rest of the line)."""

    line: int
    kind: str
    text: str


@dataclass(frozen=True)
class Lines:
    """lines: those with more than a comment. last: the number of the file's last line."""

    lines: Sequence[Line]
    last: int
    comments: bool
    warnings: Sequence[str]


def split_lines(text: str, first: int = 1) -> Lines:
    """Take out comments: from # or // to the end of the line, and between /* and */, which may be lines apart.

    first: the number of the text's first line.
    """
    lines: list[Line] = []
    doubtful: list[tuple[int, str]] = []
    began, comments = 0, False
    for number, line in enumerate(text.split("\n"), first):
        content = line
        if began or "#" in line or "/" in line:
            content, began, taken = _without_comments(number, line, began)
            comments = comments or bool(taken)
            if _BALLOT.fullmatch(taken) or (content.strip() and _NUMBERS.search(taken)):
                doubtful.append((number, taken.strip()[:60]))
        if content.strip():
            lines.append(Line(number, content))
    if began:
        raise BallotFileError(began, "a comment /* that is not closed")
    return Lines(lines, text.count("\n") + first, comments, _warnings(doubtful))


def _warnings(doubtful: Sequence[tuple[int, str]]) -> list[str]:
    if not doubtful:
        return []
    line, comment = doubtful[0]
    return [f"Line {line}: the comment {comment!r} holds numbers, which do not count. Such comments: {len(doubtful)}."]


def _without_comments(number: int, line: str, began: int) -> tuple[str, int, str]:
    """Return what is left of a line, where the comment began that it leaves open (0 for none), and what was taken
    out.
    """
    left: list[str] = []
    taken: list[str] = []
    place = 0
    while place < len(line):
        if began:
            end = line.find("*/", place)
            inside = line[place : end if end >= 0 else len(line)]
            if "/*" in inside:
                raise BallotFileError(number, "/* within a comment: it is not clear where the comment ends")
            taken.append(inside)
            if end < 0:
                break
            place, began = end + 2, 0
            left.append(" ")
            continue
        for match in _COMMENT.finditer(line, place):
            if match["mark"]:
                break
        else:
            left.append(line[place:])
            break
        left.append(line[place : match.start()])
        if match["mark"] != "/*":
            taken.append(line[match.start() :])
            break
        place, began = match.end(), number
    return "".join(left), began, " ".join(taken)


def plain_numbers(line: Line) -> list[str] | None:
    """Return the numbers of a line that holds only numbers and spaces, as nearly all lines do; None for others."""
    return line.text.split() if _PLAIN.fullmatch(line.text) else None


def tokens(line: Line, *, commas_separate: bool = False) -> Iterator[Token]:
    """Yield the tokens of a line. Raises BallotFileError for an invalid token, and for a comma whose meaning is not
    clear.

    commas_separate: a comma is a separator also where spaces are, too.
    """
    number, text = line
    # An id is no number, and a group of equal ranks is in the place of one.
    outside = re.sub(r"\([^()]*\)", "9", re.sub(r"^\s*\([^()]*\)", "", text)).rstrip(", \t") if "," in text else ""
    if "," in outside and not commas_separate and re.search(rf"[0-9]{_SPACE}+[0-9]|{_SPACE},", outside):
        raise AmbiguousFileError(
            number,
            f"commas between some numbers and only spaces between others: {text.strip()[:40]!r}",
            {
                "commas=separate": "a comma separates numbers as a space does",
                "": "a comma is part of a number, or a number is missing there",
            },
        )
    after_comma = True
    for match in _TOKEN.finditer(text.rstrip(", \t")):
        kind = str(match.lastgroup)
        if kind == "comma":
            if after_comma:
                raise BallotFileError(number, "a comma with no number before it")
            after_comma = True
        elif kind != "space":
            if kind == "bad":
                raise BallotFileError(number, _complaint(match[0]))
            after_comma = False
            yield Token(number, kind, intern(match[0]))  # the same few numbers on every line


def whole(token: Token | None, end: int, what: str, least: int, most: int) -> int:
    """Return the number that a token is. Raises BallotFileError, which says what was expected, if it is not a number in
    the range.

    token: None where the file, or the line, ends. end: the line to report then.
    """
    if token is None:
        raise BallotFileError(end, f"the line ends where {what} is expected")
    if token.kind != "number":
        raise BallotFileError(token.line, f"{token.text[:20]!r} where {what} is expected")
    if token.text.removeprefix("-").startswith(_WITH_ZERO):  # two numbers with a lost space between them
        raise BallotFileError(token.line, f"{token.text[:20]} where {what} is expected: a number that begins with 0")
    # A number with more digits than any allowed one is not even converted.
    if len(token.text) > len(str(LARGEST)) or not least <= (number := int(token.text)) <= most:
        raise BallotFileError(token.line, f"{token.text[:20]} where {what} ({least} to {most}) is expected")
    return number


def _complaint(character: str) -> str:
    return {
        "(": "a parenthesis that is not closed on its line",
        "[": "'[' where a number is expected",
    }.get(character, f"unexpected {character!r}")
