"""Opening an election now, and closing it before its time."""

from dataclasses import replace

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict
from ballotcast.store.due_counts import DueCount
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.wiring import Wiring
from organise.amending import cut_roll
from organise.drafts import election_again
from organise.freezing import amended_end, freeze, publish
from organise.telling import look_at_count
from organise.trial import require_trial_election

ATTEMPTS = 5


def open_election(wiring: Wiring, election: Election, base_url: str) -> Election:
    """Freeze the draft with `opens_at` now. An open election stays as it is; Conflict for any other frozen one."""
    if not election.frozen:
        require_trial_election(wiring, election)
        now = wiring.clock()
        draft, roll = cut_roll(wiring, election)
        if draft.revision != election.revision and not draft.frozen:
            raise Conflict("changed-meanwhile", "the draft was changed by another request meanwhile: read it again")
        if draft.mode == "trustees" and now < from_rfc3339(draft.opens_at):
            raise _dates_frozen()  # its trustees confirm when it opens
        election = freeze(wiring, replace(draft, opens_at=to_rfc3339(now)), roll, base_url)
    elif election.status(wiring.clock()) is Status.OPEN:
        publish(wiring, election)
    if election.status(wiring.clock()) is not Status.OPEN:
        raise _dates_frozen()
    return election


def close_election(wiring: Wiring, election: Election) -> Election:
    """Close now and start the count; closed already: only ensure that the count runs, or starts again if it failed.

    One transaction marks both sides and makes the count due now. Killed before the count is started: the function
    `organise-due` starts it within a minute or two, or the same call again does.
    """
    now = wiring.clock()
    match election.status(now):
        case Status.DRAFT:
            raise Conflict("not-open", "the election is a draft: it opens once voters are invited, or by POST …/open")
        case Status.SCHEDULED:
            raise Conflict("not-open", "the election has not opened yet")
        case Status.OPEN:
            publish(wiring, election)
            election = _mark_closed(wiring, election)
        case Status.CLOSED:
            publish(wiring, election)  # killed while it was frozen, and nobody called since
            # no later end is stated from here on; there is no row if the count was started before
            wiring.due_counts.take(DueCount(election.closed_at or election.closes_at, election.id))
            look_at_count(wiring, election.id)
    wiring.counting_machine.start(election.id)
    return election


def _dates_frozen() -> Conflict:
    return Conflict("frozen", "the election's dates are frozen: it opens and closes as its manifest says")


def _mark_closed(wiring: Wiring, election: Election) -> Election:
    """Of several requests at once one closes it. An amendment that is made at the same time is waited for."""
    for _ in range(ATTEMPTS):
        # clocks differ a little, and an election is not closed before its newest amendment
        closed_at = max(to_rfc3339(wiring.clock()), election.amended_at)
        told = event(election.id, election.actor, "election-closed", {}, wiring.clock())
        writes = [
            wiring.elections.closing(election, closed_at),
            wiring.manifests.closing(election.id, closed_at, amended_end(election)),
            wiring.events.adding(told),
            *wiring.due_counts.moving(DueCount(election.closes_at, election.id), closed_at),
        ]
        try:
            transact(wiring.dynamodb, writes)
        except Cancelled:
            election = election_again(wiring, election)
            if election.status(wiring.clock()) is Status.CLOSED:
                return election
        else:
            return replace(election, closed_at=closed_at)
    raise Conflict("changed-meanwhile", "the election is being changed by other requests: try again")
