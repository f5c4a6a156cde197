"""A counted contest as its page shows it: sentences, figures, and every figure in a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from web.figures import tables
from web.figures.bars import MOST, Bar, bars
from web.figures.card import LISTED, SHARED, Card, Cards
from web.figures.conditions import Conditions, seated
from web.figures.flows import NAMED, Groups, standing
from web.figures.grades import grades
from web.figures.reasons import Reasons
from web.figures.rounds import MOST as MOST_ROUNDS
from web.figures.rounds import rounds, swatch
from web.figures.scale import Scale
from web.figures.tables import Table
from web.figures.words import Contest, Text, Words

RANKED = frozenset({"irv", "scottish-stv", "wigm-stv", "ers97", "meek-stv"})
"""Methods whose stages are rounds of one count."""
MATRIX = frozenset({"pairwise", "strongest-paths"})
COMPARED = MATRIX | {"locking", "majority-values", "worst-defeats"}
"""Stages whose figures say how many of the other options each is better than."""


@dataclass
class StageView:
    """One stage of a method that has no rounds."""

    title: Markup
    figure: Markup | None
    """None where the card has it."""
    sheets: list[Table]
    notes: list[Markup]
    matrix: bool


@dataclass
class ContestView:
    """What the template shows. `cuts`: after how many decimals figures are cut off, or 0. `legend`: (class of a colour,
    what it stands for). `whole`: all rounds are in the tables. `fewer`: not all are in the figure."""

    contest: Contest
    card: Card
    why: list[Markup]
    ties: list[Markup]
    lots: bool
    quota: Markup | None
    cuts: int
    stages: list[StageView]
    conditions: list[tuple[Markup, Markup]] = field(default_factory=list)
    figure: Markup | None = None
    legend: list[tuple[str, Markup | str]] = field(default_factory=list)
    rounds: list[tuple[int, Markup]] = field(default_factory=list)
    sheets: list[Table] = field(default_factory=list)
    whole: bool = True
    fewer: bool = False


def show_contest(contest: Contest, text: Text, room: tables.Room) -> ContestView:
    """`room`: what tables of the page may still hold."""
    marks = str(text("results.decimal_mark")), str(text("results.group_mark"))
    quota = _quota(contest)
    columns = [[*stage["votes"], *quota, *_quota(stage)] for stage in contest["rounds"]]
    ranked = contest["method"] in RANKED
    scale = Scale.of(columns, marks)
    words = Words(contest, text, scale)
    view = ContestView(
        contest,
        card=Cards(contest, words, text, scale).card(),
        why=list(Reasons(contest, words, text, scale).sentences()),
        ties=list(words.ties()),
        lots=any(tie["by"] == "lot" for tie in contest["ties"]),
        quota=scale.show(scale.units(quota[0])) if quota else None,
        cuts=scale.cuts,
        conditions=list(Conditions(contest, contest["outcome"], text, words.names).facts())
        if "outcome" in contest
        else [],
        stages=[] if ranked else [_stage(contest, stage, text, marks, room) for stage in contest["rounds"]],
    )
    if view.card.bars and view.stages and len(contest["options"]) <= LISTED:
        view.stages[-1].figure = None
    if ranked and contest["rounds"]:
        _add_rounds(view, words, scale, text, room)
    return view


def _add_rounds(view: ContestView, words: Words, scale: Scale, text: Text, room: tables.Room) -> None:
    contest = view.contest
    groups = Groups(standing(contest))
    names: list[Markup | str] = [words.name(option) for option in groups.order[:NAMED]]
    if groups.others is not None:
        names.append(text("results.others", count=len(groups.order) - NAMED))
    names.append(text("results.non_transferable"))
    title = text("results.rounds_figure", contest=contest["title"])
    description = text("results.rounds_description", count=len(contest["rounds"]))
    view.figure = rounds(f"{contest['id']}-rounds", title, description, contest, groups, names)
    view.legend = [(swatch(group), name) for group, name in zip(groups.all, names, strict=True)]
    view.rounds = list(words.rounds())
    view.sheets, view.whole = tables.of_rounds(contest, groups.order, scale, text, room)
    view.fewer = len(contest["rounds"]) > MOST_ROUNDS


def _quota(told: Mapping[str, Any]) -> list[str]:
    """That of a contest or, where it changes, of a stage; none under most methods."""
    return [told["quota"]] if "quota" in told else []


def _stage(
    contest: Contest, stage: Mapping[str, Any], text: Text, marks: tuple[str, str], room: tables.Room
) -> StageView:
    scale = Scale.of([stage["votes"]], marks)
    action, id_ = stage["action"], f"{contest['id']}-{stage['stage']}"
    title = text(f"results.stage_{action}")
    winners = seated(contest)
    rows = [
        Bar(name, scale.units(votes), scale.text(scale.units(votes)), option in winners)
        for option, (name, votes) in enumerate(zip(contest["options"], stage["votes"], strict=True), 1)
    ]
    order = sorted(range(1, len(rows) + 1), key=lambda option: (_place(option, winners), -rows[option - 1].value))
    described = text("results.bars_description", count=len(rows), most=MOST)
    if action == "grades":
        middles = [(rows[option - 1].name, stage["grades"][option - 1], rows[option - 1].text) for option in order]
        drawn = grades(f"{id_}-grades", title, described, middles)
    else:
        drawn = bars(rows, _whole(contest, stage, scale))
    shares = contest["valid"] if contest["method"] in SHARED else 0
    found = [tables.of_stage(contest, stage, order, scale, title, text, shares, room)]
    if action in MATRIX:
        found.append(tables.of_pairs(contest, stage, order, text, room))
    if stage.get("majorities"):
        found.append(tables.of_majorities(contest, stage, text, room))
    return StageView(title, drawn, found, list(_notes(contest, stage, scale, text)), action in MATRIX)


def _whole(contest: Contest, stage: Mapping[str, Any], scale: Scale) -> int:
    """What a bar over the full width stands for: all ballots, all comparisons, or the sum of all figures."""
    if contest["method"] in SHARED:
        return scale.units(str(contest["valid"]))
    if stage["action"] in COMPARED:
        return scale.units(str(len(contest["options"]) - 1))
    return sum(map(scale.units, stage["votes"]))


def _place(option: int, winners: Sequence[int]) -> int:
    return winners.index(option) if option in winners else len(winners)


def _notes(contest: Contest, stage: Mapping[str, Any], scale: Scale, text: Text) -> Iterator[Markup]:
    names = Words(contest, text, scale).names
    if stage.get("smith"):
        yield text("results.smith", count=len(stage["smith"]), names=names(stage["smith"]))
    if stage.get("condorcet_loser"):
        yield text("results.condorcet_loser", name=names([stage["condorcet_loser"]]))
    if unsaid := scale.units(stage["non_transferable"]):
        yield text("results.no_preference", count=scale.count(unsaid), votes=scale.show(unsaid))
    if stage["elected"] and len(contest["rounds"]) > 1:
        yield text("results.round_elected", count=len(stage["elected"]), names=names(stage["elected"]))
