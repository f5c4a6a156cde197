"""`ballotcast vote` and `check-receipt`: the voter's side."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import click

from ballotcast.ballots import plaintext
from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.mended_link import mend_link
from ballotcast.ballots.plaintext import Spoilt
from ballotcast.client.api import Api, connect
from ballotcast.client.errors import ApiError, BadState, PromiseBroken
from ballotcast.client.manifests import fetch_manifest
from ballotcast.client.receipts import check_receipt
from ballotcast.client.state import Blinded, Cast, Credentialed, Sealed, State, from_json, to_json
from ballotcast.client.voter import Paper, Voter
from ballotcast.clock import to_rfc3339
from ballotcast.counting import RULES, Ballot
from ballotcast.counting.ballots import parse_ballot

from .ballot_paper import printed
from .deployment import write_private
from .group import deployment

_ASKED = {"scores": "score each from", "points": "give points in all,"}


@click.command()
@click.option("--link", help="Your personal link, as it stands in the mail; not needed to resume.")
@click.option(
    "--ranking",
    "--choose",
    "--scores",
    "marked",
    metavar="BALLOT",
    multiple=True,
    help="Once for each contest: option numbers in order of preference (3,1,2; 3,1=2 where equal ranks are counted), or"
    " those you choose, or scores (1:5,2:0); '' is a blank vote.",
)
@click.option(
    "--recovery",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where your progress is kept  [default: ballot-….json in this folder, the same for all your links]",
)
@click.option("--show", is_flag=True, help="Only show the ballot paper; this binds nothing.")
@click.option(
    "--prepare",
    is_flag=True,
    help="Only obtain your right to vote, to cast at another time: for voters who fear that the two times are compared."
    " From then on you vote with this recovery file.",
)
def vote(link: str | None, marked: tuple[str, ...], recovery: Path | None, *, show: bool, prepare: bool) -> None:
    """Cast your vote.

    Your choices are sealed, your right to vote is obtained, and the ballot is cast, in one go. Your progress is written
    down before anything is sent. If this is interrupted anywhere, run the same again: you will have one ballot, never
    none and never two. Keep the file: it checks later that your ballot was counted.
    """
    link = mend_link(link) if link else None
    file = recovery or (_file_of(link) if link else None)
    if file is None:
        raise click.UsageError("give your --link, or the --recovery file of a vote that was interrupted")
    state = _kept(file)
    if state is None and link is None:
        raise click.UsageError(f"{file} does not exist: give your --link")
    address = state.address if state else (link or "").partition("/vote#")[0]
    api = connect(address if "://" in address else deployment().api)
    voter = Voter(api, lambda step: _keep(file, step), counting=_say_counting)
    if isinstance(state, Blinded | Sealed) and link and not show:
        state = voter.take_link(state, link)
    if show or (state is None and not prepare):
        paper = voter.open_link(link or "")
        if show or len(marked) != len(paper.manifest.contests):
            _show(paper)
        _show_amendments(paper)
        if show:
            return
        with _nothing_left_of_a_used_link(file):
            cast = voter.resume(paper, _choices(paper.manifest, marked), _ask_code)
    elif prepare:
        if state is None:
            with _nothing_left_of_a_used_link(file):
                _prepare(voter, voter.open_link(link or ""), file)
        else:
            _prepare(voter, state, file)
        return
    else:
        assert state
        cast = _resume(api, voter, state, marked)
    click.echo(cast.receipt)
    click.echo(f"Your ballot is in the box; its receipt is kept in {file}.", err=True)
    click.echo(f"Check it later, and after the count: ballotcast check-receipt {file}", err=True)


def _say_counting() -> None:
    click.echo("Voting is over, and the votes are being counted.", err=True)
    click.echo("Waiting until it is known whether your ballot came in time …", err=True)


@contextmanager
def _nothing_left_of_a_used_link(file: Path) -> Iterator[None]:
    """Remove what was begun again with a link that another device has used: it can never be finished."""
    try:
        yield
    except ApiError as error:
        if error.slug == "already-issued":
            file.unlink(missing_ok=True)
        raise


def _resume(api: Api, voter: Voter, state: State, marked: Sequence[str]) -> Cast:
    choices: list[Ballot] = []
    if isinstance(state, Blinded | Credentialed):
        choices = _choices(fetch_manifest(api, state.election, state.manifest_hash), marked)
    elif isinstance(state, Cast):
        click.secho("You have voted already: that ballot stands, and nothing was changed.", fg="yellow", err=True)
    else:
        click.echo("Casting the ballot that was sealed before; what is marked now does not count.", err=True)
    return voter.resume(state, choices, _ask_code)


def _prepare(voter: Voter, begun: Paper | State, file: Path) -> None:
    if not isinstance(begun, Paper | Blinded):
        raise click.UsageError(f"{file} is further than that: run the same without --prepare")
    voter.prepare_device(begun, _ask_code)
    click.echo(f"Your right to vote is in {file}. To cast your vote, run the same without --prepare.", err=True)


def _ask_code() -> str:
    code: str = click.prompt("The code that was sent to you", type=str)
    return code


@click.command("check-receipt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--address", help="The API's, if FILE is a bare receipt  [default: as in FILE, else --api]")
def check(file: Path, address: str | None) -> None:
    """Check that the ballot behind a receipt is in the log. FILE: what `vote` kept, or the receipt alone."""
    text, earlier = file.read_text(), ""
    try:
        state = from_json(text)
    except BadState:
        state = None
    if isinstance(state, Cast):
        text, earlier, address = state.receipt, state.checkpoint, address or state.address
    elif state:
        raise click.ClickException(f"this vote was not finished: ballotcast vote --recovery {file}")
    try:
        found = check_receipt(connect(address or deployment().api), text, earlier)
    except PromiseBroken as broken:
        proof = Path(f"absence-{sha256(text.encode()).hexdigest()[:12]}.json")
        proof.write_bytes(broken.proof)
        raise click.ClickException(
            f"{broken}. The proof is in {proof}. Anyone can check it: ballotcast verify {proof}"
        ) from None
    click.echo(f"Your ballot is leaf {found.index} of the final log's {found.size}; the proof verifies.")


def _choices(manifest: Manifest, marked: Sequence[str]) -> list[Ballot]:
    """What is marked in each contest, as the contest's method reads it. UsageError unless it would be counted."""
    contests = manifest.contests
    if len(marked) != len(contests):
        raise click.UsageError(f"give --ranking {len(contests)} times, once for each contest")
    try:
        kinds = (RULES[contest.method].ballot for contest in contests)
        choices = [parse_ballot(text, kind) for text, kind in zip(marked, kinds, strict=True)]
        plaintext.encode(manifest, choices)
    except Spoilt:
        raise
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return choices


def _file_of(link: str) -> Path:
    """One file for each voter of an election, whose name tells nothing of either: a newer link continues with it."""
    named = Link.parse(link)
    return Path(f"ballot-{sha256(named.salt + named.manifest_hash).hexdigest()[:12]}.json")


def _kept(file: Path) -> State | None:
    return from_json(file.read_text()) if file.exists() else None


def _keep(file: Path, state: State) -> None:
    write_private(file, to_json(state))


def _show_amendments(paper: Paper) -> None:
    """What was changed since the election was fixed, in the organisers' words; proved by the log."""
    for change in paper.amendments:
        click.secho(f"{to_rfc3339(change.at)}: {_told(paper.manifest, change)}. {change.reason}", fg="yellow", err=True)


def _told(manifest: Manifest, change: AmendmentLeaf) -> str:
    if change.schedule:
        return f"voting ends {to_rfc3339(change.schedule.closes_at)}"
    if gone := change.withdrawn:
        [contest] = [one for one in manifest.contests if one.id == gone.contest]
        return f"{contest.title}: option {gone.option}, {contest.options[gone.option - 1]}, was withdrawn"
    return "the roll was changed"


def _show(paper: Paper) -> None:
    manifest = paper.manifest
    click.echo(f"{manifest.title}\nfingerprint {manifest.hash.hex()}")
    for contest in manifest.contests:
        asked = _ASKED.get(RULES[contest.method].ballot, "choose")
        click.echo(f"\n{contest.title}: {contest.method}, {asked} {contest.min} to {contest.max}")
        for name, value in contest.conditions.items():
            click.echo(f"  {name.replace('_', ' ')}: {'yes' if value is True else value}")
        for line in printed(contest.model_dump(mode="json"), paper.withdrawn.get(contest.id, ())):
            click.echo(line)
