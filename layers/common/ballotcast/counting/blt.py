"""BLT, the file format of ranked ballots (Hill, Wichmann, Woodall, "Algorithm 123", The Computer Journal 30, 1987).

::

    4 2             # options, seats
    -2              # option 2 is withdrawn (none, one or several such numbers)
    3 1 3 4 0       # three ballots that rank options 1, 3, 4
    2 3 1=4 0       # two ballots that rank 3 first, and 1 and 4 equally after it
    (b17) 1 2 0     # a ballot may have an id in parentheses, which is read over
    1 0             # a blank ballot
    0               # end of the ballots
    "Adam"          # the options' names, in their order
    ...
    "Title"         # may be missing; further quoted texts (source, comment) are read over

Lines mean nothing but where to look for an error; tokens are separated by white space or commas; ``#`` outside
quotes begins a comment. A quote in a name is doubled. UTF-8, with or without byte order mark.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .ballot_file import LARGEST, BallotFile, BallotFileError, Box, decode, has_control, rank_together
from .ballots import Ballot, ranks

Blt = BallotFile
BltError = BallotFileError

_TOKEN = re.compile(
    r"""(?P<space>[\s,]+)|(?P<comment>\#.*)|(?P<number>-?[0-9]+)|(?P<equal>=)|"(?P<text>(?:[^"]|"")*)"|(?P<id>\([^()]*\))|(?P<bad>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class _Token:
    line: int
    kind: str
    text: str


def parse_blt(data: bytes | str) -> Blt:
    """Read a BLT file. Raises BltError, and nothing else, for whatever is not one."""
    return _Parser(decode(data)).parse()


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
        box = Box[Ballot]()
        while True:
            if self._token.kind == "id":
                self._advance()
            line = self._token.line
            number = self._number("how many ballots, or the 0 that ends them", 0, LARGEST)
            if not number:
                return box.ballots
            box.put(line, self._ranking(size), number)

    def _ranking(self, size: int) -> Ballot:
        ranking: list[list[int]] = []
        ranked: set[int] = set()
        while True:
            line, equal = self._token.line, self._token.kind == "equal"
            if equal:
                if not ranking:
                    raise BltError(line, "'=' where an option is expected")
                self._advance()
            option = self._number("an option, or the 0 that ends the ballot", int(equal), size)
            if not option:
                return rank_together(ranking)
            if option in ranked:
                raise BltError(line, f"option {option} is ranked twice")
            ranked.add(option)
            if equal:
                ranking[-1].append(option)
            else:
                ranking.append([option])

    def _texts(self) -> Sequence[str]:
        texts = []
        while self._token.kind == "text":
            text = self._token.text.replace('""', '"')
            if has_control(text):
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
