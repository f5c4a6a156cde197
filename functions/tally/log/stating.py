"""The turnout statement, from what is in the box: at least so many ballots, signed at most once for each full hour.

The streams' running sums say when one is worth making; what it states is counted. A row of the box is never removed, so
a number counted while others cast can only be too low. A sum of what a stream delivers at least once could be too high.
Once the count may have read the box, a ballot that came too late may be in it: then the door statement is the limit.
"""

from datetime import datetime, timedelta
from typing import Any

from ballotcast.ballots.door import Door
from ballotcast.ballots.fields import parse_time
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.stated_turnout import StatedTurnout, slot_of
from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.lifecycle import UNREAD
from ballotcast.elections.turnout import rounded
from ballotcast.store.ballots import PARTITIONS
from ballotcast.store.log import Log, SignedTurnout
from ballotcast.store.manifests import Manifests
from ballotcast.wiring import Wiring
from tally.closed import CountStopped, find_frozen

MARGIN = timedelta(minutes=1)
"""More than two clocks of AWS differ: an hour that has just begun may lie behind a close that is not seen yet."""


def hour_to_state(moment: datetime) -> datetime:
    """Return the full hour that a statement made now is for."""
    return slot_of(moment - MARGIN)


def count_box(wiring: Wiring, election: str, slot: datetime) -> dict[str, Any]:
    """`{cast}`, rounded down.

    `{}` if the hour is stated already, if voting had ended by then, or if the door statement is still to come.
    """
    _, manifest = find_frozen(wiring.manifests, election)
    stated = wiring.log.stated(election)
    if (stated and stated.slot >= to_rfc3339(slot)) or slot > _end(wiring.manifests, manifest):
        return {}
    ballots = sum(1 for partition in PARTITIONS for _ in wiring.ballots.in_partition(election, partition))
    now = wiring.clock()
    if now >= _end(wiring.manifests, manifest) + UNREAD:
        door = wiring.log.door(election)
        if door is None:
            return {}
        ballots = min(ballots, Door.open(door.decode(), manifest).ballots)
    return {"cast": rounded(ballots)}


def state_turnout(log: Log, manifest: Manifest, signer: Signer, counted: dict[str, Any]) -> bool:
    """Sign and publish; False if there is nothing to state or the newest statement does not allow this one."""
    stated = StatedTurnout(parse_time(counted["slot"]), counted["cast"], counted["issued"])
    if stated.cast > stated.issued:
        raise CountStopped(f"there are {stated.cast} ballots and {stated.issued} credentials")
    if not stated.issued:
        return False
    note = stated.sign(manifest, signer).encode()
    return log.state(manifest.election, SignedTurnout(note, counted["slot"], stated.cast, stated.issued))


def _end(manifests: Manifests, manifest: Manifest) -> datetime:
    state = manifests.state(manifest.election)
    ordered = state.closed_at or state.closes_at
    return from_rfc3339(ordered) if ordered else manifest.closes_at
