"""`ballotcast count`: count a ballot file and show every stage."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from ballotcast.counting import RULES, Action, Count, Stage, Tie, TieRule, count
from ballotcast.counting.blt import Blt, BltError, parse_blt
from ballotcast.counting.result import in_votes


@click.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--method", type=click.Choice(list(RULES)), required=True, help="The counting rule.")
@click.option(
    "--seats",
    type=click.IntRange(min=1),
    help="Seats to fill  [default: the file's number; 1 where the rule fills one]",
)
@click.option(
    "--tie",
    type=click.Choice([rule.value for rule in TieRule]),
    default=TieRule.PREVIOUS_STAGES.value,
    show_default=True,
    help="How ties are decided; equal at all previous stages means lot.",
)
@click.option("--seed", default="", metavar="HEX", help="Public seed of the lot  [default: empty]")
@click.option("--json", "as_json", is_flag=True, help="Print the whole account as JSON.")
def command(file: str, method: str, seats: int | None, tie: str, seed: str, *, as_json: bool) -> None:
    """Count the ballots of FILE (BLT format; - for standard input).

    A BLT file holds rankings. Under plurality the first preference counts (the first that is not withdrawn); under
    approval every ranked option is approved.
    """
    with click.open_file(file, "rb") as opened:
        data = opened.read()
    try:
        blt = parse_blt(data)
    except BltError as error:
        raise click.UsageError(f"{file}: {error}") from None
    try:
        drawn = bytes.fromhex(seed)
    except ValueError:
        raise click.BadParameter("not hexadecimal", param_hint="--seed") from None
    try:
        counted = count(
            method,
            options=blt.options,
            seats=seats or (1 if RULES[method].one_seat else blt.seats),
            ballots=blt.ballots_for(method),
            tie=tie,
            seed=drawn,
            withdrawn=blt.withdrawn,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(account(blt, counted), indent=2, ensure_ascii=False))
    else:
        for line in sheet(blt, counted, shutil.get_terminal_size().columns):
            click.echo(line)


def account(blt: Blt, counted: Count) -> dict[str, Any]:
    """The count as JSON types, its winners named."""
    described = counted.as_json()
    winners = described.pop("winners")
    elected = [{"option": number, "name": blt.options[number - 1]} for number in winners]
    return {"title": blt.title, "options": list(blt.options), "elected": elected, **described}


def sheet(blt: Blt, counted: Count, width: int) -> Iterator[str]:
    """The count as lines of text for a terminal of `width` columns: a row per option, a column per stage."""
    names = {number: f"{number} {name}" for number, name in enumerate(blt.options, start=1)}
    if blt.title:
        yield blt.title
    yield f"{counted.method}, seats: {counted.seats}"
    yield f"ballots: {counted.ballots}, blank: {counted.blank}, valid: {counted.valid}"
    if counted.quota:
        yield f"quota: {in_votes(counted.quota, counted.decimals)}"
    if counted.stages:
        labels = ["", "", *names.values(), "non-transferable", "rounding"]
        yield ""
        yield from _table(labels, [_column(stage, counted) for stage in counted.stages], width)
        yield "* elected, x excluded at this stage"
    yield ""
    yield from (_told(tie, names) for tie in counted.ties)
    yield f"elected: {_list(counted.winners, names) or 'nobody'}"


def _column(stage: Stage, counted: Count) -> list[str]:
    marks = dict.fromkeys(stage.elected, "*") | dict.fromkeys(stage.excluded, "x")
    votes = (in_votes(units, counted.decimals) for units in stage.votes)
    return [
        f"stage {stage.number} ",
        {Action.FIRST_PREFERENCES: "first ", Action.VOTES: "votes "}.get(
            stage.action, f"{stage.action} {stage.option} "
        ),
        *(number + marks.get(option, " ") for option, number in enumerate(votes, start=1)),
        in_votes(stage.non_transferable, counted.decimals) + " ",
        in_votes(stage.rounding, counted.decimals) + " ",
    ]


def _table(labels: Sequence[str], columns: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Rows of the columns, in as many blocks below each other as the width asks for."""
    label = max(map(len, labels))
    cell = max(len(text) for column in columns for text in column) + 1
    fitting = max(1, (width - label) // cell)
    for start in range(0, len(columns), fitting):
        if start:
            yield ""
        for name, *cells in zip(labels, *columns[start : start + fitting], strict=True):
            yield (name.ljust(label) + "".join(text.rjust(cell) for text in cells)).rstrip()


def _told(tie: Tie, names: Mapping[int, str]) -> str:
    return f"tie at stage {tie.stage} ({tie.decides}), decided by {tie.by}, best first: {_list(tie.order, names)}"


def _list(options: Iterable[int], names: Mapping[int, str]) -> str:
    return ", ".join(names[option] for option in options)
