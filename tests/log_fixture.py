"""An election's log while voting lasts: the real sequencer. How a log ends, is in `counted_election`."""

from collections.abc import Iterable, Mapping

from ballotcast.ballots.roll import roll_root
from ballotcast.store.queues import amendment_message
from counted_election import sqs_event
from election_fixture import FrozenElection
from tally.sequencer import Sequencer


def start_log(election: FrozenElection) -> None:
    """The log begins, with the manifest as its first leaf."""
    _amend(election, {election.manifest.roll_size: election.manifest.roll_root})


def grow_roll(election: FrozenElection, sizes: Iterable[int]) -> None:
    """Each size that is larger than the roll becomes a leaf."""
    _amend(election, {size: roll_root([bytes(32)] * size) for size in sizes})


def _amend(election: FrozenElection, roots: Mapping[int, bytes]) -> None:
    messages = [amendment_message(election.id, size, root) for size, root in roots.items()]
    assert Sequencer(election.wiring).handle(sqs_event(*messages)) == {"batchItemFailures": []}
