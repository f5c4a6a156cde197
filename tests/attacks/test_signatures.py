"""Attack 8 of protocol 1: the board turns a ballot into another one that says the same, and keeps the receipt."""

from pathlib import Path

import pytest

from api_events import TestClient
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.elections.verification import Outcome, verify_export
from election_fixture import FrozenElection, frozen_election
from forged_export import Forger, write
from problem import assert_problem
from vote.app import create_app
from voting import new_ballot
from world import World

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def negated(ballot: bytes) -> bytes:
    """A ballot with the other value of s: to ECDSA alone, it holds as well."""
    return ballot[:-32] + (ORDER - int.from_bytes(ballot[-32:])).to_bytes(32)


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


def test_the_board_does_not_take_the_other_one(deployment: World, election: FrozenElection) -> None:
    ballot = new_ballot(election.manifest, election.issuer).encode()
    with TestClient(create_app(deployment.wiring())) as client:
        answer = client.post(f"/elections/{election.id}/ballots", json={"ballot": b64u_encode(negated(ballot))})
        assert_problem(answer, 422, "bad-ballot-signature", "/ballot")
        assert client.post(f"/elections/{election.id}/ballots", json={"ballot": b64u_encode(ballot)}).status_code == 201


def test_a_log_that_holds_the_other_one_is_refused(tmp_path: Path) -> None:
    """So the voter's own bytes are the only ballot that their credential can have in the log."""
    forger = Forger()
    first, ballot, last = forger.entries([forger.ballot()])
    turned = BallotLeaf(negated(ballot[1:])).encode()
    for entries, ok in (([first, ballot, last], True), ([first, turned, last], False)):
        report = verify_export(write(tmp_path / "e.zip", forger.files(entries)))
        assert report.ok is ok
        assert {check.name for check in report.checks if check.outcome is Outcome.FAILED} == (
            set() if ok else {"ballots"}
        )
