"""A result as CSV (RFC 4180): a figure in each row, exact, in words that stay the same in every language.

With a byte order mark, without which a common spreadsheet program takes UTF-8 for something else. A text that begins
like a formula has an apostrophe before it, so that opening the file runs nothing that an organiser wrote into a name.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from web.figures.conditions import seated

HEADER = ("contest", "title", "method", "stage", "action", "figure", "option", "name", "other", "other_name", "value")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
UNMET = {name: f"unmet {name}" for name in ("quorum", "threshold", "none-of-the-above")}
KEPT = frozenset({"seats", "ballots", "blank", "valid", "quota", "winner", "seated", *UNMET.values()})
MOST = 4_000_000
"""Characters: a function's answer has at most 6 MB."""
Cells = tuple[Any, ...]
Result = Mapping[str, Any]


def spreadsheet(result: Result, most: int = MOST) -> str:
    """`result`: as `GET /elections/{id}/results` returns it, with the rounds of every contest.

    Once the file has `most` characters, only the figures in KEPT are added; its last row says how many are left out.
    """
    file, left_out = io.StringIO(), 0
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in _rows(result):
        if file.tell() < most or row[HEADER.index("figure")] in KEPT:
            writer.writerow(inert(row))
        else:
            left_out += 1
    if left_out:
        writer.writerow(_election("left out here; in the JSON of each contest", left_out))
    return "\ufeff" + file.getvalue()


def inert(cells: Cells) -> list[Any]:
    """The cells, none of which a spreadsheet program takes for a formula."""
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells]


def _rows(result: Result) -> Iterator[Cells]:
    for figure in ("roll", "issued", "cast", "counted"):
        yield _election(figure, result[figure])
    for figure in ("election", "manifest", "log_root", "lots_seed"):
        yield _election(figure, result[figure])
    for ballot in result["spoilt"]:
        yield _election(f"spoilt {ballot['reason']}", ballot["index"])
    for contest in result["contests"]:
        yield from _contest(contest)


def _election(figure: str, value: Any) -> Cells:
    return ("", "", "", "", "", figure, "", "", "", "", value)


def _contest(contest: Mapping[str, Any]) -> Iterator[Cells]:
    names, about = contest["options"], (contest["id"], contest["title"], contest["method"])

    def row(stage: Mapping[str, Any] | None, figure: str, value: Any, option: int = 0, other: int = 0) -> Cells:
        made = (stage["stage"], stage["action"]) if stage else ("", "")
        one, two = ((number, names[number - 1]) if number else ("", "") for number in (option, other))
        return (*about, *made, figure, *one, *two, value)

    for figure in ("seats", "ballots", "blank", "valid", "quota"):
        if figure in contest:
            yield row(None, figure, contest[figure])
    for place, winner in enumerate(contest["winners"], 1):
        yield row(None, "winner", place, winner)
    for name, value in contest.get("conditions", {}).items():
        yield row(None, name, value)
    if "outcome" in contest:
        for place, option in enumerate(seated(contest), 1):
            yield row(None, "seated", place, option)
    for unmet in contest.get("outcome", {}).get("unmet", ()):
        yield row(None, UNMET[unmet], 1)
    for tie in contest["ties"]:
        stage = contest["rounds"][tie["stage"] - 1]
        for place, option in enumerate(tie["order"], 1):
            yield row(stage, f"tie for {tie['decides']} by {tie['by']}", place, option)
    for stage in contest["rounds"]:
        for figure, value, *options in _stage(stage):
            yield row(stage, figure, value, *options)


def _stage(stage: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """(figure, value, option, other option)"""
    yield from _numbered("votes", stage["votes"])
    for one in stage["transferred"]:
        yield "transferred", one["votes"], stage.get("option", ""), one["to"]
    for figure in ("non_transferable", "rounding", "quota"):
        if figure in stage:
            yield figure, stage[figure]
    for figure in ("elected", "excluded", "smith"):
        for option in stage.get(figure, ()):
            yield figure, 1, option
    if "condorcet_loser" in stage:
        yield "condorcet_loser", 1, stage["condorcet_loser"]
    yield from _numbered("keep_factor", stage.get("keep_factors", ()))
    for option, row in enumerate(stage.get("matrix", ()), 1):
        yield from (("over", value, option, other) for other, value in enumerate(row, 1) if other != option)
    for option, row in enumerate(stage.get("grades", ()), 1):
        yield from ((f"grade {grade}", value, option) for grade, value in enumerate(row))
    for majority in stage.get("majorities", ()):
        figure = "majority locked" if majority["locked"] else "majority not locked"
        yield figure, majority["votes"], majority["winner"], majority["loser"]


def _numbered(figure: str, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    return ((figure, value, option) for option, value in enumerate(values, 1))
