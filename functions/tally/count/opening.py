"""The ballots are opened: with the election key, which is unwrapped only here and only once the log is sealed."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ballotcast.ballots.ballot import Ballot, BallotError
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import merkle, p256
from ballotcast.elections.result import read_ballot
from ballotcast.store.vault import Purpose
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import ClosedElection, CountStopped
from tally.count.trustee_opening import open_by_trustees
from tally.work import Opened


def open_election(wiring: Wiring, election: ClosedElection) -> dict[str, Any]:
    """Put the election key where the export takes it from → `{key}`."""
    if election.manifest.trustees:
        election.require_over()
        return open_by_trustees(wiring, election)
    key = work.election_key_key(election.id)
    wiring.blobs.put(key, p256.scalar(_election_key(wiring, election)).hex().encode(), "text/plain")
    return {"key": key}


def decrypt(wiring: Wiring, election: ClosedElection, partitions: list[int]) -> dict[str, Any]:
    """Open the log's ballots in these partitions, bucket by bucket of the log → `{ballots}`.

    A row that the log does not have came too late: `vote` signed no receipt for it, and it is left out. Whether every
    ballot of the log was found, the bundles show. Raises CountStopped for a row of the log that is not a valid ballot
    of this election: `vote` lets none in, so somebody else did.
    """
    election_key = _election_key(wiring, election)
    places = Places(work.read(wiring.blobs, work.log_key(election.id)), election.log.ballots)
    buckets: dict[int, list[Opened]] = defaultdict(list)
    for partition in partitions:
        for opened in _open_partition(wiring, election.manifest, election_key, places, f"{partition:02x}"):
            buckets[opened.index // work.BUCKET].append(opened)
    for bucket, opened_ballots in buckets.items():
        key = f"{work.opened_prefix(election.id, bucket)}{partitions[0]}"
        work.write_opened(wiring.blobs, key, opened_ballots)
    return {"ballots": sum(map(len, buckets.values()))}


def _election_key(wiring: Wiring, election: ClosedElection) -> p256.PrivateKey:
    """Return the election key. Raises CountStopped unless voting is over and the log is sealed."""
    election.require_over()
    election.require_sealed()
    wrapped = election.frozen.election_key
    if wrapped is None:  # its trustees had it, until they opened the election
        key = p256.from_scalar(bytes.fromhex(work.read(wiring.blobs, work.election_key_key(election.id)).decode()))
    else:
        key = p256.from_pkcs8(wiring.vault.unwrap(Purpose.ELECTION, election.id, wrapped))
    if p256.point(key) != election.manifest.election_pk:
        raise CountStopped("the election key is not the one of the manifest")
    return key


class Places:
    """Where each ballot is in the log, by what the seal left for this; the entries are held against the tiles later."""

    def __init__(self, leaf_hashes: bytes, ballots: range) -> None:
        self._leaf_hashes = leaf_hashes
        self._ballots = ballots

    def find(self, leaf_hash: bytes) -> int | None:
        """Return the ballot's index; None if it is not in the log."""
        index = bisect_left(self._ballots, leaf_hash, key=self._at) + self._ballots.start
        return index if index < self._ballots.stop and self._at(index) == leaf_hash else None

    def _at(self, index: int) -> bytes:
        return self._leaf_hashes[index * merkle.HASH_LENGTH : (index + 1) * merkle.HASH_LENGTH]


def _open_partition(
    wiring: Wiring, manifest: Manifest, key: p256.PrivateKey, places: Places, partition: str
) -> Iterator[Opened]:
    for data in wiring.ballots.in_partition(manifest.election, partition):
        index = places.find(merkle.leaf_hash(BallotLeaf(data).encode()))
        if index is not None:
            yield Opened(index, data, read_ballot(_verified(data, manifest, index), manifest, key))


def _verified(data: bytes, manifest: Manifest, index: int) -> Ballot:
    try:
        ballot = Ballot.parse(data, manifest)
        ballot.verify_credential(manifest)
        ballot.verify_signature()
    except BallotError as error:
        raise CountStopped(f"leaf {index} is not a ballot that could be cast: {error.reason}") from None
    return ballot
