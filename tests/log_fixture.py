"""An election's log, written by the real sequencer from what the real box holds, when a test says so.

In the deployment the board's stream, a queue and the state machine do the calling.
"""

import json
from collections.abc import Sequence
from typing import Any

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.tile_files import ENTRIES, TilePath, encode_bundle
from ballotcast.store.log import HASH
from ballotcast.store.queues import amendment_message, leaves_message
from ballotcast.store.results import Published
from election_fixture import FrozenElection
from register.ledger import handle as write_ledger
from tally import work
from tally.sequencer import Sequencer


def start_log(election: FrozenElection) -> None:
    """The log begins, with the manifest as its first leaf."""
    manifest = election.manifest
    _tell(election, amendment_message(election.id, manifest.roll_size, manifest.roll_root))


def log_ballots(election: FrozenElection) -> None:
    """Every ballot in the box is told to the log; it takes in as many as its batch rule lets it."""
    tell_leaves(election, _box(election))


def tell_leaves(election: FrozenElection, leaf_hashes: Sequence[bytes]) -> None:
    _tell(election, leaves_message(election.id, leaf_hashes))


def seal_log(election: FrozenElection) -> None:
    """After close: ledger, then every ballot and the final leaf into the log."""
    ledger, key = write_ledger({"election": election.id}, election.wiring), work.leaves_key(election.id, "all")
    work.write_leaf_hashes(election.wiring.blobs, key, _box(election))
    Sequencer(election.wiring).handle({"election": election.id, "ledger": ledger, "leaves": [key]})


def publish_entries(election: FrozenElection) -> None:
    """What anyone can read of a sealed log once it is counted: its entries."""
    wiring, size = election.wiring, election.wiring.log.head(election.id).size
    ballots = {leaf_hash(entry): entry for entry in _entries(election)}
    row = wiring.log.tiles(election.id, [(0, 0)])[0, 0]
    hashes = [row[at : at + HASH] for at in range(0, size * HASH, HASH)]
    leaves = wiring.log.leaves(election.id, hashes)
    bundle = encode_bundle([ballots.get(key) or leaves[key].entry or b"" for key in hashes])
    wiring.blobs.put(work.bundle_key(election.id, TilePath(ENTRIES, 0, size)), bundle)
    wiring.results.publish(Published(election.id, "", "", export_size=0, roll=0, issued=0, cast=len(ballots)))


def _tell(election: FrozenElection, message: dict[str, Any]) -> None:
    record = {"messageId": "1", "body": json.dumps(message)}
    assert Sequencer(election.wiring).handle({"Records": [record]}) == {"batchItemFailures": []}


def _box(election: FrozenElection) -> list[bytes]:
    """The leaf hashes of the ballots in the box."""
    return [leaf_hash(entry) for entry in _entries(election)]


def _entries(election: FrozenElection) -> list[bytes]:
    return [BallotLeaf(ballot).encode() for ballot in election.ballots()]
