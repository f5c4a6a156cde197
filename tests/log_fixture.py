"""An election's log while voting lasts: the real sequencer. How a log ends, is in `counted_election`."""

from collections.abc import Iterable

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision, Withdrawal
from ballotcast.ballots.roll import roll_root
from ballotcast.store.queues import amendments_message
from ballotcast.store.transaction import transact
from counted_election import sqs_event
from election_fixture import FrozenElection
from tally.log.sequencer import Sequencer


def start_log(election: FrozenElection) -> None:
    """The log begins, with the manifest as its first leaf."""
    _tell(election, 0)


def state_rolls(election: FrozenElection, sizes: Iterable[int]) -> int:
    """The board has an amendment for each size, larger than the one before; how many there are then."""
    wiring = election.wiring
    number = wiring.log.head(election.id).amendments
    for size in sizes:
        number += 1
        roll = RollRevision(revision=number, roll_size=size, roll_root=roll_root([bytes(32)] * size))
        entry = AmendmentLeaf(at=election.manifest.opens_at, reason="Voters were added", roll=roll).encode()
        transact(wiring.dynamodb, [wiring.amendments.adding(election.id, number, entry)])
    return number


def grow_roll(election: FrozenElection, sizes: Iterable[int]) -> None:
    """Each size becomes a leaf."""
    _tell(election, state_rolls(election, sizes))


def withdraw(election: FrozenElection, option: int) -> None:
    """An option of the first contest, as a leaf."""
    number = election.wiring.log.head(election.id).amendments + 1
    gone = Withdrawal(contest="c1", option=option)
    entry = AmendmentLeaf(at=election.manifest.opens_at, reason="Moved away", withdrawn=gone).encode()
    transact(election.wiring.dynamodb, [election.wiring.amendments.adding(election.id, number, entry)])
    _tell(election, number)


def _tell(election: FrozenElection, amendments: int) -> None:
    message = amendments_message(election.id, amendments)
    assert Sequencer(election.wiring).handle(sqs_event(message)) == {"batchItemFailures": []}
