"""Getting the one manifest that a link or a receipt names, and making sure that it is the one that everybody sees."""

from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from ballotcast.ballots import leaf
from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.leaf import ManifestLeaf
from ballotcast.ballots.manifest import Manifest, ManifestError
from ballotcast.client.api import Api
from ballotcast.client.errors import NotYet, Untrusted
from ballotcast.client.log_reader import LogReader
from ballotcast.crypto import merkle
from ballotcast.elections.amendment_audit import AmendmentAudit, Withdrawn


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


class Published(NamedTuple):
    """What everybody sees of an election: its log's newest checkpoint (signed note), and what was amended under it.

    closes_at: the end in force. amendments: in order. withdrawn: the options that they withdraw.
    """

    checkpoint: str
    closes_at: datetime
    amendments: tuple[AmendmentLeaf, ...] = ()
    withdrawn: Withdrawn = MappingProxyType({})


def verify_published(api: Api, manifest: Manifest, patience: float) -> Published:
    """The log's newest checkpoint, verified, with this manifest as its first leaf and the amendments after it.

    While voting runs, the leaves served are all that the checkpoint is over, so its root proves that none is missing.
    The log starts some seconds after the first mail. NotYet if it is not there after `patience` seconds; Untrusted.
    """
    if manifest.trustees:  # nobody may vote before all of them have signed it, and no route shows yet that they have
        raise Untrusted("it cannot be seen whether the election's trustees have confirmed it")
    log = LogReader(api, manifest)
    statements = api.wait_for(log.statements, patience)
    if statements is None:
        raise NotYet("the election's log has not started yet; try again in a minute")
    note, leaves = statements
    checkpoint = log.open(note)
    if leaves[:1] != [ManifestLeaf(manifest.hash).encode()]:
        raise Untrusted("the log does not begin with this election")
    log.prove_start([merkle.leaf_hash(one) for one in leaves], checkpoint)
    audit = AmendmentAudit(manifest)
    amendments = tuple(_take(audit, one) for one in leaves[1:])
    return Published(note, audit.closes_at, amendments, audit.withdrawn)


def _take(audit: AmendmentAudit, data: bytes) -> AmendmentLeaf:
    try:
        amendment = leaf.parse(data)
    except leaf.LeafError as error:
        raise Untrusted(f"an amendment of the election cannot be read: {error}") from None
    if not isinstance(amendment, AmendmentLeaf):
        raise Untrusted("the log has something else where amendments are")
    if fault := audit.take(amendment):
        raise Untrusted(f"an amendment of the election may not be there: {fault}")
    return amendment
