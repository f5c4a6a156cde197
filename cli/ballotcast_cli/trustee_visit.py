"""`ballotcast trustee visit`: a trustee's next step through the service, by the link of a mail."""

from datetime import UTC, datetime
from pathlib import Path

import click

from ballotcast.ballots.manifest import Manifest
from ballotcast.client.api import connect
from ballotcast.client.trustee import Trustee, Visit
from ballotcast.clock import to_rfc3339
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.transcript import Transcript

from .group import deployment
from .trustee_files import OwnFile


@click.command()
@click.argument("link")
@click.argument("own", type=click.Path(dir_okay=False, path_type=Path))
def visit(link: str, own: Path) -> None:
    """Take your next step, by the LINK of a mail: make your keys, deal shares, confirm, or open the ballots.

    OWN is your own file; the first visit makes it. Everything is checked here, by this program; the service passes
    messages on. Run the same again whenever you get a mail, or to see who is waited for.
    """
    address = link.partition("/trustee#")[0]
    api = connect(address if "://" in address else deployment().api)
    file = OwnFile(own)
    trustee = Trustee(api, link, file.keep)
    shown = trustee.visit()
    if shown.stage == "over":
        raise click.ClickException(_over(shown))
    secrets = _secrets(file, shown)
    match shown.stage:
        case "joining":
            trustee.join(shown, secrets)
        case "dealing" if secrets:
            trustee.deal(shown, secrets)
        case "confirming" if secrets:
            _confirm(trustee, shown, secrets)
        case "confirmed" if secrets:
            _open(trustee, shown, secrets)
        case _:
            raise click.ClickException(f"{own} does not exist, and the keys of this ceremony were made before")
    _tell(trustee.visit())


def _secrets(file: OwnFile, shown: Visit) -> Secrets | None:
    """As they are kept; None before the first visit, whose passphrase is asked for here."""
    if not file.path.exists():
        if shown.stage != "joining":
            return None
        begun = Secrets.begin(shown.setup, shown.index)
        file.create(begun)
        return begun
    secrets = file.open()
    if secrets.setup != shown.setup:
        raise click.ClickException(
            f"{file.path} is of another ceremony, or of an attempt that has ended: name a new file for this one"
        )
    return secrets


def _confirm(trustee: Trustee, shown: Visit, secrets: Secrets) -> None:
    manifest = shown.manifest
    if manifest is None:
        click.echo("The key is made. The organiser has not said yet what you are to confirm.")
        return
    transcript = shown.transcript
    try:
        secrets.share(transcript)
    except CeremonyError as fault:
        if fault.index is None:
            raise
        click.echo(str(fault))
        click.confirm("Complain? That gives away your key to the shares of this attempt, and ends it.", abort=True)
        trustee.complain(shown, secrets, fault.index)
        return
    tell_election(transcript, manifest)
    click.confirm("Do all trustees read the same fingerprint to one another, and is this the election?", abort=True)
    trustee.confirm(shown, secrets)


def _open(trustee: Trustee, shown: Visit, secrets: Secrets) -> None:
    if not shown.ended:
        click.echo("All trustees have confirmed. There is nothing to do until voting has ended.")
        return
    now, secrets = datetime.now(UTC), trustee.recall(shown, secrets)
    if secrets.agreement is None:
        end = trustee.end(secrets)
        click.echo(f"Election:     {end.title}")
        click.echo(f"Voting ended: {to_rfc3339(end.closes_at)}")
        click.echo(f"Ballots:      {end.ballots}")
        click.confirm("Is this the end that was announced last? Then agree to open the ballots.", abort=True)
    secrets = trustee.agree(shown, secrets, now)
    shown = trustee.visit()
    if len(shown.agreements) < shown.setup.t:
        click.echo(
            f"You have agreed to open the ballots. {shown.setup.t} trustees have to: run this again when they have."
        )
        return
    trustee.release(shown, secrets, now)
    click.echo("You have given your share away.")


def tell_election(transcript: Transcript, manifest: Manifest) -> None:
    """What is to be compared before confirming."""
    click.echo(f"Election:     {manifest.title}")
    click.echo(f"Voting:       {to_rfc3339(manifest.opens_at)} to {to_rfc3339(manifest.closes_at)}")
    click.echo(f"Opened by:    {manifest.t} of {manifest.n} trustees: {', '.join(transcript.setup.trustees)}")
    click.echo(f"Manifest:     {_grouped(manifest.hash)}")
    click.echo(f"Fingerprint:  {_grouped(transcript.hash)}")


def _grouped(digest: bytes) -> str:
    """In groups that can be read out."""
    return digest.hex(" ", 4)


def _over(shown: Visit) -> str:
    blame = shown.shown["blame"] or {}
    who = f": trustee {blame['trustee']} ({blame['reason']})" if blame.get("trustee") else ""
    return f"this ceremony is over{who}. The organiser has to begin another one"


def _tell(shown: Visit) -> None:
    click.echo(f"Stage: {shown.stage}")
    if waits_for := shown.waits_for:
        click.echo(f"Waiting for: {', '.join(waits_for)}")
