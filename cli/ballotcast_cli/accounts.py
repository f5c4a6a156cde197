"""`ballotcast sign-up`, `verify-address`, `reset-password`, `account`, `log-in`: an organiser's account."""

import click

from ballotcast.client.organiser import Organiser

from .deployment import forget_session, load_device, load_session, save_device, save_session
from .group import deployment, organiser, public_api

PASSWORD = click.option("--password", prompt=True, hide_input=True, envvar="BALLOTCAST_PASSWORD", show_envvar=True)
NEW_PASSWORD = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="BALLOTCAST_PASSWORD",
    show_envvar=True,
    help="At least 12 characters.",
)


@click.command("sign-up")
@click.argument("email")
@NEW_PASSWORD
def sign_up(email: str, password: str) -> None:
    """Become an organiser. A code to verify EMAIL is mailed to it."""
    organiser_id = Organiser(public_api()).sign_up(email, password)
    click.echo(f"Signed up as {email}. Its code is on the way; then:")
    click.echo(f"  ballotcast verify-address {organiser_id} CODE")
    click.echo(f"  ballotcast log-in {email}")


@click.command("verify-address")
@click.argument("organiser_id")
@click.argument("code")
def verify_address(organiser_id: str, code: str) -> None:
    """Prove an organiser's address by the CODE that was mailed to it."""
    Organiser(public_api()).verify(organiser_id, code)
    click.echo("Verified.")


@click.command("reset-password")
@click.argument("email")
@click.option("--code", default="", help="The code that was mailed; without it, one is asked for.")
@click.option("--password", default="", envvar="BALLOTCAST_PASSWORD", show_envvar=True, help="At least 12 characters.")
def reset_password(email: str, code: str, password: str) -> None:
    """Set a new password by a code that is mailed to EMAIL."""
    asking = Organiser(public_api())
    if not code:
        asking.ask_reset(email)
        click.echo(f"If {email} has an account, a code is on its way to it.")
        code = click.prompt("Code")
    password = password or click.prompt("New password", hide_input=True, confirmation_prompt=True)
    asking.set_password(email, code.strip(), password)
    save_device(deployment(), asking.device)
    click.echo(f"The new password is set; ballotcast log-in {email}")


@click.command("account")
@click.option("--mails", type=click.Choice(["on", "off"]), help="Mails about your elections.")
def account(mails: str | None) -> None:
    """Your account, and whether you are mailed of openings, closes, counts and invitations that came back."""
    asking = organiser()
    if mails:
        asking.want_mails(wanted=mails == "on")
    found = asking.account()
    click.echo(f"{found['email']}{'' if found['verified'] else '  (not verified)'}")
    click.echo(f"Mails about your elections: {'on' if found['milestone_mails'] else 'off'}")


@click.command("log-out")
def log_out() -> None:
    """End the session at once."""
    here = deployment()
    Organiser(public_api(), load_session(here)).log_out()
    forget_session(here)
    click.echo("Logged out.")


@click.command("log-in")
@click.argument("email")
@PASSWORD
def log_in(email: str, password: str) -> None:
    """Open a session of an hour; the commands for organisers use it."""
    opening = Organiser(public_api(), device=load_device(deployment()))
    save_session(deployment(), opening.log_in(email, password), opening.device)
    click.echo(f"Logged in as {email}, for an hour.")
