"""An election's log while it grows: the real sequencer, told of what the real box holds when a test says so.

In the deployment the board's stream and a queue do the telling. How a log ends, is in `counted_election`.
"""

from collections.abc import Sequence
from typing import Any

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.store.queues import amendments_message, leaves_message
from counted_election import sqs_event
from election_fixture import FrozenElection
from tally.sequencer import Sequencer


def start_log(election: FrozenElection) -> None:
    """The log begins, with the manifest as its first leaf."""
    _tell(election, amendments_message(election.id, 0))


def log_ballots(election: FrozenElection) -> None:
    """Every ballot in the box is told to the log; it takes in as many as its batch rule lets it."""
    tell_leaves(election, [leaf_hash(BallotLeaf(ballot).encode()) for ballot in election.ballots()])


def tell_leaves(election: FrozenElection, leaf_hashes: Sequence[bytes]) -> None:
    _tell(election, leaves_message(election.id, leaf_hashes))


def _tell(election: FrozenElection, message: dict[str, Any]) -> None:
    assert Sequencer(election.wiring).handle(sqs_event(message)) == {"batchItemFailures": []}
