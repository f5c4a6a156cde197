"""`ballotcast trustee …`: a trustee's part in a terminal. `visit` goes through the service; the others need no network.

Messages go between trustees by whatever way they like; what must not be seen is sealed. Each command writes the
trustee's own file before the message, and writes the same message if it is run again.
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from ballotcast.ballots.manifest import MAX_LENGTH, Manifest, ManifestError
from ballotcast.ballots.named_trustees import MOST
from ballotcast.elections.export_files import CEREMONY, ELECTION_KEY, OPENING
from ballotcast.elections.trustees_audit import difference
from ballotcast.trustees.agreement import require_agreements
from ballotcast.trustees.complaint import judge
from ballotcast.trustees.confirmation import require_confirmations
from ballotcast.trustees.end import End, agree
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.record import CeremonyRecord, OpeningRecord
from ballotcast.trustees.release import open_election
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.setup import Setup

from .trustee_files import Messages, OwnFile, read_setup, write_file
from .trustee_visit import tell_election, visit

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)
_SETUP = click.argument("setup", type=_FILE)
_OWN = click.argument("own", type=_FILE)
_MESSAGES = click.argument("messages", type=_FILE, nargs=-1, required=True)
_OUT = click.option("-o", "--output", type=_NEW, help="Where the message goes  [default: <round>-<index>.json]")


@click.group("trustee")
def command() -> None:
    """Make an election's key together with others, and open its ballots after the close.

    With a link from a mail, `visit` takes every step. Without the service, each step is a command on files:

    \b
    setup    one of you names the election and the trustees
    join     each: make your keys                          → send join-N.json to all
    deal     each, with all joins: deal shares             → send deal-N.json to all
    confirm  each, with all joins and deals: compare the fingerprint by telephone
             (complain instead, if your shares are wrong)  → send confirm-N.json to all
    agree    after the close: check the end of the election, and agree to it
    release  with enough agreements: give your share away

    OWN is your own file. It is sealed by your passphrase; without file and passphrase your share is lost.
    """


command.add_command(visit)


@command.command("setup")
@click.argument("election")
@click.argument("names", nargs=-1, required=True)
@click.option("--threshold", "t", type=click.IntRange(2, MOST), required=True, help="So many open the ballots.")
@click.option("--attempt", type=click.IntRange(1), default=1, show_default=True, help="Higher each time.")
@click.option("-o", "--output", type=_NEW, default=Path("setup.json"), show_default=True)
def set_up(election: str, names: tuple[str, ...], t: int, attempt: int, output: Path) -> None:
    """Write down what the ceremony is for: the ELECTION's id, and the NAMES of the trustees in their order."""
    try:
        setup = Setup(election=election, attempt=attempt, t=t, trustees=names)
    except ValueError as error:
        raise click.UsageError(f"not a ceremony that can be held: {error}") from None
    write_file(output, setup.encode())
    for index, name in enumerate(names, 1):
        click.echo(f"{index}  {name}")


@command.command()
@_SETUP
@click.argument("own", type=_NEW)
@click.option("--index", type=click.IntRange(1, MOST), required=True, help="Your place in the list of trustees.")
@_OUT
def join(setup: Path, own: Path, index: int, output: Path | None) -> None:
    """Make your keys for the ceremony of SETUP, and keep them in OWN, a new file."""
    secrets = Secrets.begin(read_setup(setup), index)
    OwnFile(own).create(secrets)
    write_file(output or Path(f"join-{index}.json"), secrets.join.encode())


@command.command()
@_OWN
@_MESSAGES
@_OUT
def deal(own: Path, messages: tuple[Path, ...], output: Path | None) -> None:
    """Deal shares, once you have the joins of all trustees, your own too, as MESSAGES."""
    file = OwnFile(own)
    secrets = file.open()
    dealt = secrets.with_deal(Messages(secrets.setup, messages).joins())
    assert dealt.deal
    file.keep(dealt)
    write_file(output or Path(f"deal-{secrets.index}.json"), dealt.deal.encode())


@command.command()
@_OWN
@click.argument("manifest", type=_FILE)
@_MESSAGES
@_OUT
def confirm(own: Path, manifest: Path, messages: tuple[Path, ...], output: Path | None) -> None:
    """Check your shares and the election's MANIFEST, and sign both. MESSAGES: the joins and deals of all."""
    file = OwnFile(own)
    secrets = file.open()
    transcript = Messages(secrets.setup, messages).transcript()
    secrets.share(transcript)
    election = _manifest(manifest)
    if fault := difference(transcript, election):
        raise click.ClickException(f"this is not the manifest of this ceremony: {fault}")
    tell_election(transcript, election)
    click.confirm("Do all trustees read the same fingerprint to one another, and is this the election?", abort=True)
    confirmed = secrets.with_confirmation(transcript, election.hash)
    assert confirmed.confirmation
    file.keep(confirmed)
    write_file(output or Path(f"confirm-{secrets.index}.json"), confirmed.confirmation.encode())


@command.command()
@_OWN
@_MESSAGES
@_OUT
def complain(own: Path, messages: tuple[Path, ...], output: Path | None) -> None:
    """Show everybody that a share for you is wrong. This ends the attempt: all begin again with new keys."""
    file = OwnFile(own)
    secrets = file.open()
    transcript = Messages(secrets.setup, messages).transcript()
    try:
        secrets.share(transcript)
    except CeremonyError as fault:
        if fault.index is None:
            raise
        accused = fault.index
        click.echo(str(fault))
    else:
        raise click.ClickException("all your shares are right; there is nothing to complain about")
    click.confirm("The complaint gives away your key to the shares of this attempt. Continue?", abort=True)
    complained = secrets.with_complaint(transcript, accused)
    assert complained.complaint
    file.keep(complained)
    write_file(output or Path(f"complaint-{secrets.index}.json"), complained.complaint.encode())


@command.command("judge")
@_SETUP
@_MESSAGES
def judge_(setup: Path, messages: tuple[Path, ...]) -> None:
    """Say who is to blame for what is complained about. MESSAGES: all joins, deals and complaints."""
    given = Messages(read_setup(setup), messages)
    transcript = given.transcript()
    complaints = given.complaints()
    if not complaints:
        raise click.ClickException("there is no complaint among these messages")
    for complaint in complaints:
        click.echo(str(judge(transcript.setup, transcript.joins, transcript.deals, complaint)))


@command.command("agree")
@_OWN
@click.argument("end", type=_FILE)
@_OUT
def agree_(own: Path, end: Path, output: Path | None) -> None:
    """Agree to open the ballots, after the END of the election that you confirmed, by this machine's clock."""
    file = OwnFile(own)
    secrets = agree(file.open(), _end(end), datetime.now(UTC))
    assert secrets.agreement
    file.keep(secrets)
    write_file(output or Path(f"agree-{secrets.index}.json"), secrets.agreement.encode())


@command.command()
@_OWN
@click.argument("end", type=_FILE)
@_MESSAGES
@_OUT
def release(own: Path, end: Path, messages: tuple[Path, ...], output: Path | None) -> None:
    """Give your share away. MESSAGES: the joins and deals of all, and agreements of as many as open the ballots."""
    file = OwnFile(own)
    secrets = file.open()
    given = Messages(secrets.setup, messages)
    transcript = given.transcript()
    if secrets.confirmation is None:
        raise click.ClickException("you have confirmed no election with this file")
    checkpoint = _end(end).require(secrets.confirmation.manifest, datetime.now(UTC))
    released = secrets.with_release(transcript, checkpoint, given.agreements())
    assert released.release
    file.keep(released)
    write_file(output or Path(f"release-{secrets.index}.json"), released.release.encode())


@command.command("open")
@_SETUP
@click.argument("end", type=_FILE)
@_MESSAGES
@click.option("-d", "--directory", type=click.Path(file_okay=False, path_type=Path), default=Path())
def open_(setup: Path, end: Path, messages: tuple[Path, ...], directory: Path) -> None:
    """Make the election's private key of enough shares, and the files about it for the export.

    MESSAGES: all joins, deals and confirmations, and as many agreements and releases as open the ballots.
    """
    given, ended = Messages(read_setup(setup), messages), _end(end)
    transcript = given.transcript()
    manifest = _parsed(ended.manifest)
    checkpoint = ended.require(manifest.hash, datetime.now(UTC))
    require_confirmations(transcript, manifest.hash, given.confirmations())
    require_agreements(transcript, manifest.hash, checkpoint, given.agreements())
    key = open_election(transcript, manifest.hash, checkpoint, given.releases())
    record = CeremonyRecord(
        setup=transcript.setup, joins=transcript.joins, deals=transcript.deals, confirmations=given.confirmations()
    )
    opening = OpeningRecord(agreements=given.agreements(), releases=given.releases())
    write_file(directory / CEREMONY, record.encode())
    write_file(directory / OPENING, opening.encode())
    write_file(directory / ELECTION_KEY, key.hex().encode())


def _manifest(path: Path) -> Manifest:
    with path.open("rb") as opened:
        return _parsed(opened.read(MAX_LENGTH + 1))


def _parsed(data: bytes) -> Manifest:
    try:
        return Manifest.parse(data)
    except ManifestError as error:
        raise click.ClickException(f"the manifest cannot be read: {error}") from None


def _end(path: Path) -> End:
    return End.parse(path.read_bytes())
