"""A count as text: the stages as a table, what else a rule says of them, and why it ended so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ballotcast.counting import Action, Count, Stage, Tie
from ballotcast.counting.ballot_file import BallotFile

if TYPE_CHECKING:
    from ballotcast.counting.conditions import Outcome

Names = Mapping[int, str]


def sheet(cast: BallotFile, counted: Count, width: int, outcome: "Outcome | None" = None) -> Iterator[str]:
    """Yield the count as lines of text for a terminal of `width` columns: a row per option, a column per stage."""
    names = {number: f"{number} {name}" for number, name in enumerate(cast.options, start=1)}
    if cast.title:
        yield cast.title
    yield f"{counted.method}, seats: {counted.seats}"
    spoilt = f", spoilt: {counted.spoilt}" if counted.spoilt else ""
    yield f"ballots: {counted.ballots}, blank: {counted.blank}{spoilt}, valid: {counted.valid}"
    if counted.quota:
        yield f"quota: {counted.in_votes(counted.quota)}"
    if counted.stages:
        transfers = any(stage.option or stage.non_transferable for stage in counted.stages)
        labels = ["", "", *names.values(), *(["non-transferable", "rounding"] if transfers else [])]
        yield ""
        yield from table(labels, [_column(stage, counted, transfers=transfers) for stage in counted.stages], width)
        yield "* elected, x excluded at this stage"
        for stage in counted.stages:
            yield from _figures(stage, names, width)
    yield ""
    yield from (_told(tie, names) for tie in counted.ties)
    alone = outcome is not None and outcome.elected != tuple(counted.winners)
    yield f"{'by the count alone' if alone else 'elected'}: {_list(counted.winners, names) or 'nobody'}"
    yield counted.why
    if outcome:
        yield from outcome.reasons
        if outcome.none_of_the_above:
            yield f"none of the above: {outcome.none_of_the_above}"
        seated = _list(outcome.elected, names) or "nobody"
        yield f"{'elected' if alone else 'seated'}: {seated}; vacant: {outcome.vacant}"


def _column(stage: Stage, counted: Count, *, transfers: bool) -> list[str]:
    marks = dict.fromkeys(stage.elected, "*") | dict.fromkeys(stage.excluded, "x")
    votes = (counted.in_votes(units) for units in stage.votes)
    action = "first" if stage.action is Action.FIRST_PREFERENCES else stage.action.value
    rest = (stage.non_transferable, stage.rounding) if transfers else ()
    return [
        f"stage {stage.number} ",
        " ".join([action, *([str(stage.option)] if stage.option else map(str, stage.excluded))]) + " ",
        *(number + marks.get(option, " ") for option, number in enumerate(votes, start=1)),
        *(counted.in_votes(units) + " " for units in rest),
    ]


def _figures(stage: Stage, names: Names, width: int) -> Iterator[str]:
    if stage.matrix:
        yield ""
        if stage.action is Action.PAIRWISE:
            yield "ballots that prefer the row's option to the column's:"
        else:
            yield "strongest path from the row's option to the column's:"
        columns = [[f"{number}", *map(str, column)] for number, column in enumerate(zip(*stage.matrix, strict=True), 1)]
        yield from table(["", *names.values()], columns, width)
    if stage.smith:
        yield f"Smith set: {_list(stage.smith, names)}"
    if stage.condorcet_loser:
        yield f"Condorcet loser: {names[stage.condorcet_loser]}"
    if stage.majorities:
        yield ""
        yield "majorities, the largest first:"
        for pair in stage.majorities:
            locked = "locked" if pair.locked else "not locked: it contradicts those before"
            yield f"{names[pair.winner]} over {names[pair.loser]}, {pair.votes} to {pair.against}: {locked}"
    if stage.grades:
        yield ""
        yield "ballots that give each grade:"
        columns = [[f"{grade}", *map(str, column)] for grade, column in enumerate(zip(*stage.grades, strict=True))]
        yield from table(["", *names.values()], columns, width)


def table(labels: Sequence[str], columns: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Rows of the columns, in as many blocks below each other as the width asks for."""
    label = max(map(len, labels))
    cell = max(len(text) for column in columns for text in column) + 1
    fitting = max(1, (width - label) // cell)
    for start in range(0, len(columns), fitting):
        if start:
            yield ""
        for name, *cells in zip(labels, *columns[start : start + fitting], strict=True):
            yield (name.ljust(label) + "".join(text.rjust(cell) for text in cells)).rstrip()


def _told(tie: Tie, names: Names) -> str:
    return f"tie at stage {tie.stage} ({tie.decides}), decided by {tie.by}, best first: {_list(tie.order, names)}"


def _list(options: Iterable[int], names: Names) -> str:
    return ", ".join(names[option] for option in options)
