"""Condorcet Election Format, the files of the program Condorcet: ``.cvotes``.

Source: "Condorcet Election Format", version 1 (2022), github.com/CondorcetVote/CondorcetElectionFormat::

    #/Candidates: Ada ; Björn ; Chloé
    #/Number of Seats: 1
    #/Implicit Ranking: true
    #/Weight Allowed: false
    Ada > Björn = Chloé * 42
    tag, another || Chloé # a comment
    /EMPTY_RANKING/ * 2

Options without a rank are below all that have one, which is what the format calls implicit ranking, its default.
"""

import re
from collections.abc import Mapping

from .ballot_file import BallotFileError
from .ballots import Kind
from .csv_choices import CsvChoices
from .csv_names import spelling
from .named_ballots import NamedBallots
from .reading import AmbiguousFileError, Reading, Switches
from .text import decode_text

CEF_SWITCHES: Mapping[str, tuple[str, ...]] = {"unranked": ("last",), "unknown": ("ignore",)}

_EMPTY = ("/EMPTY/", "/EMPTY_RANKING/")
_VOTE = re.compile(r"(?P<ranking>[^^*]*?)\s*(?:\^\s*(?P<weight>[0-9]+))?\s*(?:\*\s*(?P<number>[0-9]+))?\s*")
_RESERVED = re.compile("[/,;|<^*]")


def read_cef(data: bytes | str, _: Kind, switches: Switches, choices: CsvChoices) -> Reading:
    """Read a file of this format. Raises BallotFileError, and nothing else, for whatever is not one."""
    return _Cef(switches, choices).read(data)


class _Cef:
    def __init__(self, switches: Switches, choices: CsvChoices) -> None:
        self.switches, self.choices = switches, choices
        self.parameters: dict[str, tuple[int, str]] = {}
        self.warnings: list[str] = []
        self.weights = 0
        self.tags: dict[str, int] = {}

    def read(self, data: bytes | str) -> Reading:
        decoded = decode_text(data)
        self.warnings += map(str, decoded.warnings)
        votes: list[tuple[int, str]] = []
        box = NamedBallots(self.choices, ignore_others=self.switches.get("unknown") == "ignore")
        for line, text in enumerate(decoded.content.split("\n"), 1):
            if text.lstrip().startswith("#/"):
                self._parameter(line, text, before=not votes)
                continue
            content, _, comment = text.partition("#")
            box.comment(line, comment)
            if content.strip():
                votes.append((line, content.strip()))
        if "candidates" in self.parameters:
            line, value = self.parameters["candidates"]
            box.declare(line, [spelling(name) for name in value.removesuffix(";").split(";")])
        for line, text in votes:
            self._vote(line, text, box)
        box.finish(max((line for line, _ in votes), default=1))
        self._require_implicit(box)
        if tag := next((tag for tag in self.tags if tag in box.named), ""):
            raise BallotFileError(self.tags[tag], f"the tag {spelling(tag)!r} is the name of an option")
        if self.weights:
            self.warnings.append(f"Line {self.weights}: weights are not allowed by the file, and are ignored.")
        seats = self._number_of_seats()
        return box.reading("CEF", encoding=decoded.encoding, seats=seats, warnings=self.warnings)

    def _parameter(self, line: int, text: str, *, before: bool) -> None:
        name, colon, value = text.removeprefix("#/").partition(":")
        if not text.startswith("#/") or not colon or "#" in value:
            raise BallotFileError(line, "not a parameter such as '#/Candidates: Ada ; Ben' at the beginning of a line")
        if not before:
            raise BallotFileError(line, "a parameter after a ballot")
        key = spelling(name).casefold().replace("seats", "seat")
        if key in self.parameters:
            raise BallotFileError(line, f"the parameter {spelling(name)!r} of line {self.parameters[key][0]} again")
        self.parameters[key] = (line, value.strip())
        if key not in ("candidates", "number of seat", "implicit ranking", "weight allowed"):
            self.warnings.append(f"Line {line}: the parameter {spelling(name)!r} is not used.")

    def _vote(self, line: int, text: str, box: NamedBallots) -> None:
        names, tags, vote = text.rpartition("||")
        for name in re.split("[,>=]", names):
            self.tags.setdefault(name, line)
        found = _VOTE.fullmatch(vote.strip())
        if not found or (tags and "||" in text.partition("||")[2]):
            raise BallotFileError(line, "not a ballot such as 'Ada > Ben = Cleo * 42'")
        number = int(found["number"] or 1) if len(found["number"] or "") < 17 else -1
        if number < 1:
            raise BallotFileError(line, f"{found['number'][:20]!r} where a number of ballots is expected")
        if found["weight"] and self._is("weight allowed", usual=False) and int(found["weight"][:9]) != 1:
            raise BallotFileError(
                line, "a weight: weighted votes are not counted, because a weight can tell who cast a ballot"
            )
        self.weights = self.weights or (line if found["weight"] else 0)
        ranking = found["ranking"]
        if ranking in _EMPTY:
            box.put(line, [], number)
            return
        groups = [[spelling(name) for name in rank.split("=")] for rank in ranking.split(">")]
        for name in (name for group in groups for name in group):
            if not name or _RESERVED.search(name):
                raise BallotFileError(line, f"{name[:40]!r} where a name is expected")
        box.put(line, groups, number)

    def _is(self, name: str, *, usual: bool) -> bool:
        line, value = self.parameters.get(name, (0, str(usual)))
        if value.lower() not in ("true", "false"):
            raise BallotFileError(line, f"{value[:20]!r} where true or false is expected")
        return value.lower() == "true"

    def _number_of_seats(self) -> int:
        line, value = self.parameters.get("number of seat", (0, "1"))
        if not re.fullmatch("[1-9][0-9]{0,8}", value):
            raise BallotFileError(line, f"{value[:20]!r} where a number of seats is expected")
        return int(value)

    def _require_implicit(self, box: NamedBallots) -> None:
        if self._is("implicit ranking", usual=True) or not box.incomplete or self.switches.get("unranked") == "last":
            return
        raise AmbiguousFileError(
            box.incomplete,
            "not all options are ranked, and the file does not rank the others implicitly",
            {
                "unranked=last": "options without a rank are below those that have one",
                "": "they are compared with no other, which no rule here can count",
            },
        )
