"""`ballotcast bench load`: sets an election up on a running stack and has many voters vote at once."""

from contextlib import nullcontext
from pathlib import Path

import click

from ballotcast_tools.bench import report

from . import arrivals, told
from .beside import stock
from .casting import Casts
from .checking import count_and_compare, wrong_receipts
from .processes import allow_open_files
from .runs import Side, cast_in_turn, send_for, vote_wholly
from .scene import Scene, prepare, progress, set_up
from .where import Place, find_place


@click.command("load")
@click.option("--voters", type=click.IntRange(1, 20_000), default=200, show_default=True, help="How many vote.")
@click.option("--at-once", type=click.IntRange(1, 5_000), default=20, show_default=True, help="At the same moment.")
@click.option("--casts-only", is_flag=True, help="Prepare all ballots first; measure only how they are cast.")
@click.option(
    "--within",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="All open the page spread over this long, then all cast spread over as long; instead of --at-once.",
)
@click.option("--beside", type=click.Choice(["stock"]), help="Cast at stock FastAPI in turn (with --casts-only).")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Then send each kind of request this long.")
@click.option("--count", "counted", is_flag=True, help="Close the election; compare its log and result with the votes.")
@click.option("--json", "output", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here.")
@click.option("--api", metavar="URL", help="The deployment  [default: as for every command]")
@click.option("--mailbox", metavar="URL", help="Its mailbox as JSON  [default: of the stack on this machine]")
@click.option("--server-pid", type=click.IntRange(min=1), help="Its process  [default: of the stack on this machine]")
def command(
    voters: int,
    at_once: int,
    casts_only: bool,
    within: float | None,
    beside: str | None,
    seconds: float | None,
    counted: bool,
    output: Path | None,
    api: str | None,
    mailbox: str | None,
    server_pid: int | None,
) -> None:
    """Put a running stack under load: many voters at once, with the real client, or only their last request.

    Client and server share this machine's processors, so the CPU time of each is shown apart. Ends with 1 if a voter
    failed, or if a ballot was lost or counted twice.
    """
    if beside and not casts_only:
        raise click.UsageError("--beside goes with --casts-only: the stock server takes ballots and nothing else")
    if within and (casts_only or seconds):
        raise click.UsageError("--within measures whole votes, and goes without --casts-only and --seconds")
    place = find_place(api or click.get_current_context().find_root().params.get("api"), mailbox, server_pid)
    at_once = min(at_once, voters)
    allow_open_files(2 * (voters if within else at_once) + 200)
    scene = set_up(place.api, place.mailbox, voters)
    if within:
        _arrive(place, scene, within, counted, output)
        return
    run = told.Run(place.api, place.kind, voters, at_once, casts_only, Side())
    measure = _cast_only if casts_only else _vote
    receipts = measure(run, place, scene, seconds, beside=bool(beside))
    if counted:
        click.echo("  closing and counting …", err=True)
        run.wrong += count_and_compare(scene, receipts)
        if not run.wrong:
            click.echo("  counted: every acknowledged ballot is in the log once")
    for line in told.lines(run):
        click.echo(line)
    for line in run.wrong:
        click.secho(f"  WRONG: {line}", fg="red")
    if output:
        report.write(output, told.document(run))
    if run.failed:
        raise SystemExit(1)


def _arrive(place: Place, scene: Scene, within: float, counted: bool, output: Path | None) -> None:
    """Measure voters who come over `within` seconds. Ends with 1 if one failed, was lost or counted twice."""
    with progress("openings, votes", 2 * len(scene.meant)) as done:
        found = arrivals.play(place.api, scene.errands, within, done)
    if counted:
        click.echo("  closing and counting …", err=True)
    wrong = count_and_compare(scene, found.receipts) if counted else []
    for line in (*told.arrivals(found, within), *(f"  WRONG: {one}" for one in wrong)):
        click.echo(line)
    if counted and not wrong:
        click.echo("  counted: every acknowledged ballot is in the log once")
    if output:
        report.write(output, {**told.arrivals_document(found, within, place.api, place.kind), "wrong": wrong})
    if wrong or len(found.receipts) < len(scene.meant):
        raise SystemExit(1)


def _vote(run: told.Run, place: Place, scene: Scene, seconds: float | None, *, beside: bool) -> dict[int, str]:
    """Measure whole votes. Return the receipts by the voter's number; the client has verified each."""
    with progress("votes", run.voters) as done:
        run.ours, receipts = vote_wholly(place.api, place.server, scene.errands, run.at_once, done)
    if seconds:
        ours = Casts(place.api, _ballots_path(scene), {})
        run.timed += send_for(seconds, run.at_once, place.server, ours, _manifest_path(scene), None)
    return receipts


def _cast_only(run: told.Run, place: Place, scene: Scene, seconds: float | None, *, beside: bool) -> dict[int, str]:
    """Measure casts alone. Return the receipts by the voter's number, those that verify."""
    prepared = prepare(scene)
    run.unprepared = prepared.errors
    ours = Casts(place.api, _ballots_path(scene), prepared.ballots)
    with stock(scene.manifest, place.folder) if beside else nullcontext() as started:
        other = (Casts(started.address, "/ballots", prepared.ballots), started) if started else None
        run.ours, theirs = cast_in_turn(ours, place.server, other, run.at_once)
        receipts = ours.receipts()
        if seconds:
            run.timed += send_for(seconds, run.at_once, place.server, ours, _manifest_path(scene), other)
        if other:
            run.stock = theirs
            if (stored := other[1].stored()) != theirs.tally.completed:
                run.wrong.append(f"the stock server stored {stored} of {theirs.tally.completed} acknowledged ballots")
    wrong = wrong_receipts(scene.manifest, prepared.ballots, receipts)
    if wrong:
        run.wrong.append(f"{len(wrong)} receipts do not verify")
    if ours.receipts() != receipts:
        run.wrong.append("a ballot that was cast again got another receipt")
    return {number: note for number, note in receipts.items() if number not in wrong}


def _ballots_path(scene: Scene) -> str:
    return f"/elections/{scene.election.id}/ballots"


def _manifest_path(scene: Scene) -> str:
    return f"/elections/{scene.election.id}/manifest"
