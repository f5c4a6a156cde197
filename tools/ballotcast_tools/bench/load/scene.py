"""The election that is voted in: drafted, invited and open on a running stack, by one of the examples' ballots."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import click

from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.client.api import Api, connect
from ballotcast.client.manifests import fetch_manifest, verify_published
from ballotcast.client.state import Signed
from ballotcast.counting import Ballot
from ballotcast.counting.blt import Blt, parse_blt
from ballotcast_tools.build.environments import TOP
from ballotcast_tools.demo.election import DemoElection, prepare_election

from .voting import Errand, vote

WARD = TOP / "examples" / "student-union.blt"
METHOD = "scottish-stv"
SEED = 2007
LOG_PATIENCE = 120.0
"""Seconds for the log's first checkpoint."""
PREPARING_AT_ONCE = 8
"""Voters who get their credentials at the same moment, where only the casts are measured."""


class Scene(NamedTuple):
    """An open election; `meant` has what each voter wants, by number."""

    api: Api
    election: DemoElection
    manifest: Manifest
    ward: Blt
    meant: dict[int, Ballot]

    @property
    def errands(self) -> list[Errand]:
        return [Errand(number, link, [self.meant[number]]) for number, link in enumerate(self.election.links)]


class Prepared(NamedTuple):
    """Ballots that are sealed and not cast, by the voter's number; how many could not be prepared, by reason."""

    ballots: dict[int, bytes]
    errors: dict[str, int]


def set_up(address: str, mailbox: str, voters: int) -> Scene:
    """Return an open election with `voters` links, each read from a mail, whose log has started.

    ClickException if the mails do not come; NotYet if the log does not start.
    """
    ward = parse_blt(WARD.read_bytes())
    chance = random.Random(SEED)  # noqa: S311 - which ballots are cast, nothing secret
    meant = dict(enumerate(chance.choices(list(ward.each_ballot()), k=voters)))
    api = connect(address)
    with progress("invitations", voters) as arrived:
        election = prepare_election(api, mailbox, ward, METHOD, voters, lambda _line: None, _by_total(arrived))
    manifest = fetch_manifest(api, election.id, Link.parse(election.links[0]).manifest_hash)
    verify_published(api, manifest, LOG_PATIENCE)  # or else the first voters wait for it, which is not their load
    return Scene(api, election, manifest, ward, meant)


def prepare(scene: Scene) -> Prepared:
    """Get every voter's credential and seal their ballot, with the real client."""
    errands = scene.errands
    with progress("sealed ballots", len(errands)) as done:
        voted = vote(scene.api.address, errands, min(PREPARING_AT_ONCE, len(errands)), "sealed", done)
    sealed = {number: state.ballot for number, state in voted.states.items() if isinstance(state, Signed)}
    return Prepared(sealed, dict(voted.tally.errors))


@contextmanager
def progress(what: str, number: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on the standard error; call what it yields with how many more are done."""
    with click.progressbar(length=number, label=f"  {what:<14}", file=sys.stderr) as bar:
        yield lambda more: bar.update(more)


def _by_total(more: Callable[[int], None]) -> Callable[[int], None]:
    """Return a function that is called with how many there are in all, and passes on how many more these are."""
    before = 0

    def total(number: int) -> None:
        nonlocal before
        more(number - before)
        before = number

    return total
