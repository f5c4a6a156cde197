"""The last steps of the count: everything that it takes to verify the election, in one zip, and its publication."""

from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ballotcast.clock import to_rfc3339
from ballotcast.elections import export_files
from ballotcast.store.results import Published
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import ClosedElection


def export(wiring: Wiring, election: ClosedElection) -> dict[str, Any]:
    """Write export.zip → `{sha256, size}`; the same zip, however often it is written."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        export_files.write_export(path, _files(wiring, election))
        with path.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        wiring.blobs.upload(work.export_key(election.id), path, "application/zip")
        return {"sha256": digest, "size": path.stat().st_size}


def publish(
    wiring: Wiring, election: ClosedElection, roll: int, issued: int, exported: dict[str, Any]
) -> dict[str, Any]:
    """From now on everybody sees the result, unless the manifest holds it → `{result_sha256}`."""
    result = work.read(wiring.blobs, work.result_key(election.id))
    published = Published(
        election=election.id,
        result_sha256=sha256(result).hexdigest(),
        export_sha256=exported["sha256"],
        export_size=exported["size"],
        roll=roll,
        issued=issued,
        cast=len(election.log.ballots),
        counted_at=to_rfc3339(wiring.clock()),
        held=election.manifest.release == "held",
    )
    return {"result_sha256": wiring.results.publish(published).result_sha256}


def _files(wiring: Wiring, election: ClosedElection) -> Iterator[tuple[str, bytes]]:
    signed = election.log.signed
    kept = {
        export_files.MANIFEST: election.frozen.manifest,
        export_files.CHECKPOINT: signed.note,
        export_files.DOOR: wiring.log.door(election.id) or b"",
    }
    for name in export_files.names(signed.size, election.manifest.trustees is not None):
        yield name, kept.get(name) or work.read(wiring.blobs, f"elections/{election.id}/{name}")
