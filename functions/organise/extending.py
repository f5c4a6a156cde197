"""A later end of voting, while it runs: an amendment that everybody can see, and the poll's state on both sides.

One transaction states it, moves the end on the roll's side and on the board's, and moves the row by which the count
starts. That row settles a race with the old end: once somebody has taken it to start the count, the transaction is
refused. The schedule of the old end may fire, and finds nothing due.
"""

from dataclasses import replace
from datetime import datetime

from ballotcast.ballots.amendment import LATEST, AmendmentLeaf, Schedule
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


def extend_voting(wiring: Wiring, election: Election, closes_at: datetime, reason: str) -> Election:
    """Have voting end later, for a reason that everybody can read. Sent again, the request changes nothing more.

    Invalid unless it is later than the end in force, and by `LATEST` at most later than the manifest's; Conflict for a
    draft, whose dates can be changed, after the close, and without room for another amendment.
    """
    for _ in range(ATTEMPTS):
        _require_running(wiring, election)
        if from_rfc3339(election.closes_at) == closes_at:
            publish(wiring, election)
            return election
        _require_later(election, closes_at)
        if extended := _state(wiring, election, closes_at, reason):
            publish(wiring, extended)
            return extended
        election = election_again(wiring, election)
    raise Conflict("changed-meanwhile", "the election is being changed by other requests: try again")


def _state(wiring: Wiring, election: Election, closes_at: datetime, reason: str) -> Election | None:
    """The extended election; None if nothing was written."""
    now, end = wiring.clock(), to_rfc3339(closes_at)
    at = max(to_rfc3339(now), election.amended_at)  # clocks differ, and amendments are in order of time
    extended = replace(election, closes_at=end, amended_at=at, amendments=election.amendments + 1)
    leaf = AmendmentLeaf(at=from_rfc3339(at), reason=reason, schedule=Schedule(closes_at=closes_at)).encode()
    extended = counted(extended, leaf)
    detail = {"closes_at": end, "reason": reason}
    writes = [
        wiring.elections.amending(election, extended),
        wiring.amendments.adding(election.id, extended.amendments, leaf),
        wiring.manifests.extending(election.id, end),
        *wiring.due_counts.postponing(DueCount(election.closes_at, election.id), end),
        wiring.events.adding(event(election.id, election.actor, "voting-extended", detail, now)),
    ]
    try:
        transact(wiring.dynamodb, writes)
    except Cancelled:
        return None
    return extended


def _require_running(wiring: Wiring, election: Election) -> None:
    if not election.frozen:
        raise Conflict("draft", "the election is a draft: change its dates")
    if election.status(wiring.clock()) is Status.CLOSED:
        raise Conflict("closed", "the election is closed: its end has passed")


def _require_later(election: Election, closes_at: datetime) -> None:
    assert election.manifest is not None
    if closes_at <= from_rfc3339(election.closes_at):
        raise invalid_field("/closes_at", "not-later")
    if closes_at - Manifest.parse(election.manifest).closes_at > LATEST:
        raise invalid_field("/closes_at", "far-later", days=LATEST.days)
