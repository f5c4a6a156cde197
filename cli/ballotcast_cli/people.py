"""`ballotcast people …`: who conducts and observes an election."""

import click

from .group import organiser


@click.group("people")
def command() -> None:
    """Invite others to conduct or to observe an election, and remove them."""


@command.command("list")
@click.argument("election")
def list_(election: str) -> None:
    """Everybody who has a part in ELECTION, or is invited to."""
    for person in organiser().people(election):
        state = "" if person["state"] == "joined" else "  (invited)"
        click.echo(f"{person['role']:<10} {person['email']}{state}")


@command.command()
@click.argument("election")
@click.argument("email")
@click.option("--role", type=click.Choice(["owner", "organiser", "observer"]), default="organiser", show_default=True)
def invite(election: str, email: str, role: str) -> None:
    """Invite EMAIL by mail, or change the role of somebody who is there.

    Observers see what organisers see, addresses of voters included, and change nothing. Organisers conduct the
    election. Owners also choose the people, delete the draft and erase personal data."""
    organiser().invite_person(election, email, role)
    click.echo(f"{role}: {email}")


@command.command()
@click.argument("election")
@click.argument("email")
def remove(election: str, email: str) -> None:
    """End the part that EMAIL has in ELECTION, at once; also withdraws an invitation."""
    organiser().remove_person(election, email)
    click.echo(f"removed: {email}")


@command.command()
@click.argument("election")
@click.argument("code")
def accept(election: str, code: str) -> None:
    """Accept an invitation by the CODE that was mailed to your address."""
    accepted = organiser().accept_invitation(election, code)
    click.echo(f"You are {accepted['role']} of: {accepted['title']}")
