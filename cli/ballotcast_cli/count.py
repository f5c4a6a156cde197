"""`ballotcast count`: count a ballot file and show every stage."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ballotcast.counting import RULES, Count, TieRule, count
from ballotcast.counting.ballot_file import BallotFile, has_equal_ranks
from ballotcast.counting.blt import format_blt
from ballotcast.counting.conditions import Conditions, Outcome, Part, conclude, require_applicable
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import FORMATS, SWITCHES, format_of, read_file
from ballotcast.counting.reading import Reading, Switches, explain
from ballotcast.counting.voter_errors import VoterErrors, ended_by

from .reading_switches import reading_switches
from .sheet import sheet


class _Part(click.ParamType[Part]):
    name = "part"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Part:
        try:
            return Part.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Switch(click.ParamType[tuple[str, str]]):
    name = "name=value"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        name, _, chosen = str(value).partition("=")
        if chosen not in SWITCHES.get(name, ()):
            known = ", ".join(f"{key}={'|'.join(values)}" for key, values in SWITCHES.items())
            self.fail(f"{value!r} is not one of {known}", param, ctx)
        return name, chosen


def _conditions(command: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.option("--turnout", type=_Part(), help="Quorum: 1/3, 40% or >1/2 of those --entitled must have voted."),
        click.option("--entitled", type=click.IntRange(min=0), default=0, help="How many could have voted."),
        click.option("--share", type=_Part(), help="The part of the valid ballots that is needed to be elected."),
        click.option(
            "--none-of-the-above", type=click.IntRange(min=0), default=0, metavar="N", help="That option's number."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--method", type=click.Choice(list(RULES)), help="The counting rule; required unless --explain is given.")
@click.option("--explain", "only_explain", is_flag=True, help="Show how the file is read, and count nothing.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS)),
    help="The file's format  [default: as its name or its beginning says]",
)
@click.option(
    "--read",
    "switches",
    type=_Switch(),
    multiple=True,
    help="How to read what has two readings: the error about it says which NAME=VALUE there are.",
)
@click.option(
    "--seats",
    type=click.IntRange(min=1),
    help="Seats to fill  [default: the file's number; 1 where the rule fills one]",
)
@click.option("--limit", type=click.IntRange(min=1), help="Most options on a ballot, or highest score; more spoils it.")
@click.option(
    "--tie",
    type=click.Choice([rule.value for rule in TieRule]),
    default=TieRule.PREVIOUS_STAGES.value,
    show_default=True,
    help="How ties are decided; equal at all previous stages means lot.",
)
@click.option("--seed", default="", metavar="HEX", help="Public seed of the lot  [default: empty]")
@_conditions
@reading_switches
@click.option("--json", "as_json", is_flag=True, help="Print the whole account as JSON.")
@click.option(
    "--blt-out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the file's rankings in BLT format."
)
def command(
    file: str,
    method: str | None,
    format_name: str | None,
    switches: Sequence[tuple[str, str]],
    seats: int | None,
    limit: int | None,
    tie: str,
    seed: str,
    turnout: Part | None,
    entitled: int,
    share: Part | None,
    none_of_the_above: int,
    blt_out: Path | None,
    *,
    choices: CsvChoices,
    errors: VoterErrors,
    only_explain: bool,
    as_json: bool,
) -> None:
    """Count the ballots of FILE (- for standard input), in one of the formats of --format.

    Where a file holds rankings, plurality counts the first preference (the first that is not withdrawn), and rules of
    approval take every ranked option as approved. Where it holds scores, rules of rankings rank by them. Numbers
    in a CSV file with a column per option are scores or 0 and 1 where the method counts these; --cells says so if they
    are ranks.

    What looks odd in a file is a warning on standard error. A file that can be read in two ways is refused, with both
    ways and the --read that chooses each.
    """
    if only_explain:
        click.echo("\n".join(explain(_read(file, format_name, method, dict(switches), choices))))
        return
    if method is None:
        raise click.UsageError("Missing option '--method'.")
    try:
        errors.require_applicable(method)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    conditions = Conditions(turnout, share, none_of_the_above)
    try:
        drawn = bytes.fromhex(seed)
    except ValueError:
        raise click.BadParameter("not hexadecimal", param_hint="--seed") from None
    if turnout and not entitled:
        raise click.UsageError("--turnout needs --entitled")
    reading = _read(file, format_name, method, dict(switches), choices)
    cast = reading.file
    for warning in reading.warnings:
        click.echo(f"Warning: {warning}", err=True)
    if cast.kind == "ranked":
        for note in ended_by(cast.rankings, errors.or_else(cast.errors), equal=has_equal_ranks(method)):
            click.echo(f"Warning: {note}", err=True)
    try:
        require_applicable(method, conditions, options=len(cast.options))
        counted = count(
            method,
            options=cast.options,
            seats=seats or (1 if RULES[method].one_seat else cast.seats),
            ballots=cast.ballots_for(method, errors),
            errors=errors,
            tie=tie,
            seed=drawn,
            withdrawn=cast.withdrawn,
            limit=limit,
        )
        if blt_out:
            blt_out.write_text(format_blt(cast), encoding="utf-8")
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    outcome = conclude(counted, conditions, entitled=entitled) if conditions != Conditions() else None
    if as_json:
        click.echo(json.dumps(account(cast, counted, outcome), indent=2, ensure_ascii=False))
    else:
        for line in sheet(cast, counted, shutil.get_terminal_size().columns, outcome):
            click.echo(line)


def account(cast: BallotFile, counted: Count, outcome: Outcome | None = None) -> dict[str, Any]:
    """The count as JSON types, its winners named; `outcome` only where there are conditions."""
    described = counted.as_json()
    winners = described.pop("winners")
    elected = [{"option": number, "name": cast.options[number - 1]} for number in winners]
    applied = {"outcome": outcome.as_json()} if outcome else {}
    return {"title": cast.title, "options": list(cast.options), "elected": elected, **described, **applied}


def _read(file: str, format_name: str | None, method: str | None, switches: Switches, choices: CsvChoices) -> Reading:
    with click.open_file(file, "rb") as opened:
        data = opened.read()
    kind = RULES[method].ballot if method else "ranked"
    try:
        return read_file(data, format_name or format_of(file, data), kind, switches, choices)
    except ValueError as error:
        raise click.UsageError(f"{file}: {error}") from None
