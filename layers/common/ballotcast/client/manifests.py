"""Getting the one manifest that a link or a receipt names, and making sure that it is the one that everybody sees."""

from ballotcast.ballots.leaf import ManifestLeaf
from ballotcast.ballots.manifest import Manifest, ManifestError
from ballotcast.client.api import Api
from ballotcast.client.errors import NotYet, Untrusted
from ballotcast.client.log_reader import LogReader
from ballotcast.crypto import merkle


def fetch_manifest(api: Api, election: str, manifest_hash: bytes) -> Manifest:
    """The election's manifest. Untrusted unless it is the one with this hash (32 bytes), and names this election."""
    data = api.get(f"/elections/{election}/manifest").content
    try:
        manifest = Manifest.parse(data)
    except ManifestError as error:
        raise Untrusted(f"the election's manifest cannot be read: {error}") from None
    if manifest.hash != manifest_hash or manifest.election != election:
        raise Untrusted("the election shown is not the one that this link or receipt names")
    return manifest


def verify_published(api: Api, manifest: Manifest, patience: float) -> str:
    """The log's newest checkpoint (signed note), verified, with this manifest as its first leaf.

    The log starts some seconds after the first mail. NotYet if it is not there after `patience` seconds; Untrusted.
    """
    log = LogReader(api, manifest)
    note = api.wait_for(log.newest_checkpoint, patience)
    if note is None:
        raise NotYet("the election's log has not started yet; try again in a minute")
    log.prove_leaf(merkle.leaf_hash(ManifestLeaf(manifest.hash).encode()), 0, log.open(note))
    return note
