"""`ballotcast mailbox`: the mails that the stack on this machine sent to nobody."""

import click

from ballotcast_cli.group import deployment

from .stack.mailbox import read_mails


@click.command("mailbox")
@click.option("--to", help="Only mails to this address.")
@click.option("--last", is_flag=True, help="Only the newest.")
def command(to: str | None, *, last: bool) -> None:
    """Show the mails of the stack on this machine."""
    here = deployment()
    if not here.mailbox:
        raise click.ClickException("only the stack on this machine has a mailbox")
    mails = [mail for mail in read_mails(here.mailbox) if to is None or to in mail.to]
    if not mails:
        click.echo(f"No mail{f' to {to}' if to else ''} yet.", err=True)
    for mail in mails[-1:] if last else mails:
        click.echo(f"To: {', '.join(mail.to)}\nSubject: {mail.subject}\n\n{mail.text}\n{'-' * 72}")
