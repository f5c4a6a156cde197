"""Lost and doubled ballots are found by the receipts; and the stock server does the work that it is compared by."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ballotcast.ballots import receipt
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.merkle import leaf_hash
from ballotcast_tools.bench.load.beside import stock
from ballotcast_tools.bench.load.casting import Casts
from ballotcast_tools.bench.load.checking import compare_log, wrong_receipts
from ballotcast_tools.bench.load.sending import send
from keyed_election import KeyedElection, keyed_election
from voting import new_ballot


@pytest.fixture(scope="module")
def election() -> KeyedElection:
    made = keyed_election(2048)
    return made._replace(manifest=made.manifest.model_copy(update={"contests": made.manifest.contests[:1]}))


@pytest.fixture(scope="module")
def ballots(election: KeyedElection) -> dict[int, bytes]:
    return {number: new_ballot(election.manifest, election.issuer).encode() for number in range(4)}


@pytest.fixture(scope="module")
def receipts(election: KeyedElection, ballots: dict[int, bytes]) -> dict[int, str]:
    der = election.receipt_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = receipt.signer(election.manifest.origin, der)
    return {number: receipt.issue(signer, election.manifest, leaf(ballot)) for number, ballot in ballots.items()}


def leaf(ballot: bytes) -> bytes:
    return leaf_hash(BallotLeaf(ballot).encode())


def test_a_receipt_must_be_for_the_voters_own_ballot(
    election: KeyedElection, ballots: dict[int, bytes], receipts: dict[int, str]
) -> None:
    assert wrong_receipts(election.manifest, ballots, receipts) == set()
    swapped = receipts | {0: receipts[1], 1: receipts[0], 3: ""}
    assert wrong_receipts(election.manifest, ballots, swapped) == {0, 1, 3}


def test_the_log_must_hold_every_acknowledged_ballot_once(ballots: dict[int, bytes], receipts: dict[int, str]) -> None:
    leaves = [leaf(ballot) for ballot in ballots.values()]
    notes = list(receipts.values())

    assert compare_log(leaves, notes, 4) == []
    assert compare_log(leaves, notes[:3], 4) == []  # one voter lost the acknowledgement
    assert compare_log(leaves[1:], notes, 4) == ["1 acknowledged ballots are not in the log"]
    assert compare_log([*leaves, *leaves[:2]], notes, 4) == ["2 ballots are in the log more than once"]
    assert compare_log(leaves, notes[:3], 3) == ["1 ballots more than voters are in the log"]


def test_the_stock_server_takes_each_ballot_once_and_refuses_what_does_not_verify(
    election: KeyedElection, ballots: dict[int, bytes]
) -> None:
    forged = bytearray(ballots[0])
    forged[-1] ^= 1
    with stock(election.manifest, None) as server:
        casts = Casts(server.address, "/ballots", ballots)
        first = send(server.address, casts.each(casts.numbers), at_once=2)
        receipts = casts.receipts()
        again = send(server.address, casts.each(casts.numbers), at_once=2)
        bad = Casts(server.address, "/ballots", {0: bytes(forged), 1: b"short"})
        refused = send(server.address, bad.each(bad.numbers), at_once=1)
        stored = server.stored()

    assert (first.completed, again.completed, stored) == (4, 4, 4)
    assert casts.receipts() == receipts
    assert all(note.startswith("ballotcast/receipt/1\n") for note in receipts.values())
    assert refused.errors.total() == 2
    assert set(refused.errors) == {"status 422"}
