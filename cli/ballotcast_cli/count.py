"""`ballotcast count`: count a ballot file and show every stage."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ballotcast.counting import RULES, Count, Separator, TieRule, count
from ballotcast.counting.ballot_file import BallotFile, has_equal_ranks
from ballotcast.counting.ballots import points_of
from ballotcast.counting.contest import listed
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import FORMATS, format_of, read_file
from ballotcast.counting.reading import Reading, Switches, explain
from ballotcast.counting.voter_errors import VoterErrors, ended_by

from .count_switches import Method, Switch
from .count_switches import conditions as conditions_of
from .large_files import many_objects
from .reading_switches import reading_switches
from .sheet import sheet

if TYPE_CHECKING:
    from ballotcast.counting.conditions import Conditions, Outcome


@click.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--method", type=Method(), help="The counting rule; required unless --explain is given.")
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
    type=Switch(),
    multiple=True,
    help="How to read what has two readings: the error about it says which NAME=VALUE there are.",
)
@click.option(
    "--seats",
    type=click.IntRange(min=1),
    help="Seats to fill  [default: the file's number; 1 where the rule fills one]",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="Most options on a ballot, highest score, or most points in all; more spoils it.",
)
@click.option(
    "--tie",
    type=click.Choice([rule.value for rule in TieRule]),
    default=TieRule.PREVIOUS_STAGES.value,
    show_default=True,
    help="How ties are decided; equal at all previous stages means lot.",
)
@click.option("--seed", metavar="HEX", help="Public seed of the lot, drawn in public; needed if there is a lot.")
@click.option("--default-option", type=click.IntRange(min=1), metavar="N", help="The option that others have to beat.")
@conditions_of
@reading_switches
@click.option("--json", "as_json", is_flag=True, help="Print the whole account as JSON.")
@click.option(
    "--report",
    type=click.Choice(["text", "html", "csv", "json"]),
    help="Print the returning officer's report: the file's hash, every stage and transfer, every spoilt ballot.",
)
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
    default_option: int | None,
    tie: str,
    seed: str | None,
    blt_out: Path | None,
    *,
    conditions: "Conditions | None",
    entitled: int,
    choices: CsvChoices,
    errors: VoterErrors,
    only_explain: bool,
    as_json: bool,
    report: str | None,
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
        click.echo("\n".join(explain(_read(file, _bytes_of(file), format_name, method, dict(switches), choices))))
        return
    if method is None:
        raise click.UsageError("Missing option '--method'.")
    try:
        errors.require_applicable(method)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        drawn = bytes.fromhex(seed or "")
    except ValueError:
        raise click.BadParameter("not hexadecimal", param_hint="--seed") from None
    data = _bytes_of(file)
    reading = _read(file, data, format_name, method, dict(switches), choices)
    cast, reported = reading.file, (data, reading) if report else None
    for warning in reading.warnings:
        click.echo(f"Warning: {warning}", err=True)
    del data, reading  # which keep the bytes of the file
    by_points = method == "cumulative" and cast.kind == "scores"
    if by_points and limit is None and len(sums := {*map(points_of, cast.ballots)}) > 1:
        click.echo(f"Warning: ballots give {min(sums)} to {max(sums)} points; --limit spoils those over it.", err=True)
    settled = errors.or_else(cast.errors)
    if cast.kind == "ranked" and (settled.skipped or "exhaust" in (settled.overvote, settled.duplicates)):
        for note in ended_by(cast.rankings, settled, equal=has_equal_ranks(method)):
            click.echo(f"Warning: {note}", err=True)
    try:
        if conditions:
            from ballotcast.counting.conditions import conclude, require_applicable

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
            motion=bool(conditions and conditions.motion),
            default=default_option or 0,
        )
        outcome = conclude(counted, conditions, voters=entitled) if conditions else None
        if blt_out:
            from ballotcast.counting.blt import format_blt

            blt_out.write_text(format_blt(cast), encoding="utf-8")
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if seed is None:
        require_no_lot(counted, cast.options)
    if report and reported:
        from ballotcast.counting.uncounted import account_for

        from .report.command import write

        data, reading = reported
        accounted = account_for(reading, method, errors=errors, limit=limit)
        write(report, file, data, reading, counted, accounted, outcome)
    elif as_json:
        click.echo(json.dumps(account(cast, counted, outcome), indent=2, ensure_ascii=False))
    else:
        for line in sheet(cast, counted, shutil.get_terminal_size().columns, outcome):
            click.echo(line)


def account(cast: BallotFile, counted: Count, outcome: "Outcome | None" = None) -> dict[str, Any]:
    """The count as JSON types, with names; `outcome` only where there are conditions.

    `elected` are those whom the conditions let be elected; `by_the_count`, next to `outcome`, the winners without them.
    """

    def named(numbers: Sequence[int]) -> list[dict[str, Any]]:
        return [{"option": number, "name": cast.options[number - 1]} for number in numbers]

    described = counted.as_json()
    winners = described.pop("winners")
    elected = named(outcome.elected if outcome else winners)
    applied = {"outcome": outcome.as_json(), "by_the_count": named(winners)} if outcome else {}
    return {"title": cast.title, "options": list(cast.options), "elected": elected, **described, **applied}


def require_no_lot(counted: Count, options: Sequence[str]) -> None:
    """Raise ClickException if a lot was drawn: without a seed that was drawn in public it would be no lot."""
    for tie in counted.ties:
        if tie.by is Separator.LOT:
            tied = listed([options[option - 1] for option in tie.options])
            raise click.ClickException(
                f"a lot has to decide at stage {tie.stage} between {tied}, and it needs a --seed that nobody could "
                "know when the ballots were cast and everybody can check: publish how it will be drawn and the "
                "SHA-256 of this file, then throw dice before witnesses, or take the next numbers of a public "
                "lottery, and give their digits as --seed, an even number of them"
            )


def _bytes_of(file: str) -> bytes:
    with click.open_file(file, "rb") as opened:
        data: bytes = opened.read()
    click.get_current_context().with_resource(many_objects(len(data)))
    return data


def _read(
    file: str, data: bytes, format_name: str | None, method: str | None, switches: Switches, choices: CsvChoices
) -> Reading:
    kind = RULES[method].ballot if method else "ranked"
    try:
        return read_file(data, format_name or format_of(file, data), kind, switches, choices)
    except ValueError as error:
        raise click.UsageError(f"{file}: {error}") from None
