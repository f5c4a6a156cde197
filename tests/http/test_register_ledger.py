"""The count's first look at the roll: a ledger that anyone can check, written once."""

from hashlib import sha256

import pytest

from api_events import TestClient
from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.roll import roll_root, rolls_digest
from ballotcast.crypto.encoding import b64u_encode
from election_fixture import VOTERS, FrozenElection, frozen_election
from register.app import create_app
from register.ledger import handle, ledger_key
from voting import new_request
from world import World

ADA = VOTERS[0]


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    """Ada has a credential, the others have none."""
    return frozen_election(deployment)


@pytest.fixture
def blinded(deployment: World, election: FrozenElection) -> bytes:
    value = new_request(election.manifest).blinding.blinded
    client, body = (
        TestClient(create_app(deployment.wiring())),
        {"link": election.link(ADA), "blinded": b64u_encode(value)},
    )
    assert client.post(f"/elections/{election.id}/credentials", json=body).status_code == 200
    return value


def written(election: FrozenElection) -> bytes:
    content = election.wiring.blobs.get(ledger_key(election.id))
    assert content
    return content


def test_the_ledger_has_a_line_for_each_voter(election: FrozenElection, blinded: bytes) -> None:
    told = handle({"step": "ledger", "election": election.id}, election.wiring)
    expected = {voter.tag: LedgerLine(voter.tag) for voter in election.voters.values()}
    ada = election.voters[ADA].tag
    expected[ada] = LedgerLine(ada, blinded_sha256=sha256(blinded).digest())
    assert {line.tag: line for line in Ledger.parse(written(election)).lines} == expected
    assert told == {
        "election": election.id,
        "ledger": f"elections/{election.id}/issuance.csv",
        "amendments": 0,
        "rolls": rolls_digest([(3, election.manifest.roll_root)]).hex(),
        "voters": 3,
        "issued": 1,
        "sha256": sha256(written(election)).hexdigest(),
    }


def test_it_holds_nobodys_address(election: FrozenElection, blinded: bytes) -> None:
    handle({"step": "ledger", "election": election.id}, election.wiring)
    assert b"@" not in written(election)
    assert election.voters[ADA].key.encode() not in written(election)


def test_a_repeated_step_finds_what_was_written(election: FrozenElection, blinded: bytes) -> None:
    first = handle({"step": "ledger", "election": election.id}, election.wiring)
    before = written(election)
    election.wiring.voters.issue(
        election.id, election.voters[VOTERS[1]].key, election.links[VOTERS[1]].token_hash.hex(), "ab" * 32
    )
    assert handle({"step": "ledger", "election": election.id}, election.wiring) == first
    assert written(election) == before


def test_erased_voters_keep_their_lines(election: FrozenElection, blinded: bytes) -> None:
    for voter in election.voters.values():
        election.wiring.voters.erase(voter)
    told = handle({"step": "ledger", "election": election.id}, election.wiring)
    assert (told["voters"], told["issued"]) == (3, 1)


def test_an_empty_roll(deployment: World) -> None:
    empty = frozen_election(deployment, voters=())
    told = handle({"step": "ledger", "election": empty.id}, empty.wiring)
    assert (told["voters"], told["rolls"], told["issued"]) == (0, rolls_digest([(0, roll_root([]))]).hex(), 0)
