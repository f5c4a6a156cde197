"""`ballotcast elections …`: drafts and what becomes of them."""

from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from ballotcast.clock import to_rfc3339
from ballotcast.counting.blt import BltError, read_blt
from ballotcast.elections.templates import TEMPLATES

from .ballot_paper import printed
from .group import organiser
from .moments import Moment


@click.group("elections")
def command() -> None:
    """Create, list, show and delete elections."""


@command.command()
@click.option(
    "--blt", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Options and seats from FILE."
)
@click.option("--title", help="Title  [default: the BLT file's]")
@click.option("--option", "options", multiple=True, help="An option, in order; instead of --blt.")
@click.option("--method", help="The counting rule  [default: the template's, else scottish-stv]")
@click.option("--seats", type=click.IntRange(min=1), help="Seats to fill  [default: the BLT file's, else 1]")
@click.option("--tie", help="How ties are decided  [default: as the rule's statute has it]")
@click.option("--opens", type=Moment(), default="now", show_default=True, help="now, +2h, +3d, or RFC 3339.")
@click.option("--closes", type=Moment(), default="+1d", show_default=True, help="The same.")
@click.option("--second-factor", type=click.Choice(["none", "email", "sms"]), default="none", show_default=True)
@click.option("--hold", is_flag=True, help="Hold the result after the count until it is released.")
@click.option("--country", default="", metavar="XX", help="Of telephone numbers without a country's code, like DE.")
@click.option("--template", type=click.Choice(list(TEMPLATES)), help="Start with what such contests usually have.")
@click.option("--quorum", metavar="PART", help="1/3, 40% or >1/2 of the voters must cast a ballot, else: no decision.")
@click.option("--threshold", metavar="PART", help="The part that a winner needs to be elected.")
@click.option(
    "--threshold-of", type=click.Choice(["valid", "ballots", "voters"]), help="What it is a part of  [default: valid]"
)
@click.option("--none-of-the-above", metavar="TEXT", help="A last option; a seat that falls to it stays vacant.")
@click.option(
    "--default-option", metavar="TEXT", help="A last option that others have to beat, where they are compared."
)
@click.option("--abstain", is_flag=True, help="Offer to abstain; a blank ballot is an abstention in any case.")
@click.option("--motion", is_flag=True, help="Two options, for and against: carried or not, and never by lot.")
@click.option("--shuffled", is_flag=True, help="Each device shows the options in an order of its own.")
def create(
    blt: Path | None,
    title: str | None,
    options: tuple[str, ...],
    method: str | None,
    seats: int | None,
    tie: str | None,
    opens: datetime,
    closes: datetime,
    second_factor: str,
    country: str,
    template: str | None,
    *,
    hold: bool,
    **conditions: Any,
) -> None:
    """Draft an election with one contest; prints its id."""
    started = dict(TEMPLATES[template]) if template else {}
    if template == "motion" and not options:
        options = ("Yes", "No")
    if (blt is None) == (not options):
        raise click.UsageError("give either --blt FILE or --option NAME once for each option")
    if blt:
        try:
            reading = read_blt(blt.read_bytes())
        except BltError as error:
            raise click.UsageError(f"{blt}: {error}") from None
        for warning in reading.warnings:
            click.echo(f"Warning: {warning}", err=True)
        ward = reading.file
        title, options, seats = title or ward.title, tuple(ward.options), seats or ward.seats
    if not title:
        raise click.UsageError("the election needs a --title")
    contest = started | {
        "title": title,
        "method": method or started.get("method", "scottish-stv"),
        "options": list(options),
        "seats": seats or started.get("seats", 1),
    }
    contest |= _conditions(contest["options"], **conditions)
    draft = {
        "title": title,
        "opens_at": to_rfc3339(opens),
        "closes_at": to_rfc3339(closes),
        "contests": [contest | ({"tie": tie} if tie else {})],
        "second_factor": second_factor,
        "country": country.upper(),
        "mode": "managed",
        "release": "held" if hold else "automatic",
    }
    election = organiser().create_election(draft)
    click.echo(election["id"])
    click.echo(f"Drafted “{title}”. Next: ballotcast voters import {election['id']} ROLL.csv", err=True)


def _conditions(
    options: list[str], *, none_of_the_above: str | None, default_option: str | None, shuffled: bool, **told: Any
) -> dict[str, Any]:
    """Members of a contest; none of the above, or the default option, is added to its options."""
    given = {name: value for name, value in told.items() if value}
    if none_of_the_above:
        options.append(none_of_the_above)
        given["none_of_the_above"] = True
    if default_option:
        if none_of_the_above not in (None, default_option):
            raise click.UsageError("--none-of-the-above and --default-option are both the last option: give one text")
        options += [] if none_of_the_above else [default_option]
        given["default_option"] = True
    return given | ({"order": "shuffled"} if shuffled else {})


@command.command("list")
def list_() -> None:
    """Your elections."""
    for election in organiser().elections():
        click.echo(f"{election['id']}  {election['status']:<9}  {election['closes_at']}  {election['title']}")


@command.command()
@click.argument("election")
def show(election: str) -> None:
    """One of your elections."""
    shown = organiser().election(election)
    for name in ("title", "status", "opens_at", "closes_at", "second_factor", "manifest_hash", "roll_size"):
        click.echo(f"{name.replace('_', ' '):<14} {'' if shown[name] is None else shown[name]}")
    for contest in shown["contests"]:
        click.echo(f"\n{contest['title']}: {contest['method']}, seats: {contest['seats']}, ties: {contest['tie']}")
        for name in (
            "quorum",
            "threshold",
            "threshold_of",
            "none_of_the_above",
            "default_option",
            "abstain",
            "motion",
            "order",
        ):
            if name in contest:
                click.echo(f"  {name.replace('_', ' ')}: {'yes' if contest[name] is True else contest[name]}")
        for line in printed(contest):
            click.echo(line)


@command.command()
@click.argument("election")
@click.option("--contest", "number", type=click.IntRange(min=1), default=1, show_default=True, help="Its number.")
@click.option("--text", type=click.File(encoding="utf-8"), help="About the contest; - is standard input.")
@click.option("--option", type=click.IntRange(min=1), help="The number of an option to say something of.")
@click.option("--statement", type=click.File(encoding="utf-8"), help="Of the option; an empty file removes it.")
@click.option("--link", help="Where to read more of the option, https://…; '' removes it.")
@click.option("--photo", type=click.File("rb"), help="Of the option, a small baseline JPEG; an empty file removes it.")
def texts(
    election: str,
    number: int,
    text: TextIO | None,
    option: int | None,
    statement: TextIO | None,
    link: str | None,
    photo: BinaryIO | None,
) -> None:
    """Say something of a draft's contest, and of its options. Voters see it as text; it is frozen with the election."""
    if (option is None) != (statement is None and link is None and photo is None):
        raise click.UsageError("give --option together with --statement, --link or --photo")
    contests = [{**contest} for contest in organiser().election(election)["contests"]]
    if number > len(contests) or (option or 0) > len(contests[number - 1]["options"]):
        raise click.UsageError("there is no such contest or option")
    for contest in contests:
        del contest["id"]
    changed = contests[number - 1]
    if text:
        changed["text"] = text.read()
    if option:
        about = [{**one} for one in changed.get("about", [{} for _ in changed["options"]])]
        about[option - 1] |= {"statement": statement.read()} if statement else {}
        about[option - 1] |= {} if link is None else {"link": link}
        if photo:
            data = b64encode(photo.read()).decode()
            about[option - 1] |= {"photo": data and f"data:image/jpeg;base64,{data}"}
        changed["about"] = about
    organiser().edit_election(election, {"contests": contests})
    click.echo("Changed.")


@command.command()
@click.argument("election")
@click.option("--title", help="Title  [default: the same]")
@click.option("--opens", type=Moment(), help="now, +2h, +3d, or RFC 3339  [default: in a week]")
@click.option("--closes", type=Moment(), help="The same  [default: open for as long]")
@click.option("--roll", is_flag=True, help="With its voters.")
def copy(election: str, title: str | None, opens: datetime | None, closes: datetime | None, *, roll: bool) -> None:
    """Draft another election like ELECTION; prints its id."""
    times = {name: to_rfc3339(at) for name, at in (("opens_at", opens), ("closes_at", closes)) if at}
    made = organiser().copy_election(election, {**times, **({"title": title} if title else {})}, roll=roll)
    click.echo(made["id"])
    click.echo(f"Drafted “{made['title']}”, open from {made['opens_at']} until {made['closes_at']}.", err=True)


@command.command()
@click.argument("election")
def rehearse(election: str) -> None:
    """Draft a rehearsal of ELECTION: a copy whose mails come to you alone; prints its id."""
    made = organiser().rehearse(election)
    click.echo(made["id"])
    click.echo(f"Drafted “{made['title']}”. Next: ballotcast invite {made['id']}", err=True)
    click.echo("Once it is counted, throw it away: ballotcast elections delete", err=True)


@command.command()
@click.argument("election")
@click.confirmation_option(prompt="Delete this draft with its roll?")
def delete(election: str) -> None:
    """Delete a draft with its roll."""
    organiser().delete_election(election)
    click.echo("Deleted.")
