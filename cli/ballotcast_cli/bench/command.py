"""`ballotcast bench`: builds both packages, measures them in turn, prints the table and writes bench.json."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from . import cold, packages, report, warm
from .measures import Comparison
from .packages import Side
from .tasks import tasks


@click.command("bench")
@click.option("--quick", is_flag=True, help="Fewer rounds, nothing that takes minutes.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default="bench.json", show_default=True)
def command(quick: bool, output: Path) -> None:
    """Measure this product beside stock FastAPI on Lambda: CPU time, memory, and requests to DynamoDB."""
    click.echo("Building both packages …", err=True)
    sides = packages.build()
    rows: list[Comparison] = []
    for row in _measured(sides, quick):
        click.echo(f"  {row.name}", err=True)
        rows.append(row)
    click.echo(report.table(rows))
    report.write(output, report.document(rows, {"quick": quick}))


def _measured(sides: tuple[Side, Side], quick: bool) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as folder, tasks(sides, Path(folder)) as played:
        yield from cold.measure(sides, played, 7 if quick else 21)
        if not quick:
            yield from cold.count_instructions(sides, played)
        yield from warm.measure(sides, played, 9 if quick else 25)
