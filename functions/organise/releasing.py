"""Releasing the result of an election whose manifest says that it is held after the count.

The count does not wait for this, and nobody sees more before it: its outcome is settled by the final checkpoint and the
election key, and hashes of what will be published are public as soon as it is counted. So holding a result can change
nothing of it, and everybody sees since when it is held.
"""

from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import to_rfc3339
from ballotcast.errors import Conflict
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.milestones import RELEASED, Milestone
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.wiring import Wiring


def release_result(wiring: Wiring, election: Election) -> None:
    """From now on everybody sees the result, and the others who conduct the election are mailed. Again: no change.

    Conflict where the manifest does not hold the result, or it is not counted yet.
    """
    if election.manifest is None or Manifest.parse(election.manifest).release != "held":
        raise Conflict("not-held", "the result of this election is published by itself once it is counted")
    counted = wiring.results.find(election.id)
    if counted is None:
        raise Conflict("not-counted", "the ballots of this election are not counted yet")
    now = wiring.clock()
    told = event(election.id, election.actor, "result-released", {"held_since": counted.counted_at}, now)
    at = to_rfc3339(now)
    writes = [
        wiring.results.releasing(counted, at),
        wiring.events.adding(told),
        wiring.milestones.adding(Milestone(at, election.id, f"{RELEASED}{election.actor}", at)),
    ]
    try:
        transact(wiring.dynamodb, writes)
    except Cancelled:
        if wiring.results.released_at(election.id) is None:
            raise
