"""Checkpoints that somebody kept while voting lasted, held against the log that was counted.

A log has one end: two checkpoints signed by its key, of which neither is the other's beginning, prove that its writer
showed different logs, or continued after the end.
"""

from collections.abc import Sequence

from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import tiles
from ballotcast.crypto.checkpoint import Checkpoint, CheckpointError
from ballotcast.crypto.merkle import HASH_LENGTH
from ballotcast.crypto.signed_note import NoteError, Verifier
from ballotcast.crypto.tile_files import TilePath
from ballotcast.elections.export_files import ExportReader
from ballotcast.elections.findings import Findings
from ballotcast.elections.kept import Statement

CHECK = "kept-checkpoints"
MEANING = "every checkpoint that was kept is a beginning of this log, or its end"


def audit_kept(
    export: ExportReader, findings: Findings, manifest: Manifest, final: Checkpoint, kept: Sequence[Statement]
) -> None:
    """Fail `kept-checkpoints` by name and reason. The export's tiles must have been checked before."""
    for name, note in kept:
        if fault := _fault(export, manifest, final, note):
            findings.fail(CHECK, f"{name}: {fault}")
    findings.complete(CHECK, f"{len(kept)} kept, each of them a beginning of this log or its end")


def _fault(export: ExportReader, manifest: Manifest, final: Checkpoint, note: bytes) -> str:
    try:
        kept = Checkpoint.open(note.decode(), Verifier(manifest.origin, manifest.log_pk))
    except (NoteError, CheckpointError, UnicodeDecodeError) as error:
        return f"not a checkpoint of this log: {error}"
    if kept.size > final.size:
        return f"signed over {kept.size} leaves, but this log ended with {final.size}: its key signed two logs"

    def read(level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile, as the final log has it."""
        whole = min(tiles.WIDTH, (final.size >> tiles.HEIGHT * level) - n * tiles.WIDTH)
        return export.read(str(TilePath(level, n, whole)), tiles.TILE_LENGTH)[: width * HASH_LENGTH]

    if tiles.root_from_tiles(kept.size, read) != kept.root:
        return f"its {kept.size} leaves are not the first ones of this log: its key signed two logs"
    return ""
