"""The switches of `ballotcast count` that decide what a file of ballots does not say."""

import csv
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click

from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.voter_errors import VoterErrors


class _Names(click.ParamType[Sequence[str]]):
    name = "names"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Sequence[str]:
        try:
            rows = list(csv.reader([str(value)], strict=True, skipinitialspace=True))
        except csv.Error as error:
            self.fail(f'{value!r} is not a list such as Ada,"Lee, Ben": {error}', param, ctx)
        return [name.strip() for row in rows for name in row]


_SWITCHES = (
    click.option("--options", type=_Names(), metavar="A,B,C", help="The names of all options; another is refused."),
    click.option(
        "--cells",
        type=click.Choice(["name", "rank", "score", "choice"]),
        help="Tables: what the cells hold, where the file does not say so.",
    ),
    click.option(
        "--count-column", metavar="NAME", help="Tables: the column that says how many ballots a row stands for."
    ),
    click.option(
        "--ignore-column", "ignore_columns", multiple=True, metavar="NAME", help="Tables: a column that is no vote."
    ),
    click.option("--contest", metavar="NAME", help="Tables, JSON: which of several contests to count."),
    click.option(
        "--no-vote", "no_votes", multiple=True, metavar="LABEL", help="Tables: a cell's text that is no vote."
    ),
    click.option("--merge-names", is_flag=True, help="Names that differ in case only are one option."),
    click.option("--blank-rows", is_flag=True, help="Tables: rows of empty cells are blank ballots."),
    click.option("--sheet", metavar="NAME", help="Spreadsheets: which of several sheets to read."),
    click.option(
        "--overvote",
        type=click.Choice(["skip", "exhaust", "exhaust-if-several-continue"]),
        help="Several options at one rank, under rules without equal ranks: what becomes of the ballot from there on  "
        "[default: it is spoilt, or needs this switch]",
    ),
    click.option(
        "--skipped-ranks",
        "skipped",
        type=click.IntRange(min=1),
        metavar="N",
        help="So many skipped ranks in a row exhaust a ballot  [default: what follows moves up]",
    ),
    click.option(
        "--duplicates",
        type=click.Choice(["skip", "exhaust", "spoil"]),
        help="An option at a second rank  [default: skip in cast vote records, else spoil]",
    ),
)
_FIELDS = tuple(CsvChoices.__dataclass_fields__)


def reading_switches(command: Callable[..., None]) -> Callable[..., None]:
    """Add the switches to a command, which receives them as `choices` and `errors`."""

    @wraps(command)
    def gathered(**values: Any) -> None:
        skipped, duplicates = values.pop("skipped"), values.pop("duplicates")
        chosen = {name: value for name in _FIELDS if (value := values.pop(name))}
        errors = VoterErrors(chosen.get("overvote", ""), skipped or 0, duplicates or "")
        command(**values, choices=CsvChoices(**chosen), errors=errors)

    decorated: Callable[..., None] = gathered
    for option in reversed(_SWITCHES):
        decorated = option(decorated)
    return decorated
