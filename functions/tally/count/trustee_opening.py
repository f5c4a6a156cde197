"""An election's key from its trustees: put together of what enough of them released, and published as it was used."""

from typing import Any, TypeVar

from ballotcast.crypto.tile_files import TilePath
from ballotcast.elections.export_files import CEREMONY, OPENING, tile_paths
from ballotcast.store.log import tile_key
from ballotcast.trustees.agreement import Agreement, require_agreements
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.record import CeremonyRecord, OpeningRecord
from ballotcast.trustees.release import Release, open_election
from ballotcast.trustees.transcript import Transcript
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import ClosedElection, CountStopped


def open_by_trustees(wiring: Wiring, election: ClosedElection) -> dict[str, Any]:
    """Write the key, and the two files that show how it came about → `{key}`.

    What was written once stays: a trustee who releases later changes no export. Raises CountStopped if the shares that
    are there do not make the key.
    """
    manifest, checkpoint = election.manifest, election.log.checkpoint
    ceremony = wiring.manifests.ceremony(election.id)
    if ceremony is None:
        raise CountStopped("how the trustees made the key is not on the board")
    opening = wiring.blobs.get(work.published_key(election.id, OPENING)) or _opening(wiring, election.id).encode()
    try:
        record = CeremonyRecord.parse(ceremony)
        transcript = Transcript(record.setup, record.joins, record.deals)
        released = OpeningRecord.parse(opening)
        require_agreements(transcript, manifest.hash, checkpoint, released.agreements)
        key = open_election(transcript, manifest.hash, checkpoint, released.releases)
    except CeremonyError as error:
        raise CountStopped(f"the trustees' messages do not open the election: {error}") from None
    wiring.blobs.put(work.published_key(election.id, CEREMONY), ceremony, work.JSON)
    wiring.blobs.put(work.published_key(election.id, OPENING), opening, work.JSON)
    wiring.blobs.put(work.election_key_key(election.id), key.hex().encode(), "text/plain")
    _restore_log(wiring, election.id, election.log.head.size)
    return {"key": work.election_key_key(election.id)}


M = TypeVar("M", Agreement, Release)


def _opening(wiring: Wiring, election: str) -> OpeningRecord:
    def read(kind: type[M], name: str) -> tuple[M, ...]:
        return tuple(kind.parse(one) for one in wiring.openings.messages(election, name))

    return OpeningRecord(agreements=read(Agreement, "agree"), releases=read(Release, "release"))


def _restore_log(wiring: Wiring, election: str, size: int) -> None:
    """The leaf hashes in one object, for the steps that follow: what the seal left may have expired since."""
    paths: list[TilePath] = [path for path in tile_paths(size) if path.level == 0]
    hashes = b"".join(work.read(wiring.blobs, tile_key(election, path)) for path in paths)
    wiring.blobs.put(work.log_key(election), hashes)
