"""`ballotcast ceremony …`: an organiser's side of a ceremony of trustees. `ballotcast trustee` is the others'."""

import re
from datetime import datetime
from typing import Any

import click

from ballotcast.clock import to_rfc3339

from .group import organiser
from .moments import Moment

_PERSON = re.compile(r"\s*(\S.*?)\s*<([^<>\s]+@[^<>\s]+)>\s*")
REACHED = ("released", "agreed", "confirmed", "dealt", "joined")
"""What a trustee may have done, the last of it first."""


class PersonType(click.ParamType[dict[str, str]]):
    """`Ada <ada@example.org>`."""

    name = "person"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        if isinstance(value, dict):
            return value
        found = _PERSON.fullmatch(str(value))
        if not found:
            self.fail(f"{value} is not like 'Ada <ada@example.org>'", param, ctx)
        return {"name": found[1], "email": found[2]}


@click.group("ceremony")
def command() -> None:
    """Have trustees make an election's key together, and see how far they are."""


@command.command()
@click.argument("election")
def show(election: str) -> None:
    """Who the trustees of ELECTION are, who is waited for, and what is next."""
    _tell(organiser().trustees(election))


@command.command()
@click.argument("election")
@click.argument("people", nargs=-1, required=True, type=PersonType(), metavar="'NAME <EMAIL>'...")
@click.option("--threshold", "t", type=int, required=True, help="How many of them open the ballots.")
@click.option("--attempt", default=1, show_default=True, help="To begin again: one more than the attempt that ends.")
@click.option("--deadline", type=Moment(), help="Until when they can confirm  [default: two weeks from now]")
def begin(election: str, people: tuple[dict[str, str], ...], t: int, attempt: int, deadline: datetime | None) -> None:
    """Ask these people to make the key of ELECTION, a draft.

    With the next --attempt it takes the place of the ceremony before: all keys and links are made again."""
    connected = organiser()
    if connected.election(election)["mode"] != "trustees":
        connected.edit_election(election, {"mode": "trustees"})
    more = {"deadline": to_rfc3339(deadline)} if deadline else {}
    _tell(connected.order_trustees(election, "begin", attempt=attempt, t=t, trustees=list(people), **more))


@command.command()
@click.argument("election")
def fix(election: str) -> None:
    """Have the trustees confirm ELECTION as it is drafted; its draft changes no more without a new ceremony."""
    _tell(organiser().order_trustees(election, "fix"))


@command.command()
@click.argument("election")
@click.option("--trustee", type=int, metavar="NUMBER", help="This one only  [default: all who are waited for]")
def remind(election: str, trustee: int | None) -> None:
    """Mail those who are waited for again, with a fresh link."""
    _tell(organiser().order_trustees(election, "remind", **({"trustee": trustee} if trustee else {})))


def _tell(ceremony: dict[str, Any]) -> None:
    click.echo(f"Attempt {ceremony['attempt']}, {ceremony['stage']}. Until {ceremony['deadline']}.")
    click.echo(f"{ceremony['t']} of {len(ceremony['trustees'])} open the ballots.")
    for one in ceremony["trustees"]:
        reached = next((step for step in REACHED if one[step]), "-")
        notes = ["waited for"] if one["index"] in ceremony["waits_for"] else []
        notes += ["mail came back"] if one["bounced"] else []
        click.echo(f"{one['index']:>2} {reached:<9} {one['name']} <{one['email']}>  {', '.join(notes)}".rstrip())
    if ceremony["fingerprint"]:
        click.echo(f"Fingerprint: {bytes.fromhex(ceremony['fingerprint']).hex(' ', 4)}")
    if blame := ceremony["blame"]:
        click.echo(f"Over: {blame['detail']}. Begin again with --attempt {ceremony['attempt'] + 1}.")
    elif ceremony["stage"] == "confirming" and not ceremony["fixed"]:
        click.echo("The key is made. Next: ballotcast ceremony fix ELECTION")
    elif ceremony["stage"] == "confirmed":
        click.echo("All have confirmed: voters can be invited.")
