"""The switches of `ballotcast count` that decide what a CSV file of ballots does not say."""

import csv
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click

from ballotcast.counting.csv_choices import CsvChoices


class _Names(click.ParamType[Sequence[str]]):
    name = "names"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Sequence[str]:
        try:
            rows = list(csv.reader([str(value)], strict=True, skipinitialspace=True))
        except csv.Error as error:
            self.fail(f'{value!r} is not a list such as Ada,"Lee, Ben": {error}', param, ctx)
        return [name.strip() for row in rows for name in row]


_SWITCHES = (
    click.option("--options", type=_Names(), metavar="A,B,C", help="CSV: the names of all options."),
    click.option(
        "--cells",
        type=click.Choice(["name", "rank", "score", "choice"]),
        help="CSV: what the cells hold, where the file does not say so.",
    ),
    click.option("--count-column", metavar="NAME", help="CSV: the column that says how many ballots a row stands for."),
    click.option(
        "--ignore-column", "ignore_columns", multiple=True, metavar="NAME", help="CSV: a column that is no vote."
    ),
    click.option("--contest", metavar="NAME", help="CSV: which of several contests to count."),
    click.option("--no-vote", "no_votes", multiple=True, metavar="LABEL", help="CSV: a cell's text that is no vote."),
    click.option(
        "--overvote", type=click.Choice(["end", "skip"]), help="CSV: what an overvote does to what is ranked below it."
    ),
    click.option("--merge-names", is_flag=True, help="CSV: names that differ in case only are one option."),
    click.option("--blank-rows", is_flag=True, help="CSV: rows of empty cells are blank ballots."),
)
_FIELDS = tuple(CsvChoices.__dataclass_fields__)


def csv_switches(command: Callable[..., None]) -> Callable[..., None]:
    """Add the switches to a command, which receives them as `choices`."""

    @wraps(command)
    def gathered(**values: Any) -> None:
        chosen = {name: value for name in _FIELDS if (value := values.pop(name))}
        command(**values, choices=CsvChoices(**chosen))

    decorated: Callable[..., None] = gathered
    for option in reversed(_SWITCHES):
        decorated = option(decorated)
    return decorated
