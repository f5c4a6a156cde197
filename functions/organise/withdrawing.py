"""Withdrawing an option while voting runs: an amendment that everybody can see, and that the count heeds.

One transaction states it and notes it on the election, unless the count may have been started. Ballots that name the
option, cast before or after, are counted without it.
"""

from dataclasses import replace
from typing import NamedTuple

from ballotcast.ballots.amendment import AmendmentLeaf, Withdrawal
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict, invalid_field
from ballotcast.store.due_counts import DueCount
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.wiring import Wiring
from organise.amendment_room import counted
from organise.drafts import election_again
from organise.freezing import publish

ATTEMPTS = 5


class Order(NamedTuple):
    """contest: its id. option: its number, from 1. reason: for everybody to read."""

    contest: str
    option: int
    reason: str


def withdraw_option(wiring: Wiring, election: Election, order: Order) -> Election:
    """Have an option withdrawn, once. Sent again, the request changes nothing more.

    Invalid for an option that there is not; Conflict for a draft, whose contests can be changed, after the close, if
    too few options would be left, and without room for another amendment.
    """
    for _ in range(ATTEMPTS):
        _require_running(wiring, election)
        contest = _contest(election, order)
        gone = election.withdrawn.get(contest.id, [])
        if order.option in gone:
            publish(wiring, election)
            return election
        if contest.stays(order.option):
            raise Conflict("last-options", "none of the above and a default option cannot withdraw")
        if len(contest.options) - len(gone) - 1 < contest.fewest_options:
            raise Conflict("last-options", f"at least {contest.fewest_options} of the contest's options must be left")
        if amended := _state(wiring, election, order):
            publish(wiring, amended)
            return amended
        election = election_again(wiring, election)
    raise Conflict("changed-meanwhile", "the election is being changed by other requests: try again")


def _state(wiring: Wiring, election: Election, order: Order) -> Election | None:
    """The amended election; None if nothing was written."""
    now = wiring.clock()
    at = max(to_rfc3339(now), election.amended_at)  # clocks differ, and amendments are in order of time
    withdrawal = Withdrawal(contest=order.contest, option=order.option)
    leaf = AmendmentLeaf(at=from_rfc3339(at), reason=order.reason, withdrawn=withdrawal).encode()
    gone = [*election.withdrawn.get(order.contest, []), order.option]
    amended = replace(
        election,
        withdrawn={**election.withdrawn, order.contest: gone},
        amended_at=at,
        amendments=election.amendments + 1,
    )
    amended = counted(amended, leaf)
    writes = [
        wiring.elections.amending(election, amended),
        wiring.amendments.adding(election.id, amended.amendments, leaf),
        wiring.due_counts.waiting(DueCount(election.closes_at, election.id)),
        wiring.events.adding(event(election.id, election.actor, "option-withdrawn", order._asdict(), now)),
    ]
    try:
        transact(wiring.dynamodb, writes)
    except Cancelled:
        return None
    return amended


def _require_running(wiring: Wiring, election: Election) -> None:
    if not election.frozen:
        raise Conflict("draft", "the election is a draft: change its contests")
    if election.status(wiring.clock()) is Status.CLOSED:
        raise Conflict("closed", "the election is closed: its options stay as they are")


def _contest(election: Election, order: Order) -> Contest:
    """The contest, which has the option. Invalid."""
    assert election.manifest is not None
    contests = Manifest.parse(election.manifest).contests
    found = next((one for one in contests if one.id == order.contest), None)
    if found is None:
        raise invalid_field("/contest", "no-choice", choices=", ".join(one.id for one in contests))
    if order.option > len(found.options):
        raise invalid_field("/option", "over-options")
    return found
