"""A step of the count: the issuance ledger, written once from the roll as it stands when nothing is issued any more."""

from functools import cache
from hashlib import sha256
from typing import Any

from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.store.blobs import Blobs
from ballotcast.store.voters import PARTITIONS, Voters
from ballotcast.wiring import Wiring, from_environment

deployed = cache(from_environment)


def ledger_key(election: str) -> str:
    """Where the ledger lies in the bucket."""
    return f"elections/{election}/issuance.csv"


def write_ledger(voters: Voters, blobs: Blobs, election: str) -> Ledger:
    """The ledger of a closed election; what was written before stands."""
    key = ledger_key(election)
    if written := blobs.get(key):
        return Ledger.parse(written)
    roll = (voter for partition in PARTITIONS for voter in voters.in_partition(election, partition))
    ledger = Ledger(LedgerLine(voter.tag, bytes.fromhex(voter.blinded_sha256)) for voter in roll)
    blobs.put(key, ledger.encode(), "text/csv")
    return ledger


def handle(event: dict[str, Any], wiring: Wiring) -> dict[str, Any]:
    """`{election}` → what the seal needs to know of the roll, and where the ledger lies."""
    election = event["election"]
    ledger = write_ledger(wiring.voters, wiring.blobs, election)
    return {
        "election": election,
        "ledger": ledger_key(election),
        "roll_size": ledger.roll_size,
        "roll_root": ledger.roll_root.hex(),
        "issued": ledger.issued,
        "sha256": sha256(ledger.encode()).hexdigest(),
    }


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return handle(event, deployed())
