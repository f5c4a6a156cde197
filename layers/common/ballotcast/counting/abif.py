"""ABIF, the Aggregated Ballot Information Format: ``.abif``.

Source: electowiki.org/wiki/ABIF and the test files of github.com/electorama/abiftool (2021 to 2025)::

    {"title": "Capital"}
    # a comment
    =Memph:[Memphis, TN]
    42: Memph>Nash=Chat
    26: Nash/5>Chat/2>Memph/0
    15: Memph/5,Nash/0
    3:

Names are words, or any text in brackets. ``>`` and ``=`` rank, ``/`` scores, ``,`` only separates. A file may rank and
score at once, if both say the same of every ballot.
"""

import re
from functools import partial
from itertools import pairwise

from .ballot_file import BallotFile, BallotFileError, Box, has_control
from .ballots import HIGHEST_SCORE, Ballot, Kind
from .csv_choices import CsvChoices, two_readings
from .csv_names import spelling
from .csv_options import Options
from .named_ballots import NamedBallots
from .reading import Reading, Switches
from .text import decode_text

_NAME = r"\[[^\[\]]+\]|[^\s\[\]=>,/:#{}\"]+"
_OPTION = re.compile(rf"=\s*(?P<token>{_NAME})\s*:\s*(?P<name>\[[^\[\]]+\]|[^\[\]#]+?)\s*")
_BALLOT = re.compile(r"(?P<number>[0-9]+)\s*:(?P<marks>.*)", re.DOTALL)
_MARK = re.compile(rf"\s*(?P<name>{_NAME})\s*(?:/\s*(?P<score>[0-9]{{1,9}}))?\s*(?P<then>[>=,]|$)")
_TITLE = re.compile(r"\{\s*\"?title\"?\s*:\s*\"(?P<title>[^\"]*)\"\s*\}")
_COMMENT = re.compile(r"(?:^|\s)#.*|\[[^\[\]]*\]")

Mark = tuple[str, int, str]
"""A name, its score (-1 for none), and what separates it from the next."""


def read_abif(data: bytes | str, kind: Kind, _: Switches, choices: CsvChoices) -> Reading:
    """Read a file of this format. Raises BallotFileError, and nothing else, for whatever is not one.

    kind: what the method counts, which decides between ranks and scores where a file has both.
    """
    return _Abif(kind, choices).read(data)


class _Abif:
    def __init__(self, kind: Kind, choices: CsvChoices) -> None:
        self.kind, self.choices = kind, choices
        self.names: dict[str, str] = {}
        self.title = ""
        self.ballots: list[tuple[int, list[Mark], int]] = []
        self.comments: list[tuple[int, str]] = []

    def read(self, data: bytes | str) -> Reading:
        decoded = decode_text(data)
        line, first_option = 0, 0
        for line, text in enumerate(decoded.content.split("\n"), 1):
            if text.strip().startswith("{") and text.strip().endswith("}"):
                self._metadata(line, text.strip())
                continue
            content = _COMMENT.sub(lambda found: found[0] if found[0].startswith("[") else "", text).strip()
            self.comments.append((line, text.strip().removeprefix(content)))
            if content.startswith("="):
                first_option = first_option or line
                self._option(line, content)
            elif content:
                self.ballots.append(self._ballot(line, content))
        if not self.ballots:
            raise BallotFileError(line, "no ballot")
        ways = {name: _fits(self.ballots, name) for name in ("rank", "score", "choice")}
        kind = self._kind(ways)
        box = NamedBallots(self.choices)
        if self.names:
            box.declare(first_option, list(self.names.values()))
        for at, marks, number in self.ballots:
            box.put(at, _groups(marks), number)
        for at, text in self.comments:
            box.comment(at, text)
        box.finish(line, self.names)
        dialect = [name for name, found in (("ranks", ways["rank"]), ("scores", ways["score"])) if found]
        file = None if kind == "ranked" else self._unranked(kind, box.named)
        return box.reading(
            "ABIF",
            encoding=decoded.encoding,
            title=self.title,
            warnings=[*map(str, decoded.warnings)],
            dialect=dialect,
            file=file,
        )

    def _metadata(self, line: int, text: str) -> None:
        if has_control(text):
            raise BallotFileError(line, "a control character")
        found = _TITLE.fullmatch(text)
        self.title = found["title"] if found else self.title

    def _option(self, line: int, text: str) -> None:
        found = _OPTION.fullmatch(text)
        if not found:
            raise BallotFileError(line, "not an option such as =Memph:[Memphis, TN]")
        token = _bare(found["token"])
        if token in self.names:
            raise BallotFileError(line, f"the option {token[:40]!r} again")
        self.names[token] = _bare(found["name"])

    def _ballot(self, line: int, text: str) -> tuple[int, list[Mark], int]:
        found = _BALLOT.fullmatch(text)
        if not found or len(found["number"]) > 16:
            raise BallotFileError(line, "not a line of ballots such as 27: Ada>Ben=Cleo")
        rest = found["marks"].strip()
        marks: list[Mark] = []
        place = 0
        while place < len(rest):
            mark = _MARK.match(rest, place)
            if not mark:
                shown = rest[place : place + 30]
                raise BallotFileError(line, f"{shown!r} where an option is expected; a name with spaces is in brackets")
            score = int(mark["score"]) if mark["score"] else -1
            token = _bare(mark["name"])
            marks.append((self.names.get(token, token), score, mark["then"]))
            place = mark.end()
        if marks and marks[-1][2]:
            raise BallotFileError(line, f"the line ends where an option is expected after {marks[-1][2]!r}")
        scored = sum(score >= 0 for _, score, _ in marks)
        if scored not in (0, len(marks)):
            raise BallotFileError(line, "scores for some options of the ballot only")
        if {then for _, _, then in marks} >= {",", ">"}:
            raise BallotFileError(line, "both ',' and '>': it is not clear whether the options between ',' are equal")
        return line, marks, int(found["number"])

    def _kind(self, ways: dict[str, int]) -> Kind:
        """What the ballots are read as. ways: the first line that can be read so, 0 for none."""
        cells = self.choices.cells
        if cells == "name":
            raise BallotFileError(1, "--cells name says nothing of abif")
        if cells and not ways[cells]:
            raise BallotFileError(self.ballots[0][0], f"no ballot is what --cells {cells} says")
        odd = next((line for line, marks, _ in self.ballots if marks and _contradicts(marks)), 0)
        if odd and not cells:
            readings = {"--cells rank": "the order is a ranking", "--cells score": "the scores count"}
            raise two_readings(odd, "the order and the scores contradict each other", readings)
        if cells:
            return {"rank": "ranked", "score": "scores", "choice": "choice"}[cells]  # type: ignore[return-value]
        if ways["score"] and not ways["rank"]:
            chosen: Kind = "choice" if self.kind == "choice" and ways["choice"] else "scores"
        elif not ways["score"]:
            chosen = "ranked"
        else:
            chosen = "choice" if self.kind == "choice" and ways["choice"] else self.kind
        if chosen == "ranked" and (line := next((at for at, marks, _ in self.ballots if _separated(marks)), 0)):
            if self.kind == "choice":
                return "choice"
            readings = {"--cells rank": "they are ranked equally", "--cells choice": "they are chosen, in no order"}
            raise two_readings(line, "options with ',' between them", readings)
        if chosen == "choice" and not ways["choice"]:
            readings = {"--cells rank": "every option on a ballot is approved", "--cells score": "they are scores"}
            raise two_readings(self.ballots[0][0], "the ballots have scores", readings)
        return chosen

    def _unranked(self, kind: Kind, options: Options) -> BallotFile:
        box = Box[Ballot]()
        for line, marks, number in self.ballots:
            scores = sorted((options.number(name, partial(int, line)), score) for name, score, _ in marks)
            if kind == "choice":
                box.put(line, tuple(option for option, score in scores if score), number)
                continue
            if len({option for option, _ in scores}) < len(scores):
                raise BallotFileError(line, "an option with two scores")
            if any(not 0 <= score <= HIGHEST_SCORE for _, score in scores):
                raise BallotFileError(line, f"a score that is not a number up to {HIGHEST_SCORE}")
            box.put(line, tuple(scores), number)
        return BallotFile(self.title, options.names, 1, (), box.ballots, kind)


def _bare(name: str) -> str:
    return spelling(name.removeprefix("[").removesuffix("]"))


def _groups(marks: list[Mark]) -> list[list[str]]:
    groups: list[list[str]] = []
    together = False
    for name, _, then in marks:
        if together:
            groups[-1].append(name)
        else:
            groups.append([name])
        together = then in ("=", ",")
    return groups


def _separated(marks: list[Mark]) -> bool:
    return any(then == "," for _, _, then in marks)


def _contradicts(marks: list[Mark]) -> bool:
    """Whether the order of a ballot is not that of its scores."""
    if marks[0][1] < 0:
        return False
    pairs = pairwise(marks)
    return any(
        (then == ">" and score < later) or (then == "=" and score != later) for (_, score, then), (_, later, _) in pairs
    )


def _fits(ballots: list[tuple[int, list[Mark], int]], cells: str) -> int:
    """The first line of those with a mark if every ballot can be read so; else 0."""
    filled = [(line, marks) for line, marks, _ in ballots if marks]
    if cells == "rank":
        ranking = (not _separated(marks) and (len(marks) > 1 or marks[0][1] < 0) for _, marks in filled)
        fitting = any(ranking)
    elif cells == "score":
        fitting = bool(filled) and all(marks[0][1] >= 0 for _, marks in filled)
    else:
        fitting = all(score in (-1, 0, 1) and then in ("", ",", "=") for _, marks in filled for _, score, then in marks)
    return (filled[0][0] if filled else ballots[0][0]) if fitting else 0
