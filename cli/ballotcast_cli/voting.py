"""`ballotcast vote` and `check-receipt`: the voter's side."""

from pathlib import Path

import click

from ballotcast.ballots import plaintext
from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.client.api import connect
from ballotcast.client.errors import BadState
from ballotcast.client.receipts import check_receipt
from ballotcast.client.state import Blinded, Cast, State, from_json, to_json
from ballotcast.client.voter import Voter

from .deployment import write_private
from .group import deployment


class Choice(click.ParamType[list[int]]):
    """`3,1,2`: numbers of options; empty for a blank vote."""

    name = "numbers"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        parts = [part.strip() for part in str(value).split(",")] if str(value).strip() else []
        if not all(part.isascii() and part.isdigit() for part in parts):
            self.fail(f"{value!r} is not a list of option numbers such as 3,1,2", param, ctx)
        return [int(part) for part in parts]


@click.command()
@click.option("--link", help="Your personal link, as it stands in the mail; not needed to resume.")
@click.option(
    "--ranking",
    "--choose",
    "choices",
    type=Choice(),
    multiple=True,
    help="Option numbers in order of preference (or those you choose), once for each contest; '' is a blank vote.",
)
@click.option(
    "--recovery",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where your progress is kept  [default: ballot-….json in this folder, named after the link's hash]",
)
@click.option("--show", is_flag=True, help="Only show the ballot paper.")
def vote(link: str | None, choices: tuple[list[int], ...], recovery: Path | None, *, show: bool) -> None:
    """Cast your vote.

    Your progress is written down before anything is sent. If this is interrupted anywhere, run the same again: you
    will have one ballot, never none and never two. Keep the file: it checks later that your ballot was counted.
    """
    file = recovery or (_file_of(link) if link else None)
    if file is None:
        raise click.UsageError("give your --link, or the --recovery file of a vote that was interrupted")
    state = _kept(file)
    if state is None and link is None:
        raise click.UsageError(f"{file} does not exist: give your --link")
    address = state.address if state else (link or "").partition("/vote#")[0]
    voter = Voter(connect(address if "://" in address else deployment().api), lambda step: _keep(file, step))
    if state is None or show:
        paper = voter.open_link(link or "")
        if show or len(choices) != len(paper.manifest.contests):
            _show(paper.manifest)
            if show:
                return
            raise click.UsageError(f"give --ranking {len(paper.manifest.contests)} times, once for each contest")
        plaintext.encode(paper.manifest, choices)
        state = voter.prepare(paper)
    elif isinstance(state, Blinded) and link:
        state = voter.take_link(state, link)
    cast = voter.resume(state, choices, lambda: click.prompt("The code that was sent to you", type=str))
    click.echo(cast.receipt)
    click.echo(f"Your ballot is in the box; its receipt is kept in {file}.", err=True)
    click.echo(f"After a while, and after the count: ballotcast check-receipt {file}", err=True)


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
    found = check_receipt(connect(address or deployment().api), text, earlier)
    click.echo(f"Your ballot is leaf {found.index} of the log's {found.size}; the proof verifies.")
    click.echo("The log is final." if found.final else "The log is still growing; check again after the count.")


def _file_of(link: str) -> Path:
    """One file for each link, whose name tells nothing of it."""
    return Path(f"ballot-{Link.parse(link).token_hash.hex()[:12]}.json")


def _kept(file: Path) -> State | None:
    return from_json(file.read_text()) if file.exists() else None


def _keep(file: Path, state: State) -> None:
    write_private(file, to_json(state))


def _show(manifest: Manifest) -> None:
    click.echo(f"{manifest.title}\nfingerprint {manifest.hash.hex()}")
    for contest in manifest.contests:
        click.echo(f"\n{contest.title}: {contest.method}, choose {contest.min} to {contest.max}")
        for number, option in enumerate(contest.options, start=1):
            click.echo(f"  {number} {option}")
