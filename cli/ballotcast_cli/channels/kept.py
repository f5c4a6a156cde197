"""`ballotcast channels export`, `past` and `purge`: what is kept of a channel, also after it is gone."""

from datetime import datetime
from pathlib import Path

import click

from ballotcast.client.channels import EXPORTS
from ballotcast.clock import to_rfc3339
from ballotcast_cli.moments import Moment

from .access import channels

BORN = click.option(
    "--born", type=click.IntRange(min=1), help="Of the channel that had the name before: see `channels past`."
)


@click.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(list(EXPORTS)), default="avro", show_default=True)
@click.option("--from", "start", type=Moment(), help="On the channel's time axis, this moment included.")
@click.option("--to", "end", type=Moment(), help="Not included.")
@click.option("--duration", default="", metavar="PT30S", help="In place of one of these two (ISO 8601).")
@click.option("--fields", default="", metavar="A,B,…", help="Only these columns, of CSV or Parquet.")
@BORN
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="  [default: NAME.FORMAT]")
def export(
    name: str,
    form: str,
    start: datetime | None,
    end: datetime | None,
    duration: str,
    fields: str,
    born: int | None,
    output: Path | None,
) -> None:
    """Every accepted record, once and in order, as a file. A large one is made while this waits."""
    path = output or Path(f"{name}.{form}")
    size = channels(session=bool(born)).export(
        name,
        path,
        form,
        start=to_rfc3339(start) if start else "",
        end=to_rfc3339(end) if end else "",
        duration=duration,
        fields=[field for field in fields.split(",") if field],
        born=born or 0,
        progress=lambda done, total: click.echo(f"{done} of {total} records", err=True),
    )
    click.echo(f"{path}: {size} bytes")


@click.command()
def past() -> None:
    """Your channels that are gone, whose records are kept."""
    for one in channels(session=True).past_channels():
        state = "being removed" if one["purging"] else f"kept until {one['kept_until']}"
        click.echo(f"{one['name']:<24} {one['born']}  deregistered {one['deregistered_at']}, {state}")


@click.command()
@click.argument("name")
@click.option("--born", type=click.IntRange(min=1), required=True, help="Which of that name: see `channels past`.")
@click.confirmation_option(prompt="Remove its records for good?")
def purge(name: str, born: int) -> None:
    """Remove what is kept of a channel that is gone."""
    channels(session=True).purge(name, born)
    click.echo(f"The records of {name} are being removed.")
