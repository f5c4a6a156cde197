"""`ballotcast voters …`: the roll."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ballotcast.client.roll_table import write_roll

from .group import organiser


@click.group("voters")
def command() -> None:
    """Import, edit and list the roll of an election."""


@command.command("import")
@click.argument("election")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--columns", default="", help="Which to read, from 1: email:2,name:1+3,phone:5,language:4.")
@click.option("--header/--no-header", default=True, help="Whether the first row names the columns.")
@click.option("--dry-run", is_flag=True, help="Only show what would come of the file.")
def import_(election: str, file: Path, columns: str, header: bool, dry_run: bool) -> None:
    """Put the voters of FILE (CSV, .xlsx or .ods) on the roll.

    A column for e-mail addresses is needed; names, telephone numbers and languages are read if they are there. Ends
    with 1 if a row was refused."""
    act = organiser().check_import if dry_run else organiser().import_voters
    report = act(election, file.read_bytes(), columns=columns, header=header)
    if report.get("undecided"):
        click.echo(f"Choose columns (--columns): {report['undecided']['detail']}", err=True)
        for row in report["first_rows"]:
            click.echo(" | ".join(f"{place} {cell}" for place, cell in enumerate(row, start=1)))
        raise SystemExit(1)
    _tell(report)
    if report["rejected_count"]:
        raise SystemExit(1)
    if not dry_run:
        click.echo(f"Next: ballotcast invite {election}", err=True)


def _tell(report: Mapping[str, Any]) -> None:
    click.echo(f"added: {report['added']}, duplicates: {report['duplicates']}, rejected: {report['rejected_count']}")
    for warning in report["warnings"]:
        click.echo(f"  {warning['detail']}")
    if report["ignored_columns"]:
        click.echo(f"  columns that were ignored: {', '.join(report['ignored_columns'])}")
    for row in report["rejected"]:
        click.echo(f"  line {row['line']}: {row['reason']}: {row['value']}")
    for row in report["duplicate_rows"]:
        where = f"also on line {row['first_line']}" if row["first_line"] else "on the roll already"
        click.echo(f"  line {row['line']}: {where}: {row['value']}")
    for row in report["mended"]:
        click.echo(f"  line {row['line']}: {row['note']}: {row['value']}")


@command.command()
@click.argument("election")
@click.argument("voter")
@click.option("--email", help="The new address.")
@click.option("--name")
@click.option("--phone")
@click.option("--language", type=click.Choice(["", "de", "en", "es", "fr"]))
def edit(election: str, voter: str, **changes: str | None) -> None:
    """Change VOTER (their address), who was not invited yet."""
    told = {name: value for name, value in changes.items() if value is not None}
    click.echo(organiser().edit_voter(election, voter, told)["email"])


@command.command()
@click.argument("election")
@click.argument("voters", nargs=-1, required=True)
def remove(election: str, voters: tuple[str, ...]) -> None:
    """Take VOTERS (their addresses) off the roll, who were not invited yet."""
    click.echo(f"removed: {organiser().remove_voters(election, voters)}")


@command.command()
@click.argument("election")
@click.confirmation_option(prompt="Take everybody off this roll?")
def empty(election: str) -> None:
    """Take everybody off the roll of a draft."""
    organiser().empty_roll(election)
    click.echo("The roll is being emptied.")


@command.command()
@click.argument("election")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(election: str, file: Path) -> None:
    """Write the roll to FILE as CSV, with the state of each mail; who got a credential only after close.

    Text that looks like a formula has an apostrophe before it, so that a spreadsheet runs nothing."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        written = write_roll(opened, organiser().voters(election))
    click.echo(f"voters: {written}")


REASON = click.option(
    "--reason", required=True, prompt="Reason (everybody can read it)", help="Why: everybody can read it, for good."
)


@command.command()
@click.argument("election")
@click.argument("voters", nargs=-1, required=True)
@REASON
@click.confirmation_option(prompt="End these rights for good?")
def end(election: str, voters: tuple[str, ...], reason: str) -> None:
    """End the rights of VOTERS (their addresses) while voting runs.

    A ballot that was cast before counts. Whether there is one, nobody can see before the close. A right that ended is
    not given again."""
    organiser().end_rights(election, voters, reason)
    click.echo(f"asked to end: {len(set(voters))}")


@command.command()
@click.argument("election")
@click.argument("voter")
@click.argument("email")
@REASON
def move(election: str, voter: str, email: str, reason: str) -> None:
    """Correct the address of VOTER while voting runs: EMAIL is invited, and the link that was sent before ends.

    Anyone who has voted by the old link gets no second vote by the new one."""
    organiser().move_rights(election, {voter: email}, reason)
    click.echo(f"moved, and invited: {email}")


@command.command("list")
@click.argument("election")
@click.option("--search", default="", help="Only those whose address or name begins so.")
@click.option("--delivery", type=click.Choice(["none", "queued", "sent", "bounced"]), help="Only these mails.")
def list_(election: str, search: str, delivery: str | None) -> None:
    """The roll with the state of each mail; who got a credential only after close."""
    for voter in organiser().voters(election, search=search, delivery=delivery or ""):
        issued = {None: "", True: "issued", False: "not issued"}[voter["issued"]]
        right = voter["right"] if voter["right"] in ("ended", "moved") else ""
        told = f"{voter['delivery']:<8} {voter['email']:<40} {voter['name']:<30} {right:<6} {issued}"
        click.echo(told.rstrip())


@command.command("erase-personal-data")
@click.argument("election")
@click.confirmation_option(prompt="Erase all addresses of this roll?")
def erase(election: str) -> None:
    """After close: erase addresses and telephone numbers; counts and ledger stay."""
    organiser().erase_personal_data(election)
    click.echo("Erased.")
