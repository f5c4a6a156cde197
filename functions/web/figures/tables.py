"""Every figure of a count as a table. Wide ones are cut into several that fit on paper; a page has room for so many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from web.figures.conditions import seated
from web.figures.flows import lost
from web.figures.scale import Scale
from web.figures.shares import percentage
from web.figures.words import Contest, Text

WIDTH = 6
"""Rounds in one table."""
CELLS = 30_000
"""In one page: the answer of a function has at most 6 MB."""
MOST_MAJORITIES = 500


@dataclass
class Row:
    """`name`: its heading. `kind`: a class, `elected` or nothing. cells: (content, class)."""

    name: Markup | str
    cells: list[tuple[Markup | str, str]]
    kind: str = ""


@dataclass
class Table:
    caption: Markup | str
    corner: Markup | str
    columns: list[Markup | str]
    rows: list[Row] = field(default_factory=list)
    cut: Markup | str = ""
    """What to read instead, where the rest did not fit."""


class Room:
    """Cells that the page's tables may still have."""

    def __init__(self, cells: int = CELLS) -> None:
        self._cells = cells

    def take(self, cells: int) -> bool:
        """Whether a table of so many still fits."""
        fits = cells <= self._cells
        if fits:
            self._cells -= cells
        return fits


def of_rounds(contest: Contest, order: Sequence[int], scale: Scale, text: Text, room: Room) -> tuple[list[Table], bool]:
    """The rounds from left to right, WIDTH in a table; and whether there was room for all."""
    stages = contest["rounds"]
    chunks = [range(start, min(start + WIDTH, len(stages))) for start in range(0, len(stages), WIDTH)]
    kept = [chunk for chunk in chunks if room.take(len(chunk) * (len(order) + 3))]
    if chunks and chunks[-1] not in kept:
        kept = [*kept[:-1], chunks[-1]]
    return [_rounds(contest, order, chunk, scale, text) for chunk in kept], len(kept) == len(chunks)


def _rounds(contest: Contest, order: Sequence[int], chunk: range, scale: Scale, text: Text) -> Table:
    stages = [contest["rounds"][place] for place in chunk]
    columns: list[Markup | str] = [text("results.round", stage=stage["stage"]) for stage in stages]
    caption = text("results.rounds_table", first=stages[0]["stage"], last=stages[-1]["stage"])
    table = Table(caption, text("results.option"), columns)
    for option in order:
        cells = [_votes(contest, option, place, scale, text) for place in chunk]
        kind = "elected" if option in seated(contest) else ""
        table.rows.append(Row(contest["options"][option - 1], cells, kind))
    for key, figures in (
        ("results.non_transferable", [scale.units(stage["non_transferable"]) for stage in stages]),
        ("results.rounding", [scale.units(stage["rounding"]) for stage in stages]),
    ):
        if any(lost(stage, scale) for stage in contest["rounds"]) and (any(figures) or "rounding" not in key):
            table.rows.append(Row(text(key), [(scale.show(units), "number") for units in figures], "rest"))
    if any("quota" in stage for stage in stages):
        quotas = [(scale.show(scale.units(stage["quota"])) if "quota" in stage else "", "number") for stage in stages]
        table.rows.append(Row(text("results.quota"), quotas, "rest"))
    return table


def _votes(contest: Contest, option: int, place: int, scale: Scale, text: Text) -> tuple[Markup | str, str]:
    """Votes at the end of the round, and by how much they changed in it."""
    stages = contest["rounds"]
    units = scale.units(stages[place]["votes"][option - 1])
    before = scale.units(stages[place - 1]["votes"][option - 1]) if place else units
    if not units and not before and any(option in stage["excluded"] for stage in stages[:place]):
        return Markup('<span class="quiet">–</span>'), "number"
    change = Markup("<small>{}</small>").format(scale.show(units - before, signed=True)) if units != before else ""
    mark = ""
    if option in stages[place]["elected"]:
        mark = Markup('<span class="badge good">{}</span>').format(text("results.mark_elected"))
    elif option in stages[place]["excluded"]:
        mark = Markup('<span class="badge">{}</span>').format(text("results.mark_excluded"))
    return scale.show(units) + change + mark, "number"


def of_stage(
    contest: Contest,
    stage: Mapping[str, Any],
    order: Sequence[int],
    scale: Scale,
    title: Markup,
    text: Text,
    valid: int,
    room: Room,
) -> Table:
    """An option in each row; `valid`: ballots that votes are parts of, or 0."""
    grades = range(max(map(len, stage.get("grades", ())), default=0) - 1, -1, -1)
    columns: list[Markup | str] = [title, *([text("results.share")] if valid else [])]
    columns += [text("results.grade", grade=grade) for grade in grades]
    table = Table(title, text("results.option"), columns)
    if not room.take(len(order) * len(columns)):
        table.cut = text("results.too_large")
        return table
    for option in order:
        units = scale.units(stage["votes"][option - 1])
        cells: list[tuple[Markup | str, str]] = [(scale.show(units), "number")]
        if valid:
            cells.append((percentage(units, valid * 10**scale.decimals, text), "number"))
        cells += [(str(stage["grades"][option - 1][grade]), "number") for grade in grades]
        kind = "elected" if option in seated(contest) else ""
        table.rows.append(Row(contest["options"][option - 1], cells, kind))
    return table


def of_pairs(contest: Contest, stage: Mapping[str, Any], order: Sequence[int], text: Text, room: Room) -> Table:
    """Row against column."""
    names = contest["options"]
    table = Table(text(f"results.matrix_{stage['action']}"), text("results.option"), [names[one - 1] for one in order])
    if not room.take(len(order) ** 2):
        table.cut = text("results.too_large")
        return table
    matrix = stage["matrix"]
    for one in order:
        cells: list[tuple[Markup | str, str]] = []
        for other in order:
            mine, theirs = matrix[one - 1][other - 1], matrix[other - 1][one - 1]
            kind = "number wins" if mine > theirs else "number"
            cells.append(("–", "number quiet") if one == other else (str(mine), kind))
        kind = "elected" if one in seated(contest) else ""
        table.rows.append(Row(names[one - 1], cells, kind))
    return table


def of_majorities(contest: Contest, stage: Mapping[str, Any], text: Text, room: Room) -> Table:
    names = contest["options"]
    columns: list[Markup | str] = [text(f"results.majority_{name}") for name in ("loser", "votes", "against", "locked")]
    table = Table(text("results.majorities"), text("results.majority_winner"), columns)
    for majority in stage["majorities"][:MOST_MAJORITIES]:
        if not room.take(len(columns)):
            break
        locked = text("results.yes" if majority["locked"] else "results.no")
        figures = [(str(majority[name]), "number") for name in ("votes", "against")]
        table.rows.append(
            Row(names[majority["winner"] - 1], [(names[majority["loser"] - 1], ""), *figures, (locked, "")])
        )
    if len(table.rows) < len(stage["majorities"]):
        table.cut = text("results.too_large")
    return table
