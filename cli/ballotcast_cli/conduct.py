"""Conducting an election: `invite`, `open`, `close`, and what is published: `turnout`, `results`, `export`."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import click

from ballotcast.client import published
from ballotcast.clock import to_rfc3339

from .group import organiser, public_api
from .moments import Moment
from .outcome import describe

WAIT = click.option("--wait", type=click.IntRange(min=0), default=0, metavar="SECONDS", help="Wait for the count.")


@click.command()
@click.argument("election")
@click.option(
    "--only",
    type=click.Choice(["all", "bounced", "not_issued", "result"]),
    help="Whom  [default: who has no mail yet]; result: mail everybody where the result is.",
)
@click.option("--voter", "voters", multiple=True, help="This address; may be repeated.")
def invite(election: str, only: str | None, voters: tuple[str, ...]) -> None:
    """Mail the voters their links. The first time, this freezes the election."""
    ordered = organiser().invite(election, only=only or "", voters=voters)
    queued, last_day = ordered["queued"], ordered["last_day"]
    click.echo("Reminders are on their way." if queued is None else f"{queued} mails are on their way.")
    if last_day:
        click.echo(f"They are more than a day's mails: the last go out on {last_day} (UTC).")
        click.echo(f"Next: ballotcast invitations {election}", err=True)


@click.command()
@click.argument("election")
@click.argument("at", type=Moment(), required=False)
@click.option("--cancel", is_flag=True, help="Remind nobody at the time that was chosen before.")
def remind(election: str, at: datetime | None, *, cancel: bool) -> None:
    """Remind voters at a time that is chosen beforehand.

    AT is a time with its zone, or +2h from now, while voting is open."""
    if at and cancel:
        raise click.UsageError("give a time or --cancel, not both")
    connected = organiser()
    if at or cancel:
        connected.remind_at(election, to_rfc3339(at) if at else None)
    chosen = connected.election(election)["remind_at"]
    click.echo(f"Reminders go out at {chosen}." if chosen else "No reminder is scheduled.")


@click.command()
@click.argument("election")
@click.option("--stop", is_flag=True, help="Send no further ones; who is left can be invited later.")
def invitations(election: str, *, stop: bool) -> None:
    """Show or stop invitations that do not go out at once."""
    run = (organiser().stop_invitations(election) if stop else organiser().invitations(election))["run"]
    if run is None:
        click.echo("None are under way: smaller runs go out at once.")
        return
    click.echo(f"{run['done']} of {run['total']}: {run['state']}")
    if run["continues_at"]:
        click.echo(f"continues at {run['continues_at']}; the last go out on {run['last_day']} (UTC)")


@click.command("open")
@click.argument("election")
def open_(election: str) -> None:
    """Open now instead of at its time; only before it is frozen."""
    click.echo(f"Open until {organiser().open(election)['closes_at']}.")


@click.command()
@click.argument("election")
@click.argument("closes_at", type=Moment())
@click.option(
    "--reason", required=True, prompt="Reason (everybody can read it)", help="Why: everybody can read it, for good."
)
def extend(election: str, closes_at: datetime, reason: str) -> None:
    """Have voting end later.

    CLOSES_AT is a time with its zone, or +2h from now: at most 30 days after the end that was announced first."""
    click.echo(f"Open until {organiser().extend(election, to_rfc3339(closes_at), reason)['closes_at']}.")


@click.command()
@click.argument("election")
@click.argument("text", default="")
@click.option("--replaces", type=int, default=0, metavar="NUMBER", help="The notice that this one corrects.")
@click.option("--take-back", type=int, default=0, metavar="NUMBER", help="Take this notice back.")
@click.option("--description", is_flag=True, help="TEXT is the new description.")
def notice(election: str, text: str, replaces: int, take_back: int, *, description: bool) -> None:
    """Say TEXT to everybody while the election runs. Every change is kept, and everybody can see it."""
    if description:
        organiser().edit_election(election, {"description": text})
        return
    given = organiser().give_notice(election, "" if take_back else text, take_back or replaces)
    click.echo(f"Notice {given['number']}, {given['at']}.")


@click.command()
@click.argument("election")
def notices(election: str) -> None:
    """What the organiser said, and each change of it."""
    for said in published.notices(public_api(), election):
        what = "description" if said["kind"] == "description" else f"notice {said['replaces'] or said['number']}"
        change = ", corrected" if said["replaces"] and said["text"] else "" if said["text"] else ", taken back"
        click.echo(f"{said['at']} {what}{change}")
        if said["text"]:
            click.echo(f"  {said['text']}")


@click.command()
@click.argument("election")
@click.argument("contest", metavar="CONTEST")
@click.argument("option", type=click.IntRange(min=1))
@click.option(
    "--reason", required=True, prompt="Reason (everybody can read it)", help="Why: everybody can read it, for good."
)
@click.confirmation_option(prompt="An option cannot come back. Withdraw it?", help="Do not ask again.")
def withdraw(election: str, contest: str, option: int, reason: str) -> None:
    """Withdraw an option while voting runs.

    CONTEST is c1 for the first one, c2 for the second; OPTION its number on the ballot. Ballots that name it are
    counted without it, those that were cast before too."""
    shown = organiser().withdraw(election, contest, option, reason)
    held = next(one for one in shown["contests"] if one["id"] == contest)
    left = len(held["options"]) - len(shown["withdrawn"][contest])
    click.echo(f"Withdrawn: {held['options'][option - 1]}. {left} options are left for {held['seats']} seats.")
    if left <= held["seats"]:
        click.echo("No more options are left than seats.", err=True)


@click.command()
@click.argument("election")
def close(election: str) -> None:
    """Close now and start the count."""
    organiser().close(election)
    click.echo(f"Closed; the count has started. Next: ballotcast results {election} --wait 120")


@click.command()
@click.argument("election")
def release(election: str) -> None:
    """Publish a result that is held after the count."""
    organiser().release_result(election)
    click.echo(f"Everybody sees the result. Next: ballotcast results {election}")


@click.command()
@click.argument("election")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the newest turnout statement to FILE, for `verify --statement`.",
    metavar="FILE",
)
def turnout(election: str, keep: Path | None) -> None:
    """How many credentials and ballots: exact once voting has ended."""
    counted = published.turnout(public_api(), election)
    click.echo(f"issued: {counted['issued']}, cast: {counted['cast']}")
    if not counted["final"]:
        click.echo("Rounded down, and estimated: the exact numbers are published when voting has ended.", err=True)
    if keep:
        if counted["statement"] is None:
            raise click.ClickException("no turnout is stated yet: that takes ten credentials, and some minutes")
        keep.write_text(counted["statement"])
        click.echo(f"{keep} has what is signed so far. After the count: ballotcast verify --statement {keep}", err=True)


@click.command()
@click.argument("election")
@WAIT
@click.option("--json", "as_json", is_flag=True, help="Print the whole account as JSON.")
def results(election: str, wait: int, *, as_json: bool) -> None:
    """The result with every stage of the count."""
    found = published.results(public_api(), election, patience=wait)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for line in describe(found, shutil.get_terminal_size().columns):
        click.echo(line)


@click.command()
@click.argument("election")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="  [default: ELECTION.zip]")
@WAIT
def export(election: str, output: Path | None, wait: int) -> None:
    """Download everything that anybody needs to verify the result."""
    path = output or Path(f"{election}.zip")
    saved = published.export(public_api(), election, path, patience=wait)
    click.echo(f"{path}: {saved['size']} bytes, SHA-256 {saved['sha256']}")
    click.echo(f"Next: ballotcast verify {path}", err=True)
