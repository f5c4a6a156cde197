"""What the demo's organiser corrects while voting runs: who left is taken off the roll, and a wrong address mended.

Each is done to somebody who has not voted and to somebody who has. The organiser sees no difference; the ledger must.
"""

from collections.abc import Callable
from dataclasses import replace

from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError
from ballotcast.client.voter import Choices, Voter

from .election import DemoElection, read_links
from .electorate import BrokenPromise

ENOUGH = 3
"""Voters, for corrections after the vote that concern different ones."""
LEFT = "Left the club"
MISTYPED = "The address was mistyped"


def correct_before_votes(
    api: Api, mailbox: str, election: DemoElection, choices: Choices, say: Callable[[str], None]
) -> DemoElection:
    """Somebody is added, invited and taken off again; the first voter gets another address, and votes from there."""
    organiser, first = election.organiser, election.addresses[0]
    left, mended = f"left.{first}", f"mended.{first}"
    organiser.add_voter(election.id, left)
    organiser.invite(election.id, voters=[left])
    link = read_links(mailbox, [left])[left]
    organiser.end_rights(election.id, [left], LEFT)
    _expect(api, link, choices, "right-ended")
    organiser.move_rights(election.id, {first: mended}, MISTYPED)
    _expect(api, election.links[0], choices, "right-ended")
    links = [read_links(mailbox, [mended])[mended], *election.links[1:]]
    say("1 voter taken off the roll and 1 address corrected, of people who had not voted: their links ended")
    return replace(election, addresses=[mended, *election.addresses[1:]], links=links)


def correct_after_votes(
    api: Api, mailbox: str, election: DemoElection, choices: Choices, say: Callable[[str], None]
) -> None:
    """The same for two who have voted: their ballots count, and the new address gets no second one."""
    if len(election.addresses) < ENOUGH:
        return
    organiser, (gone, moved) = election.organiser, election.addresses[-2:]
    organiser.end_rights(election.id, [gone], LEFT)
    mended = f"mended.{moved}"
    organiser.move_rights(election.id, {moved: mended}, MISTYPED)
    _expect(api, read_links(mailbox, [mended])[mended], choices, "already-issued")
    say("1 voter taken off the roll and 1 address corrected, of people who had voted: their ballots count")


def _expect(api: Api, link: str, choices: Choices, slug: str) -> None:
    """Anyone who votes by this link is refused, for this reason."""
    try:
        Voter(api, lambda _state: None).vote(link, choices)
    except ApiError as error:
        if error.slug == slug:
            return
        raise
    raise BrokenPromise(f"a ballot was taken where {slug} was due")
