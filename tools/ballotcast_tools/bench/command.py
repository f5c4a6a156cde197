"""`ballotcast bench`: builds both packages, measures them in turn, prints the table and writes bench.json."""

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from ballotcast_cli.deployment import find_deployment

from . import cold, election, emulated, fastrapi, functions, packages, records, report, warm
from .functions import Cost
from .load import command as load
from .measures import Comparison
from .tasks import tasks


@click.group("bench", invoke_without_command=True)
@click.option("--quick", is_flag=True, help="Fewer rounds, and nothing that takes minutes or needs the stack.")
@click.option("--fastrapi", "with_fastrapi", is_flag=True, help="FastrAPI and uvicorn too, installed for the moment.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default="bench.json", show_default=True)
@click.pass_context
def command(context: click.Context, quick: bool, with_fastrapi: bool, output: Path) -> None:
    """Measure this product next to stock FastAPI on Lambda: CPU time, memory, and requests to DynamoDB.

    Ratios are of ours to stock in this run. An election on the local stack is part of it where that is up.
    """
    if context.invoked_subcommand is not None:
        return
    costs: list[Cost] = []
    rows: list[Comparison] = []
    for row in _measured(quick, with_fastrapi, costs):
        click.echo(f"  {row.name} …", err=True)
        rows.append(row)
    click.echo(report.table(rows))
    click.echo("\nWhat one call of a warm function asks of AWS:")
    for cost in costs:
        click.echo(f"  {cost}")
    report.write(output, report.document(rows, {"quick": quick, "costs": [asdict(cost) for cost in costs]}))


command.add_command(load.command)


def _measured(quick: bool, with_fastrapi: bool, costs: list[Cost]) -> Iterator[Comparison]:
    sides = packages.build()
    with tempfile.TemporaryDirectory() as folder, tasks(sides, Path(folder)) as played:
        yield from cold.measure(sides, played, 5 if quick else 21)
        if not quick:
            yield from cold.count_instructions(sides, played)
            yield from emulated.measure(sides, played, 7)
        yield from warm.measure(sides, played, 7 if quick else 25)
    routes, found = functions.measure(3 if quick else 15)
    costs += found
    yield from routes
    yield from records.measure(3 if quick else 15)
    if with_fastrapi:
        yield from fastrapi.measure(5)
    if not quick:
        yield from _stack()


def _stack() -> Iterator[Comparison]:
    try:
        here = find_deployment(None)
    except click.ClickException as missing:
        click.echo(f"  no election on the stack: {missing}", err=True)
        return
    if here.mailbox:
        yield from election.measure(here)
