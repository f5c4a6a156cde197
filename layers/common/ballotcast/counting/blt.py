"""BLT, the file format of ranked ballots (Hill, Wichmann, Woodall, "Algorithm 123", The Computer Journal 30, 1987).

::

    4 2             # options, seats
    -2              # option 2 is withdrawn (none, one or several such numbers)
    3 1 3 4 0       # three ballots that rank options 1, 3, 4
    (b17) 1 2 0     # a ballot may have an id in parentheses, which is read over
    1 0             # a blank ballot
    0               # end of the ballots
    "Adam"          # the options' names, in their order
    ...
    "Title"         # may be missing; further quoted texts (source, comment) are read over

Lines mean nothing but where to look for an error; tokens are separated by white space or commas; ``#`` outside
quotes begins a comment. A quote in a name is doubled. Equal rankings (``1=2``) are refused. UTF-8, with or without
byte order mark.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .ballots import Ballot
from .rules import RULES

LARGEST = 2**53 - 1  # what every JSON reader can hold (RFC 7493, section 2.2)

_TOKEN = re.compile(
    r"""(?P<space>[\s,]+)|(?P<comment>\#.*)|(?P<number>-?[0-9]+)|"(?P<text>(?:[^"]|"")*)"|(?P<id>\([^()]*\))|(?P<bad>.)""",
    re.VERBOSE | re.DOTALL,
)


class BltError(ValueError):
    """A file that is not BLT; `line` (1-based) is where, and the message begins with it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


@dataclass(frozen=True)
class Blt:
    """A ballot file. Options are 1-based numbers in the order of `options`; ballots as in
    `ballotcast.counting.Ballots`."""

    title: str
    options: tuple[str, ...]
    seats: int
    withdrawn: tuple[int, ...]
    ballots: Mapping[Ballot, int]

    def each_ballot(self) -> Iterator[Ballot]:
        """Every single ballot; equal ones follow each other."""
        for ballot, number in self.ballots.items():
            for _ in range(number):
                yield ballot

    def ballots_for(self, method: str) -> Mapping[Ballot, int]:
        """The ballots as a method of `RULES` reads them: the rankings themselves; under plurality a vote for the first
        option that is not withdrawn; under the other choice rules a vote for every ranked option."""
        if RULES[method].ballot == "ranked":
            return self.ballots
        choices: Counter[Ballot] = Counter()
        for ranking, number in self.ballots.items():
            standing = [option for option in ranking if option not in self.withdrawn]
            choices[tuple(standing[:1] if method == "plurality" else sorted(standing))] += number
        return choices


@dataclass(frozen=True)
class _Token:
    line: int
    kind: str
    text: str


def parse_blt(data: bytes | str) -> Blt:
    """Read a BLT file. Raises BltError, and nothing else, for whatever is not one."""
    return _Parser(_decode(data)).parse()


def format_blt(blt: Blt) -> str:
    """Write a BLT file that `parse_blt` reads back to the same. Raises ValueError for a control character in a name."""
    lines = [f"{len(blt.options)} {blt.seats}"]
    lines += [f"-{option}" for option in blt.withdrawn]
    lines += [" ".join(map(str, (number, *ballot, 0))) for ballot, number in blt.ballots.items() if number]
    lines += ["0", *(_quote(name) for name in blt.options), _quote(blt.title)]
    return "\n".join(lines) + "\n"


def _quote(name: str) -> str:
    if _has_control(name):
        raise ValueError(f"control character in {name!r}")
    return '"' + name.replace('"', '""') + '"'


def _has_control(name: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in name)


def _decode(data: bytes | str) -> str:
    try:
        text = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise BltError(error.object.count(b"\n", 0, error.start) + 1, "not UTF-8") from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _tokens(text: str) -> Iterator[_Token]:
    for line, content in enumerate(text.split("\n"), start=1):
        for match in _TOKEN.finditer(content):
            kind = str(match.lastgroup)
            if kind in ("space", "comment"):
                continue
            if kind == "bad":
                raise BltError(line, _complaint(match[0]))
            yield _Token(line, kind, match[kind])
    yield _Token(text.count("\n") + 1, "end", "")


def _complaint(character: str) -> str:
    return {
        '"': "a quote that is not closed on its line",
        "=": "equal rankings are not supported",
        "(": "a parenthesis that is not closed on its line",
    }.get(character, f"unexpected {character!r}")


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._token = next(self._tokens)

    def parse(self) -> Blt:
        size = self._number("the number of options", 1, LARGEST)
        seats = self._number("the number of seats", 1, LARGEST)
        withdrawn: set[int] = set()
        while self._token.kind == "number" and self._token.text.startswith("-"):
            withdrawn.add(-self._number("a withdrawn option", -size, -1))
        ballots = self._ballots(size)
        end = self._token.line
        texts = self._texts()
        if len(texts) < size:
            raise BltError(end, f"{size} names are needed after the ballots, {len(texts)} found")
        title = texts[size] if len(texts) > size else ""
        return Blt(title, tuple(texts[:size]), seats, tuple(sorted(withdrawn)), ballots)

    def _ballots(self, size: int) -> dict[Ballot, int]:
        ballots: Counter[Ballot] = Counter()
        total = 0
        while True:
            if self._token.kind == "id":
                self._advance()
            line = self._token.line
            number = self._number("how many ballots, or the 0 that ends them", 0, LARGEST)
            if not number:
                return dict(ballots)
            total += number
            if total > LARGEST:
                raise BltError(line, "too many ballots")
            ballots[self._ranking(size)] += number

    def _ranking(self, size: int) -> Ballot:
        ranking: dict[int, None] = {}
        while True:
            line = self._token.line
            option = self._number("an option, or the 0 that ends the ballot", 0, size)
            if not option:
                return tuple(ranking)
            if option in ranking:
                raise BltError(line, f"option {option} is ranked twice")
            ranking[option] = None

    def _texts(self) -> Sequence[str]:
        texts = []
        while self._token.kind == "text":
            text = self._token.text.replace('""', '"')
            if _has_control(text):
                raise BltError(self._token.line, "a control character in a name")
            texts.append(text)
            self._advance()
        if self._token.kind != "end":
            raise BltError(self._token.line, f"{self._token.text} where a quoted name is expected")
        return texts

    def _number(self, what: str, least: int, most: int) -> int:
        token = self._token
        if token.kind == "end":
            raise BltError(token.line, f"the file ends where {what} is expected")
        if token.kind != "number":
            raise BltError(token.line, f"{token.text!r} where {what} is expected")
        # A number with more digits than any allowed one is not even converted.
        if len(token.text) > len(str(LARGEST)) or not least <= (number := int(token.text)) <= most:
            raise BltError(token.line, f"{token.text[:20]} where {what} ({least} to {most}) is expected")
        self._advance()
        return number

    def _advance(self) -> None:
        self._token = next(self._tokens)
