"""Pabulib's files of participatory budgets: ``.pb``.

Source: D. Stolicki, S. Szufa, N. Talmon, "Pabulib: a participatory budgeting library" (2020)::

    META
    key;value
    num_projects;2
    vote_type;approval
    PROJECTS
    project_id;cost;name
    7;1000;Trees
    9;2500;Benches
    VOTES
    voter_id;vote
    1;7,9

Votes of the types approval and choose-1 are choices, those of the type ordinal rankings. Those of the types cumulative
and scoring are points: a column ``points`` has them for the projects of ``vote``, in the same order. Costs and the
budget say which projects can be paid for together, which no rule here looks at.
"""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import cast

from .ballot_file import LARGEST, BallotFile, BallotFileError, Box, has_control
from .ballots import HIGHEST_SCORE, Ballot, Kind, scores
from .ballots import options as options_of
from .csv_choices import CsvChoices
from .csv_names import fold, spelling
from .reading import Reading, Switches
from .text import decode_text

_KINDS: Mapping[str, Kind] = {
    "approval": "choice",
    "choose-1": "choice",
    "ordinal": "ranked",
    "cumulative": "scores",
    "scoring": "scores",
}
_SECTIONS = ("META", "PROJECTS", "VOTES")

Row = tuple[int, list[str]]


def read_pabulib(data: bytes | str, _: Kind, __: Switches, ___: CsvChoices) -> Reading:
    """Read a file of this format. Raises BallotFileError, and nothing else, for whatever is not one."""
    decoded = decode_text(data)
    sections = _sections(decoded.content)
    meta = {row["key"].lower(): (line, row["value"]) for line, row in _table(sections, "META", "key", "value")}
    if has_control(meta.get("description", (0, ""))[1]):
        raise BallotFileError(meta["description"][0], "a control character")
    line, vote_type = meta.get("vote_type", (1, ""))
    kind = _KINDS.get(vote_type)
    if not kind:
        raise BallotFileError(line, f"votes of the type {vote_type[:20]!r}, and not one of {', '.join(_KINDS)}")
    projects = _table(sections, "PROJECTS", "project_id")
    names = _names(projects)
    votes = _table(sections, "VOTES", "voter_id", "vote", *(["points"] if kind == "scores" else []))
    _require_no_default(meta, kind)
    if odd := next((line for line, row in votes if not row["voter_id"].strip() or "," in row["voter_id"]), 0):
        raise BallotFileError(odd, "no voter_id, or a list of projects in its place")
    _require_number(meta, "num_projects", len(projects))
    _require_number(meta, "num_votes", len(votes))
    numbers = {row["project_id"]: number for number, (_, row) in enumerate(projects, 1)}
    box = Box[Ballot]()
    for line, row in votes:
        ballot = _ballot(line, row["vote"], numbers, kind)
        box.put(line, _scored(line, ballot, row["points"]) if kind == "scores" else ballot, 1)
    file = BallotFile(meta.get("description", (0, ""))[1], tuple(names), 1, (), box.ballots, kind)
    warnings = [*map(str, decoded.warnings), *_doubts(meta, projects, votes, file)]
    return Reading(file, "Pabulib", [f"votes of the type {vote_type}"], decoded.encoding, warnings)


def _sections(text: str) -> dict[str, list[Row]]:
    sections: dict[str, list[Row]] = {}
    rows: list[Row] = []
    reader = csv.reader(StringIO(text), delimiter=";", strict=True)
    before = 1
    try:
        for cells in reader:
            if (
                [cell.strip() for cell in cells if cell.strip()]
                and cells[0].strip() in _SECTIONS
                and not any(cells[1:])
            ):
                name = cells[0].strip()
                if len(sections) == 3 or name != _SECTIONS[len(sections)]:
                    raise BallotFileError(before, f"{name} where {', '.join(_SECTIONS)} follow each other")
                rows = sections.setdefault(name, [])
            elif any(cell.strip() for cell in cells):
                if not sections:
                    raise BallotFileError(before, "the file does not begin with META")
                if "VOTES" in sections and any(unicodedata.category(one) == "Cf" for one in "".join(cells)):
                    raise BallotFileError(before, "an invisible character in a vote")
                rows.append((before, [spelling(cell) for cell in cells]))
            before = reader.line_num + 1
    except csv.Error as error:
        raise BallotFileError(before, str(error)) from None
    for name in _SECTIONS:
        if not sections.get(name):
            raise BallotFileError(before, f"no section {name}, or an empty one")
    return sections


def _table(sections: Mapping[str, list[Row]], name: str, *needed: str) -> list[tuple[int, dict[str, str]]]:
    (line, header), *rows = sections[name]
    header = [cell.lower() for cell in header]
    if len(set(header)) < len(header) or not set(needed) <= set(header):
        raise BallotFileError(line, f"the columns of {name} are not {', '.join(needed)} and others, each once")
    found = []
    for at, cells in rows:
        if len(cells) != len(header):
            raise BallotFileError(at, f"{len(cells)} cells under {len(header)} columns")
        found.append((at, dict(zip(header, cells, strict=True))))
    return found


def _names(projects: list[tuple[int, dict[str, str]]]) -> list[str]:
    """A name for each project: its own, with its id if others have the same."""
    seen: set[str] = set()
    times = Counter(fold(row.get("name", "")) for _, row in projects)
    names = []
    for line, row in projects:
        identity = row["project_id"]
        if not identity or identity in seen or has_control("".join(row.values())):
            raise BallotFileError(
                line, f"the project {identity[:20]!r} again, without an id, or with a control character"
            )
        seen.add(identity)
        name = row.get("name", "")
        names.append(identity if not name else name if times[fold(name)] == 1 else f"{name} ({identity})")
    return names


def _ballot(line: int, text: str, numbers: Mapping[str, int], kind: Kind) -> Ballot:
    options = []
    for identity in (part.strip() for part in text.split(",")) if text else ():
        if identity not in numbers:
            raise BallotFileError(line, f"{identity[:40]!r} is not a project")
        options.append(numbers[identity])
    return tuple(sorted(options)) if kind == "choice" else tuple(options)


def _scored(line: int, ballot: Ballot, text: str) -> Ballot:
    """The projects of a vote with their points, by number of the project."""
    points = [part.strip() for part in text.split(",")] if text else []
    if len(points) != len(ballot):
        raise BallotFileError(line, f"{len(points)} numbers of points for {len(ballot)} projects")
    for part in points:
        if not (part.isascii() and part.isdigit() and len(part) <= 3 and int(part) <= HIGHEST_SCORE):
            raise BallotFileError(line, f"{part[:20]!r} where a number of points up to {HIGHEST_SCORE} is expected")
    return cast("Ballot", tuple(sorted(zip(ballot, map(int, points), strict=True))))


def _require_no_default(meta: Mapping[str, tuple[int, str]], kind: Kind) -> None:
    """Raise BallotFileError if a project that a vote does not name gets points all the same."""
    line, text = meta.get("default_score", (0, "0"))
    if kind == "scores" and text not in ("", "0", "0.0"):
        raise BallotFileError(line, f"default_score is {text[:20]}: points for projects that a vote does not name")


def _require_number(meta: Mapping[str, tuple[int, str]], key: str, found: int) -> None:
    line, text = meta.get(key, (0, str(found)))
    if text != str(found):
        raise BallotFileError(line, f"{key} is {text[:20]}, and {found} are found")


def _doubts(
    meta: Mapping[str, tuple[int, str]],
    projects: list[tuple[int, dict[str, str]]],
    votes: list[tuple[int, dict[str, str]]],
    file: BallotFile,
) -> Iterator[str]:
    yield "Costs and the budget are not used: the options elected are those with the most support."
    named: Counter[int] = Counter()
    twice = longest = highest = 0
    for ballot, number in file.ballots.items():
        points = scores(ballot) if file.kind == "scores" else [(option, 1) for option in options_of(ballot)]
        twice += number * (len(dict(points)) < len(points))
        longest = max(longest, len(points))
        highest = max(highest, sum(given for _, given in points))
        for option, given in dict(points).items():
            named[option] += given * number
    if twice:
        yield f"Ballots that name an option twice, and are spoilt: {twice}."
    most = meta.get("max_length", (0, ""))[1]
    if most.isdecimal() and len(most) <= 16 and longest > int(most) <= LARGEST:
        yield f"Some ballots name {longest} options, and the file allows {most}; --limit {most} spoils them."
    most = meta.get("max_sum_points", (0, ""))[1]
    if file.kind == "scores" and most.isdecimal() and len(most) <= 16 and highest > int(most):
        yield f"Some ballots give {highest} points in all, and the file allows {most}; --limit {most} spoils them."
    what = {"choice": "votes", "scores": "score"}.get(file.kind, "")
    for number, (line, row) in enumerate(projects, 1):
        said = row.get(what, "")
        if said and said != str(named[number]):
            name, unit = file.options[number - 1], "points" if what == "score" else what
            yield f"Line {line}: the file says {said[:20]} {unit} for {name!r}, and has {named[number]}."
    voters = Counter(row["voter_id"] for _, row in votes)
    if again := next((voter for voter, times in voters.items() if times > 1), ""):
        yield f"Several votes have the same voter_id, as {again[:20]!r}."
