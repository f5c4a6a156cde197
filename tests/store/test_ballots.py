"""The ballot box: one ballot for a credential, whatever is repeated, and rows that hold nothing else."""

from hashlib import sha256

import pytest

from ballotcast.store.ballots import PARTITIONS, VK, AlreadyCast, Ballots, ballot_key, ballot_pk
from ballotcast.store.table import Table

ELECTION = "0123456789abcdef"


@pytest.fixture
def ballots(board: Table) -> Ballots:
    return Ballots(board)


def ballot(credential: int, choice: int = 0) -> bytes:
    """As long as a ballot's head; only where the credential's key stands matters to the box."""
    head = bytearray(VK.stop)
    head[VK] = b"\x04" + credential.to_bytes(64)
    return bytes(head) + choice.to_bytes(400)


def test_the_key_is_the_hash_of_the_credentials_key() -> None:
    assert ballot_key(ballot(7)) == sha256(b"\x04" + (7).to_bytes(64)).hexdigest()


def test_a_ballot_is_put_in_once_and_found_again(ballots: Ballots) -> None:
    assert ballots.find(ELECTION, ballot(1)) is None
    ballots.cast(ELECTION, ballot(1))
    with pytest.raises(AlreadyCast) as again:
        ballots.cast(ELECTION, ballot(1))
    assert again.value.ballot == ballot(1)
    assert ballots.find(ELECTION, ballot(1)) == ballot(1)


def test_another_ballot_of_the_credential_finds_the_first(ballots: Ballots) -> None:
    ballots.cast(ELECTION, ballot(1, choice=1))
    with pytest.raises(AlreadyCast) as other:
        ballots.cast(ELECTION, ballot(1, choice=2))
    assert other.value.ballot == ballot(1, choice=1)
    assert ballots.find(ELECTION, ballot(1, choice=2)) == ballot(1, choice=1)


def test_elections_have_boxes_of_their_own(ballots: Ballots) -> None:
    ballots.cast(ELECTION, ballot(1))
    ballots.cast("fedcba9876543210", ballot(1, choice=2))
    assert ballots.find(ELECTION, ballot(1)) == ballot(1)


def test_a_row_holds_its_key_and_the_ballot(ballots: Ballots, board: Table) -> None:
    ballots.cast(ELECTION, ballot(1))
    key = ballot_key(ballot(1))
    pk = ballot_pk(ELECTION, key[:2])
    assert board.get(pk, key) == {"pk": pk, "sk": key, "b": ballot(1)}


def test_every_ballot_is_in_one_partition(ballots: Ballots) -> None:
    cast = {ballot(number) for number in range(40)}
    for one in cast:
        ballots.cast(ELECTION, one)
    found = [one for partition in PARTITIONS for one in ballots.in_partition(ELECTION, partition)]
    assert len(found) == len(cast)
    assert set(found) == cast
    partition = ballot_key(ballot(3))[:2]
    assert ballot(3) in set(ballots.in_partition(ELECTION, partition))
