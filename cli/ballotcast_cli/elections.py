"""`ballotcast elections …`: drafts and what becomes of them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ballotcast.clock import to_rfc3339
from ballotcast.counting.blt import BltError, read_blt

from .group import organiser
from .moments import Moment


@click.group("elections")
def command() -> None:
    """Create, list, show and delete elections."""


@command.command()
@click.option(
    "--blt", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Options and seats from FILE."
)
@click.option("--title", help="Title  [default: the BLT file's]")
@click.option("--option", "options", multiple=True, help="An option, in order; instead of --blt.")
@click.option("--method", default="scottish-stv", show_default=True, help="The counting rule.")
@click.option("--seats", type=click.IntRange(min=1), help="Seats to fill  [default: the BLT file's, else 1]")
@click.option("--tie", help="How ties are decided  [default: as the rule's statute has it]")
@click.option("--opens", type=Moment(), default="now", show_default=True, help="now, +2h, +3d, or RFC 3339.")
@click.option("--closes", type=Moment(), default="+1d", show_default=True, help="The same.")
@click.option("--second-factor", type=click.Choice(["none", "email", "sms"]), default="none", show_default=True)
@click.option("--country", default="", metavar="XX", help="Of telephone numbers without a country's code, like DE.")
def create(
    blt: Path | None,
    title: str | None,
    options: tuple[str, ...],
    method: str,
    seats: int | None,
    tie: str | None,
    opens: datetime,
    closes: datetime,
    second_factor: str,
    country: str,
) -> None:
    """Draft an election with one contest; prints its id."""
    if (blt is None) == (not options):
        raise click.UsageError("give either --blt FILE or --option NAME once for each option")
    if blt:
        try:
            reading = read_blt(blt.read_bytes())
        except BltError as error:
            raise click.UsageError(f"{blt}: {error}") from None
        for warning in reading.warnings:
            click.echo(f"Warning: {warning}", err=True)
        ward = reading.file
        title, options, seats = title or ward.title, tuple(ward.options), seats or ward.seats
    if not title:
        raise click.UsageError("the election needs a --title")
    contest: dict[str, Any] = {"title": title, "method": method, "options": list(options), "seats": seats or 1}
    draft = {
        "title": title,
        "opens_at": to_rfc3339(opens),
        "closes_at": to_rfc3339(closes),
        "contests": [contest | ({"tie": tie} if tie else {})],
        "second_factor": second_factor,
        "country": country.upper(),
        "mode": "managed",
    }
    election = organiser().create_election(draft)
    click.echo(election["id"])
    click.echo(f"Drafted “{title}”. Next: ballotcast voters import {election['id']} ROLL.csv", err=True)


@command.command("list")
def list_() -> None:
    """Your elections."""
    for election in organiser().elections():
        click.echo(f"{election['id']}  {election['status']:<9}  {election['closes_at']}  {election['title']}")


@command.command()
@click.argument("election")
def show(election: str) -> None:
    """One of your elections."""
    shown = organiser().election(election)
    for name in ("title", "status", "opens_at", "closes_at", "second_factor", "manifest_hash", "roll_size"):
        click.echo(f"{name.replace('_', ' '):<14} {'' if shown[name] is None else shown[name]}")
    for contest in shown["contests"]:
        click.echo(f"\n{contest['title']}: {contest['method']}, seats: {contest['seats']}, ties: {contest['tie']}")
        for number, option in enumerate(contest["options"], start=1):
            click.echo(f"  {number} {option}")


@command.command()
@click.argument("election")
@click.option("--title", help="Title  [default: the same]")
@click.option("--opens", type=Moment(), help="now, +2h, +3d, or RFC 3339  [default: in a week]")
@click.option("--closes", type=Moment(), help="The same  [default: open for as long]")
@click.option("--roll", is_flag=True, help="With its voters.")
def copy(election: str, title: str | None, opens: datetime | None, closes: datetime | None, *, roll: bool) -> None:
    """Draft another election like ELECTION; prints its id."""
    times = {name: to_rfc3339(at) for name, at in (("opens_at", opens), ("closes_at", closes)) if at}
    made = organiser().copy_election(election, {**times, **({"title": title} if title else {})}, roll=roll)
    click.echo(made["id"])
    click.echo(f"Drafted “{made['title']}”, open from {made['opens_at']} until {made['closes_at']}.", err=True)


@command.command()
@click.argument("election")
@click.confirmation_option(prompt="Delete this draft with its roll?")
def delete(election: str) -> None:
    """Delete a draft with its roll."""
    organiser().delete_election(election)
    click.echo("Deleted.")
