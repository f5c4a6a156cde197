"""`ballotcast verify`: everything that can be known of an election from its export alone, checked one by one."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from ballotcast.ballots.absence import MAX_LENGTH, Absence, AbsenceError
from ballotcast.ballots.mended_note import mend_note
from ballotcast.client.errors import BadState
from ballotcast.client.state import Cast, Issued, from_json
from ballotcast.elections.kept import Kept, NotKept, Statement
from ballotcast.elections.verification import Outcome, Report, verify_export

from .read_ballots import tell_ballots

COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.SKIPPED: "yellow"}

LARGE = 16 * 1024 * 1024
"""Bytes of an export from which on more processes than one save more time than their start takes."""
ZIP = b"PK"
"""What an export begins with; a proof that a ballot is missing is JSON."""


@click.command("verify")
@click.argument("export", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--manifest-hash", metavar="HEX", help="The fingerprint that the organiser published, to compare with.")
@click.option(
    "--statement",
    "--checkpoint",
    "--issuance",
    "statements",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="What you kept, to hold against EXPORT: a checkpoint, a door or turnout statement, a receipt, an issuance"
    " receipt, or the recovery file of `vote` with what it has of these. May be given more than once.",
)
@click.option("--show-ballots", is_flag=True, help="Say how EXPORT reads the ballots of the receipts that are given.")
@click.option("--processes", metavar="N", type=click.IntRange(1), help="That check ballots  [default: one a core]")
def command(
    export: Path,
    manifest_hash: str | None,
    statements: tuple[Path, ...],
    processes: int | None,
    *,
    show_ballots: bool,
) -> None:
    """Verify EXPORT (zip) and count it again. Ends with 0 if every check holds, else with 1.

    EXPORT may also be a proof that a ballot is missing (absence-….json): then that proof is checked.
    """
    expected = "".join((manifest_hash or "").split()).lower()
    with export.open("rb") as opened:
        begins = opened.read(len(ZIP))
    if begins != ZIP and begins[:1] == b"{":
        _verify_absence(export, expected)
        return
    cores = os.cpu_count() or 1
    processes = processes or (cores if export.stat().st_size >= LARGE else 1)
    try:
        kept = Kept.sort(found for path in statements for found in _statements(path))
    except NotKept as error:
        raise click.ClickException(str(error)) from None
    report = verify_export(export, processes=processes, kept=kept)
    tell(report)
    if show_ballots and report.manifest:
        tell_ballots(report.manifest, report.found)
    _require_election(expected, report.manifest_hash)
    if not report.ok:
        click.secho("This export does NOT verify.", fg="red")
        raise SystemExit(1)
    click.echo(f"Verified. Fingerprint of the election: {report.manifest_hash}")


def _require_election(expected: str, found: str) -> None:
    if expected and expected != found:
        click.secho(f"This is another election: its fingerprint is {found}", fg="red")
        raise SystemExit(1)


def _statements(path: Path) -> Iterator[Statement]:
    """Yield what a recovery file or a proof of absence has of signed statements; any other file is one itself."""
    if path.stat().st_size > MAX_LENGTH:
        raise click.ClickException(
            f"{path.name} is larger than anything that is kept of an election ({MAX_LENGTH} bytes)"
        )
    data = path.read_bytes()
    if not data.lstrip().startswith(b"{"):
        yield Statement(path.name, mend_note(data.decode(errors="replace")).encode())
        return
    try:
        absence = Absence.parse(data)
    except AbsenceError:
        pass
    else:
        yield Statement(f"{path.name}, receipt", absence.receipt.encode())
        yield Statement(f"{path.name}, checkpoint", absence.checkpoint.encode())
        return
    try:
        state = from_json(data.decode())
    except (BadState, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path.name}: {error}") from None
    yield Statement(f"{path.name}, checkpoint", state.checkpoint.encode())
    if isinstance(state, Issued):
        yield Statement(f"{path.name}, issuance receipt", state.issuance.encode())
    if isinstance(state, Cast):
        yield Statement(f"{path.name}, receipt", state.receipt.encode())


def _verify_absence(path: Path, expected: str) -> None:
    """Ends with 0 if the proof holds: then the election's operator broke the promise of a receipt."""
    try:
        if path.stat().st_size > MAX_LENGTH:
            raise AbsenceError(f"longer than {MAX_LENGTH} bytes")
        proof = Absence.parse(path.read_bytes())
    except AbsenceError as error:
        message = f"{path.name} is neither an export nor a proof of absence that can be read: {error}"
        raise click.ClickException(message) from None
    try:
        shown = proof.verify()
    except AbsenceError as error:
        click.secho(f"This proof does NOT hold: {error}", fg="red")
        raise SystemExit(1) from None
    _require_election(expected, shown.manifest.hash.hex())
    click.echo(f"Election: {shown.manifest.title}\nReceipt for the ballot {shown.leaf_hash.hex()}")
    ended = f"{shown.checkpoint.size} leaves, {shown.closing.ballots} of them ballots"
    click.echo(f"The log ended with {ended}, and has no place for this one.")
    causes = "is missing from the final log, or that log is not in order or has more ballots than it says"
    click.secho(f"The proof holds: the ballot {causes}.", fg="red")
    click.echo(f"Either breaks the receipt's promise. Fingerprint of the election: {shown.manifest.hash.hex()}")


def tell(report: Report) -> None:
    """A line for each check."""
    for check in report.checks:
        outcome = click.style(f"{check.outcome.value:<8}", fg=COLOURS[check.outcome])
        click.echo(f"{outcome} {check.name}  {check.detail}".rstrip())
