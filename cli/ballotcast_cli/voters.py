"""`ballotcast voters …`: the roll."""

from pathlib import Path

import click

from .group import organiser


@click.group("voters")
def command() -> None:
    """Import and list the roll of an election."""


@command.command("import")
@click.argument("election")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(election: str, file: Path) -> None:
    """Put the voters of FILE (CSV with a column `email`, and `phone` if need be) on the roll.

    Ends with 1 if a row was refused."""
    report = organiser().import_voters(election, file.read_bytes())
    click.echo(f"added: {report['added']}, duplicates: {report['duplicates']}, rejected: {report['rejected_count']}")
    if report["ignored_columns"]:
        click.echo(f"  columns that were ignored: {', '.join(report['ignored_columns'])}")
    for row in report["rejected"]:
        click.echo(f"  line {row['line']}: {row['reason']}")
    if report["rejected_count"]:
        raise SystemExit(1)
    click.echo(f"Next: ballotcast invite {election}", err=True)


@command.command("list")
@click.argument("election")
def list_(election: str) -> None:
    """The roll with the state of each mail; who got a credential only after close."""
    for voter in organiser().voters(election):
        issued = {None: "", True: "issued", False: "not issued"}[voter["issued"]]
        click.echo(f"{voter['delivery']:<8} {voter['email']:<40} {issued}".rstrip())


@command.command("erase-personal-data")
@click.argument("election")
@click.confirmation_option(prompt="Erase all addresses of this roll?")
def erase(election: str) -> None:
    """After close: erase addresses and telephone numbers; counts and ledger stay."""
    organiser().erase_personal_data(election)
    click.echo("Erased.")
