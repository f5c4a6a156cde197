"""The steps of the close machine and of the turnout machine that read the roll.

The issuance ledger is written once, when nothing is issued any more. It has the voters whom the manifest or an
amendment states; nobody else was ever invited.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.roll import rolls_digest
from ballotcast.elections.turnout import rounded
from ballotcast.store.election import Election
from ballotcast.store.voter import PARTITIONS
from ballotcast.store.voters import Voters
from ballotcast.wiring import Wiring, from_environment

deployed = cache(from_environment)


def ledger_key(election: str) -> str:
    """Return where the ledger lies in the bucket."""
    return f"elections/{election}/issuance.csv"


def write_ledger(wiring: Wiring, election: Election) -> Ledger:
    """Return the ledger of a closed election; what was written before stands."""
    key = ledger_key(election.id)
    if written := wiring.blobs.get(key):
        return Ledger.parse(written)
    ledger = Ledger(_lines(wiring.voters, election))
    wiring.blobs.put(key, ledger.encode(), "text/csv")
    return ledger


def _lines(voters: Voters, election: Election) -> Iterator[LedgerLine]:
    for partition in PARTITIONS:
        for voter in voters.in_partition(election.id, partition):
            added = election.added(voter.generation)
            if added is not None:
                used = bytes.fromhex(voter.blinded_sha256)
                yield LedgerLine(voter.tag, added, voter.ended, voter.replaces, used)


def handle(event: dict[str, Any], wiring: Wiring) -> dict[str, Any]:
    """`{step: "ledger", election}` → what the seal needs to know of the roll, and where the ledger lies.

    `{step: "turnout", election}` → `{issued}`: so many credentials or more, rounded down.
    """
    match event["step"]:
        case "ledger":
            return _ledger(event, wiring)
        case "turnout":
            return {"issued": rounded(count_issued(wiring.voters, event["election"]))}
    raise ValueError("no such step")


def count_issued(voters: Voters, election: str) -> int:
    """Credentials that were issued, while others may be: a credential is never taken back."""
    return sum(voter.issued for partition in PARTITIONS for voter in voters.in_partition(election, partition))


def _ledger(event: dict[str, Any], wiring: Wiring) -> dict[str, Any]:
    election = wiring.elections.find(event["election"])
    if election is None:
        raise LookupError(f"there is no election {event['election']}")
    ledger = write_ledger(wiring, election)
    rolls = ledger.rolls(election.roll_revision)
    return {
        "election": election.id,
        "ledger": ledger_key(election.id),
        "amendments": election.amendments,
        "rolls": rolls_digest(rolls).hex(),
        "voters": ledger.voters,
        "issued": ledger.issued,
        "sha256": sha256(ledger.encode()).hexdigest(),
    }


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return handle(event, deployed())
