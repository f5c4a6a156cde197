"""The last steps of the count: everything that it takes to verify the election, in one zip, and its publication."""

from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ballotcast.clock import to_rfc3339
from ballotcast.elections import export_files
from ballotcast.store.log import SignedCheckpoint
from ballotcast.store.manifests import FrozenManifest
from ballotcast.store.results import Published
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import find_frozen, require_sealed


def export(wiring: Wiring, election: str) -> dict[str, Any]:
    """Write export.zip → `{sha256, size}`; the same zip, however often it is written."""
    frozen, manifest = find_frozen(wiring.manifests, election)
    sealed = require_sealed(wiring.log, manifest).signed
    with TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        export_files.write_export(path, _files(wiring, frozen, sealed, trustees=manifest.trustees is not None))
        with path.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        wiring.blobs.upload(work.export_key(election), path, "application/zip")
        return {"sha256": digest, "size": path.stat().st_size}


def publish(wiring: Wiring, election: str, roll: int, issued: int, exported: dict[str, Any]) -> dict[str, Any]:
    """From now on everybody sees the result, unless the manifest holds it → `{result_sha256}`."""
    _, manifest = find_frozen(wiring.manifests, election)
    result = work.read(wiring.blobs, work.result_key(election))
    published = Published(
        election=election,
        result_sha256=sha256(result).hexdigest(),
        export_sha256=exported["sha256"],
        export_size=exported["size"],
        roll=roll,
        issued=issued,
        cast=len(require_sealed(wiring.log, manifest).ballots),
        counted_at=to_rfc3339(wiring.clock()),
        held=manifest.release == "held",
    )
    return {"result_sha256": wiring.results.publish(published).result_sha256}


def _files(
    wiring: Wiring, frozen: FrozenManifest, sealed: SignedCheckpoint, *, trustees: bool
) -> Iterator[tuple[str, bytes]]:
    door = wiring.log.door(frozen.election) or b""
    kept = {export_files.MANIFEST: frozen.manifest, export_files.CHECKPOINT: sealed.note, export_files.DOOR: door}
    for name in export_files.names(sealed.size, trustees):
        yield name, kept.get(name) or work.read(wiring.blobs, f"elections/{frozen.election}/{name}")
