"""`ballotcast demo`: an election from end to end, then the proof that no ballot was lost, doubled or miscounted.

At its end a channel carries data, held to the same: nothing lost, nothing doubled, order kept.
"""

import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ballotcast.client import published
from ballotcast.client.api import connect
from ballotcast.counting import Ballot, count
from ballotcast.counting.blt import Blt, BltError, parse_blt
from ballotcast.elections.verification import verify_export
from ballotcast_cli.group import deployment
from ballotcast_cli.outcome import describe
from ballotcast_cli.verify import tell
from ballotcast_tools.build.environments import TOP

from .channels import play_channel
from .corrections import correct_after_votes, correct_before_votes
from .election import DemoElection, prepare_election
from .electorate import FATES, Electorate, Fate, Person
from .trustees import Threshold, ThresholdType

EXAMPLE = TOP / "examples" / "student-union.blt"
COUNT_PATIENCE = 300.0


@click.command("demo")
@click.option(
    "--blt",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=EXAMPLE,
    show_default=EXAMPLE.name,
    help="Ballots of a real ward.",
)
@click.option("--voters", type=click.IntRange(1, 20_000), default=500, show_default=True)
@click.option("--method", default="scottish-stv", show_default=True, help="The counting rule.")
@click.option("--seed", default=2007, show_default=True, help="Which ballots of the ward, and in which order.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep the export in.")
@click.option("--trustees", type=ThresholdType(), help="Have t of n trustees hold the key: 2/3.")
def command(blt: Path, voters: int, method: str, seed: int, keep: Path | None, trustees: Threshold | None) -> None:
    """Play an election on a running deployment: every voter casts one of the real ballots of FILE.

    While voting runs, voters are taken off the roll and addresses corrected. Some voters click twice, some lose every
    answer, some race themselves on two devices, some try a second ballot. Ends with 1 if one ballot is lost, doubled or
    miscounted.
    """
    here = deployment()
    if not here.mailbox:
        raise click.UsageError("the demo reads its voters' mails: it needs the stack on this machine (make up)")
    try:
        ward = parse_blt(blt.read_bytes())
    except BltError as error:
        raise click.UsageError(f"{blt}: {error}") from None
    chance = random.Random(seed)  # noqa: S311 - which ballots are played, nothing secret
    ballots = list(ward.each_ballot())
    chosen = chance.sample(ballots, voters) if voters <= len(ballots) else chance.choices(ballots, k=voters)
    started = time.monotonic()
    api = connect(here.api)
    election = prepare_election(api, here.mailbox, ward, method, voters, _say, threshold=trustees)
    election = correct_before_votes(api, here.mailbox, election, [chosen[0]], _say)
    electorate = Electorate(api, people(election, chosen), chance)
    with _progress("ballots", voters) as told:
        electorate.vote(told)
    for fate, number in Counter(person.fate for person in electorate.people).items():
        click.echo(f"  {number:>5} {fate.value}")
    correct_after_votes(api, here.mailbox, election, [chosen[0]], _say)

    election.organiser.close(election.id)
    click.echo("  closed; the count waits until nothing can be under way any more …")
    if election.trustees:
        election.trustees.open(_say)
    result = published.results(electorate.api, election.id, patience=COUNT_PATIENCE)
    with _progress("receipts", voters) as told:
        electorate.check_receipts(told)
    for line in describe(result, shutil.get_terminal_size().columns):
        click.echo(line)
    wrong = differences(result, ward, method, Counter(chosen))
    with tempfile.TemporaryDirectory() as scratch:
        wrong += _verified(electorate, election, keep or Path(scratch))
    wrong += play_channel(election.organiser)
    for line in wrong:
        click.secho(f"  WRONG: {line}", fg="red")
    if wrong:
        raise SystemExit(1)
    click.echo(f"\nEvery stage equals the count of the ballots that were meant; {voters} ballots, 0 lost, 0 doubled, ")
    click.echo(f"0 miscounted. {time.monotonic() - started:.0f} s in all.")


def _say(line: str) -> None:
    click.echo(f"  {line}")


def people(election: DemoElection, ballots: list[Ballot]) -> list[Person]:
    """Two in five have something happen to them."""
    return [
        Person(number, link, [ballot], FATES[number // 10 % len(FATES)] if number % 5 < 2 else Fate.NOTHING)
        for number, (link, ballot) in enumerate(zip(election.links, ballots, strict=True))
    ]


def differences(result: dict[str, Any], ward: Blt, method: str, meant: Counter[Ballot]) -> list[str]:
    """What the published result says and the ballots that were meant do not: the reference is counted here."""
    [contest] = result["contests"]
    seed = bytes.fromhex(result["lots_seed"])
    reference = count(
        method,
        options=ward.options,
        seats=ward.seats,
        ballots=meant,
        tie=contest["tie"],
        seed=seed,
        contest=contest["id"],
    ).as_json()
    wrong = [
        f"{name}: {contest[name]} instead of {reference[name]}"
        for name in ("winners", "ties", "ballots", "blank", "valid")
        if contest[name] != reference[name]
    ]
    for number, (stage, expected) in enumerate(zip(contest["rounds"], reference["stages"], strict=False), start=1):
        if stage != expected:
            wrong.append(f"stage {number}: {stage} instead of {expected}")
    if len(contest["rounds"]) != len(reference["stages"]):
        wrong.append(f"{len(contest['rounds'])} stages instead of {len(reference['stages'])}")
    voters = meant.total()
    wrong += [f"{name}: {result[name]}" for name in ("roll", "issued", "cast", "counted") if result[name] != voters]
    return wrong


def _verified(electorate: Electorate, election: DemoElection, folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{election.id}.zip"
    saved = published.export(electorate.api, election.id, path)
    click.echo(f"\nexport: {saved['size']} bytes, SHA-256 {saved['sha256']}")
    report = verify_export(path)
    tell(report)
    return [] if report.ok else ["the export does not verify"]


@contextmanager
def _progress(what: str, number: int) -> Iterator[Callable[[object], None]]:
    started = time.monotonic()
    with click.progressbar(length=number, label=f"  {what:<12}") as bar:
        yield lambda _one: bar.update(1)
    taken = time.monotonic() - started
    click.echo(f"  {number} {what} in {taken:.1f} s: {number / taken:.0f} a second")
