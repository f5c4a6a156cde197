"""The count itself: what all ballots say, merged and counted under the manifest's rules."""

import json
from typing import Any

from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import p256
from ballotcast.crypto.encoding import hex_decode
from ballotcast.elections.amendment_audit import AmendmentAudit
from ballotcast.elections.result import count_election
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import ClosedElection, CountStopped


def count(wiring: Wiring, election: ClosedElection, voters: int) -> dict[str, Any]:
    """Write result and sentences → `{counted, spoilt}`. CountStopped unless it accounts for every ballot of the log.

    voters: how many could have voted, by the ledger."""
    manifest, sealed = election.manifest, election.log
    keys = (work.counts_key(election.id, bucket) for bucket in work.buckets(sealed.head.size))
    plaintexts, spoilt = work.read_counts(wiring.blobs, keys)
    amended = _amended(wiring, manifest, sealed.ballots.start)
    key, root = _published_key(wiring, manifest), sealed.checkpoint.root
    result = count_election(manifest, key, root, plaintexts, spoilt, amended.withdrawn, voters=voters)
    if result.counted + len(spoilt) != len(sealed.ballots):
        raise CountStopped(f"{result.counted} counted and {len(spoilt)} spoilt ballots, of {len(sealed.ballots)} cast")
    why = json.dumps([contest.why for contest in result.contests], ensure_ascii=False)
    wiring.blobs.put(work.why_key(election.id), why.encode(), work.JSON)
    wiring.blobs.put(work.result_key(election.id), result.encode(), work.JSON)
    return {"counted": result.counted, "spoilt": len(spoilt)}


def _amended(wiring: Wiring, manifest: Manifest, statements: int) -> AmendmentAudit:
    """What the log's amendments say: its leaves after the manifest's and before the ballots."""
    leaves = list(wiring.log.entries(manifest.election, most=statements))
    if len(leaves) != statements:
        raise CountStopped(f"the log has {len(leaves)} leaves before its ballots, and should have {statements}")
    try:
        return AmendmentAudit.over(manifest, leaves[1:])
    except ValueError as error:
        raise CountStopped(str(error)) from None


def _published_key(wiring: Wiring, manifest: Manifest) -> bytes:
    """The election key that everybody will draw the lots with. CountStopped unless it is the manifest's."""
    published = work.read(wiring.blobs, work.election_key_key(manifest.election))
    try:
        key = p256.from_scalar(hex_decode(published.decode("ascii")))
    except ValueError:
        raise CountStopped("the published election key is not a key") from None
    if p256.point(key) != manifest.election_pk:
        raise CountStopped("the published election key is not the one of the manifest")
    return p256.scalar(key)
