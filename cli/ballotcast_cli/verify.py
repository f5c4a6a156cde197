"""`ballotcast verify`: everything that can be known of an election from its export alone, checked one by one."""

import os
from pathlib import Path

import click

from ballotcast.client.errors import BadState
from ballotcast.client.state import Issued, from_json
from ballotcast.elections.verification import Outcome, Report, verify_export

COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.SKIPPED: "yellow"}

LARGE = 16 * 1024 * 1024
"""Bytes of an export from which on more processes than one save more time than their start takes."""


@click.command("verify")
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--manifest-hash", metavar="HEX", help="The fingerprint that the organiser published, to compare with.")
@click.option(
    "--checkpoint",
    "checkpoints",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint that you kept, to hold against the export's log. May be given more than once.",
)
@click.option(
    "--issuance",
    "issuances",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="What `vote` kept, or an issuance receipt alone, to hold against the export's ledger. May be given more than"
    " once.",
)
@click.option("--processes", metavar="N", type=click.IntRange(1), help="That check ballots  [default: one a core]")
def command(
    export: Path,
    manifest_hash: str | None,
    checkpoints: tuple[Path, ...],
    issuances: tuple[Path, ...],
    processes: int | None,
) -> None:
    """Verify EXPORT (zip) and count it again. Ends with 0 if every check holds, else with 1."""
    cores = os.cpu_count() or 1
    processes = processes or (cores if export.stat().st_size >= LARGE else 1)
    report = verify_export(
        export,
        processes=processes,
        checkpoints=[path.read_bytes() for path in checkpoints],
        issuances=[_issuance(path.read_bytes()) for path in issuances],
    )
    tell(report)
    expected = "".join((manifest_hash or "").split()).lower()
    if expected and expected != report.manifest_hash:
        click.secho(f"This is another election: its fingerprint is {report.manifest_hash}", fg="red")
        raise SystemExit(1)
    if not report.ok:
        click.secho("This export does NOT verify.", fg="red")
        raise SystemExit(1)
    click.echo(f"Verified. Fingerprint of the election: {report.manifest_hash}")


def _issuance(data: bytes) -> bytes:
    """The receipt in a recovery file, or the bytes themselves. ClickException for a vote that got none."""
    try:
        state = from_json(data.decode())
    except (BadState, UnicodeDecodeError):
        return data
    if not isinstance(state, Issued):
        raise click.ClickException("this recovery file has no issuance receipt: no credential was obtained with it")
    return state.issuance.encode()


def tell(report: Report) -> None:
    """A line for each check."""
    for check in report.checks:
        outcome = click.style(f"{check.outcome.value:<8}", fg=COLOURS[check.outcome])
        click.echo(f"{outcome} {check.name}  {check.detail}".rstrip())
