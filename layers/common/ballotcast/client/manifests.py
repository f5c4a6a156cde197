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
    if manifest.trustees:
        require_confirmed(api, manifest)
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


def require_confirmed(api: Api, manifest: Manifest) -> None:
    """Raise Untrusted unless all trustees whom the manifest names made its key, and signed the manifest.

    Else the key could serve a second election with the same trustees and an earlier end.
    """
    # here, because most elections have no trustees, and the rules of trustees take a while to load
    from ballotcast.elections.trustees_audit import difference
    from ballotcast.trustees.confirmation import require_confirmations
    from ballotcast.trustees.faults import CeremonyError
    from ballotcast.trustees.record import CeremonyRecord
    from ballotcast.trustees.transcript import Transcript

    data = api.get(f"/elections/{manifest.election}/ceremony").content
    try:
        record = CeremonyRecord.parse(data)
        transcript = Transcript(record.setup, record.joins, record.deals)
        if fault := difference(transcript, manifest):
            raise Untrusted(f"the election's trustees: {fault}")
        require_confirmations(transcript, manifest.hash, record.confirmations)
    except CeremonyError as error:
        raise Untrusted(f"the election's trustees have not all confirmed it: {error}") from None


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
