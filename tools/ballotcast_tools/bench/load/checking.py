"""Is every vote that was acknowledged there, once? By the receipts, and after the close by the log and the count."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

from ballotcast.ballots import receipt
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client import published
from ballotcast.client.receipts import read_receipt
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle
from ballotcast.crypto.tiles import WIDTH
from ballotcast.elections.export_files import ExportReader
from ballotcast.elections.verification import verify_export
from ballotcast_tools.demo.command import differences

from .scene import METHOD, Scene

COUNT_PATIENCE = 900.0
"""Seconds from the close to the result."""
LARGEST_BUNDLE = WIDTH * (2 + 2**16)


def wrong_receipts(manifest: Manifest, ballots: Mapping[int, bytes], receipts: Mapping[int, str]) -> set[int]:
    """Return the voters whose receipt is not the board's promise for their ballot."""
    return {number for number, note in receipts.items() if not _promises(manifest, ballots[number], note)}


def _promises(manifest: Manifest, ballot: bytes, note: str) -> bool:
    try:
        receipt.verify(note, manifest, leaf_hash(BallotLeaf(ballot).encode()))
    except ReceiptError:
        return False
    return True


def count_and_compare(scene: Scene, receipts: Mapping[int, str]) -> list[str]:
    """Close the election, wait for its count, and return what is wrong: empty if every receipt was kept, once.

    A voter without a receipt may be in the log or not: nothing was promised. Only if all have one, the result must
    equal the count of what was meant.
    """
    api, election, meant = scene.api, scene.election, scene.meant
    election.organiser.close(election.id)
    result = published.results(api, election.id, patience=COUNT_PATIENCE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        published.export(api, election.id, path)
        wrong = [] if verify_export(path).ok else ["the export does not verify"]
        wrong += compare_log(_ballot_leaves(path), receipts.values(), len(meant))
    if len(receipts) == len(meant):
        wrong += differences(result, scene.ward, METHOD, Counter(meant.values()))
    return wrong


def compare_log(leaves: Iterable[bytes], receipts: Iterable[str], voters: int) -> list[str]:
    """Return what is wrong with the ballots of a log (leaf hashes), by the receipts of `voters` voters."""
    logged = Counter(leaves)
    promised = {read_receipt(note)[2] for note in receipts}
    found = {
        "acknowledged ballots are not in the log": len(promised - logged.keys()),
        "ballots are in the log more than once": sum(number - 1 for number in logged.values()),
        "ballots more than voters are in the log": max(0, len(logged) - voters),
    }
    return [f"{number} {what}" for what, number in found.items() if number]


def _ballot_leaves(path: Path) -> list[bytes]:
    """Return the leaf hash of every ballot in an export's log, in order."""
    with ExportReader(path) as export:
        bundles = [TilePath.parse(name) for name in export.sizes if name.startswith(f"tile/{ENTRIES}/")]
        entries = [decode_bundle(export.read(str(bundle), LARGEST_BUNDLE), bundle.width) for bundle in bundles]
    return [leaf_hash(entry) for entry in chain(*entries) if entry.startswith(BallotLeaf(b"").encode())]
