"""`ballotcast mail …`: what invitations and reminders say."""

from base64 import b64encode
from pathlib import Path

import click

from ballotcast.mails.language import codes

from .group import organiser

FIELDS = ("organisation", "contact", "language", "zone", "subject", "text")
REMINDER = click.option("--reminder", is_flag=True, help="The reminder instead of the invitation.")


@click.group("mail")
def command() -> None:
    """Choose, look at and try what an election's mails say."""


@command.command()
@click.argument("election")
def show(election: str) -> None:
    """What they say now."""
    chosen = organiser().mail(election)
    for name in (*FIELDS, "logo"):
        click.echo(f"{name:<14} {chosen[name]}")


@command.command("set")
@click.argument("election")
@click.option("--organisation", help="Who asks for the vote; the sender's name.")
@click.option("--contact", help="The address that answers go to.")
@click.option("--language", type=click.Choice(codes()))
@click.option("--zone", help="Of the times, like Europe/Berlin.")
@click.option("--subject", help="With placeholders: {name}, {title}, {organisation}, {contact}, {opens}, {closes}.")
@click.option("--text", help="The introduction, with the same placeholders.")
@click.option("--text-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The same from a file.")
@click.option(
    "--logo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The organisation's picture: a small PNG.",
)
@click.option("--no-logo", is_flag=True, help="No picture.")
def set_(election: str, text_file: Path | None, logo: Path | None, *, no_logo: bool, **changes: str | None) -> None:
    """Change what they say; what is left out stays, and "" takes the usual."""
    if text_file:
        if changes["text"] is not None:
            raise click.UsageError("give --text or --text-file, not both")
        try:
            changes["text"] = text_file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise click.UsageError(f"{text_file} is not UTF-8") from None
    connected = organiser()
    before = connected.mail(election)
    chosen = {name: before[name] if changes[name] is None else str(changes[name]) for name in FIELDS}
    chosen["logo"] = "" if no_logo else before["logo"]
    if logo:
        chosen["logo"] = f"data:image/png;base64,{b64encode(logo.read_bytes()).decode()}"
    for note in connected.choose_mail(election, chosen)["notes"]:
        click.echo(f"{note['field']}: {note['note']}", err=True)
    click.echo(f"Saved. Next: ballotcast mail preview {election}")


@command.command()
@click.argument("election")
@REMINDER
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the mail's HTML to this file.")
def preview(election: str, html: Path | None, *, reminder: bool) -> None:
    """Print the mail as a voter would get it, with a link of nobody."""
    shown = organiser().preview_mail(election, reminds=reminder)
    click.echo(f"From: {shown['sender'] or '(the platform)'}\nReply-To: {shown['reply_to'] or '(nobody)'}")
    click.echo(f"Subject: {shown['subject']}\n\n{shown['text']}")
    if html:
        html.write_text(shown["html"], encoding="utf-8")


@command.command()
@click.argument("election")
@REMINDER
def test(election: str, *, reminder: bool) -> None:
    """Have the mail sent to your own address; it counts as one of the day's mails."""
    organiser().test_mail(election, reminds=reminder)
    click.echo("A test is on its way to your own address.")
