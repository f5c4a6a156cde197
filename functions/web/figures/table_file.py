"""A result as a plain table in CSV: a line for each option, with what it came to in each round.

`spreadsheet` has every figure in a line of its own, for programs; this one is for people, in the reader's language.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from web.figures.card import ROUNDS, SHARED
from web.figures.conditions import seated
from web.figures.scale import Scale
from web.figures.shares import written
from web.figures.spreadsheet import inert
from web.figures.words import Text

Result = Mapping[str, Any]
Contest = Mapping[str, Any]


def table_file(result: Result, text: Text) -> str:
    """`result`: as `GET /elections/{id}/results` returns it, with the rounds of every contest."""
    rounds = max((len(contest["rounds"]) for contest in result["contests"]), default=0)
    columns = ("results.column_contest", "results.option", "results.column_place", "results.column_figure")
    header = [str(text(key)) for key in (*columns, "results.column_share")]
    header += [str(text("results.column_round", stage=stage)) for stage in range(1, rounds + 1)]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(header)
    for contest in result["contests"]:
        writer.writerows(map(inert, _lines(contest)))
    return "\ufeff" + file.getvalue()


def _lines(contest: Contest) -> Iterator[tuple[Any, ...]]:
    stages, winners = contest["rounds"], seated(contest)
    for option, name in enumerate(contest["options"], 1):
        place = winners.index(option) + 1 if option in winners else ""
        votes = [_plain(stage["votes"][option - 1]) for stage in stages]
        yield (contest["title"], name, place, votes[-1] if votes else "", _share(contest, option), *votes)


def _share(contest: Contest, option: int) -> str:
    """Percent of the valid ballots, or of the votes of the last round; empty where figures are parts of nothing."""
    if not contest["rounds"] or contest["method"] not in SHARED | ROUNDS:
        return ""
    votes = contest["rounds"][-1]["votes"]
    scale = Scale.of([votes], (".", ""))
    units = [scale.units(figure) for figure in votes]
    whole = contest["valid"] * 10**scale.decimals if contest["method"] in SHARED else sum(units)
    return written(units[option - 1], whole)


def _plain(figure: str) -> str:
    """`12` for `12.00000`: spreadsheets then take whole numbers for such."""
    return figure.rstrip("0").rstrip(".") if "." in figure else figure
