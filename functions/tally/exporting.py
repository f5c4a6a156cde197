"""The last steps of the count: everything that it takes to verify the election, in one zip, and its publication."""

from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ballotcast.crypto.tile_files import ENTRIES, TilePath
from ballotcast.elections import export_files
from ballotcast.store.log import HASH, SignedCheckpoint
from ballotcast.store.manifests import FrozenManifest
from ballotcast.store.results import Published
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import find_frozen, require_sealed


def export(wiring: Wiring, election: str) -> dict[str, Any]:
    """Write export.zip → `{sha256, size}`; the same zip, however often it is written."""
    frozen, manifest = find_frozen(wiring.manifests, election)
    sealed = require_sealed(wiring.log, manifest)
    with TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        export_files.write_export(path, _files(wiring, frozen, sealed))
        with path.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        wiring.blobs.upload(work.export_key(election), path, "application/zip")
        return {"sha256": digest, "size": path.stat().st_size}


def publish(wiring: Wiring, election: str, roll: int, issued: int, exported: dict[str, Any]) -> dict[str, Any]:
    """From now on everybody sees the result → `{result_sha256}`."""
    _, manifest = find_frozen(wiring.manifests, election)
    result = work.read(wiring.blobs, work.result_key(election))
    published = Published(
        election=election,
        result_sha256=sha256(result).hexdigest(),
        export_sha256=exported["sha256"],
        export_size=exported["size"],
        roll=roll,
        issued=issued,
        cast=require_sealed(wiring.log, manifest).cast,
    )
    return {"result_sha256": wiring.results.publish(published).result_sha256}


def _files(wiring: Wiring, frozen: FrozenManifest, sealed: SignedCheckpoint) -> Iterator[tuple[str, bytes]]:
    election = frozen.election
    kept = {export_files.MANIFEST: frozen.manifest, export_files.CHECKPOINT: sealed.note}
    tiles = {str(path): path for path in export_files.tile_paths(sealed.size)}
    for name in export_files.names(sealed.size):
        if name in kept:
            yield name, kept[name]
        elif name in tiles:
            yield name, _read_tile(wiring, election, tiles[name])
        else:
            yield name, work.read(wiring.blobs, f"elections/{election}/{name}")


def _read_tile(wiring: Wiring, election: str, path: TilePath) -> bytes:
    assert path.level != ENTRIES
    tile = (path.level, path.n)
    return wiring.log.tiles(election, [tile])[tile][: path.width * HASH]
