"""The public log: checkpoint, tiles, entries, leaves and turnout, as a monitor or a voter's client reads them."""

from collections.abc import Iterator

import pytest

from api_events import TestClient
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.leaf import BallotLeaf, ManifestLeaf
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Verifier
from ballotcast.crypto.tile_files import TilePath, decode_bundle
from ballotcast.store.queues import amendments_message
from ballotcast.store.transaction import transact
from counted_election import close_and_count, deliver, leaf_of, sqs_event, vote
from deliveries import amendment
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from tally.app import create_app
from tally.sequencer import Sequencer
from world import World

VOTERS = tuple(f"voter{number}@example.org" for number in range(5))


@pytest.fixture
def client(deployment: World) -> Iterator[TestClient]:
    with TestClient(create_app(deployment.wiring())) as client:
        yield client


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    """Its log has begun, and nobody has voted."""
    election = frozen_election(deployment, voters=VOTERS)
    start = amendments_message(election.id, 0)
    assert Sequencer(election.wiring).handle(sqs_event(start)) == {"batchItemFailures": []}
    return election


@pytest.fixture
def ballots(election: FrozenElection) -> list[Ballot]:
    """Five, of which two wait."""
    cast = [vote(election, email, [(1,)]) for email in VOTERS]
    deliver(election, *cast)
    return cast


def checkpoint(client: TestClient, election: FrozenElection) -> Checkpoint:
    note = client.get(f"/elections/{election.id}/log/checkpoint").text
    return Checkpoint.open(note, Verifier(election.manifest.origin, election.manifest.log_pk))


def test_the_log_begins_with_the_manifest(client: TestClient, election: FrozenElection) -> None:
    response = client.get(f"/elections/{election.id}/log/checkpoint")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=5"
    manifest_leaf = merkle.leaf_hash(ManifestLeaf(election.manifest.hash).encode())
    assert checkpoint(client, election) == Checkpoint(election.manifest.origin, 1, manifest_leaf)


def test_every_path_is_404_before_the_log_exists(client: TestClient) -> None:
    for path in ("turnout", "log/checkpoint", "log/tile/0/000.p/1", f"leaves/{'0' * 64}"):
        assert_problem(client.get(f"/elections/0123456789abcdef/{path}"), 404, "no-log")


def test_turnout_is_as_of_the_checkpoint(client: TestClient, election: FrozenElection, ballots: list[Ballot]) -> None:
    turnout = client.get(f"/elections/{election.id}/turnout").json()
    assert turnout.pop("checkpoint") == client.get(f"/elections/{election.id}/log/checkpoint").text
    assert turnout == {"issued": 0, "cast": 3, "size": 4, "final": False, "closed_at": None}


def test_an_early_close_is_public_at_once(client: TestClient, deployment: World, election: FrozenElection) -> None:
    """Before the log is sealed: its checkpoint is not the final one yet."""
    election.close()
    turnout = client.get(f"/elections/{election.id}/turnout").json()
    assert (turnout["closed_at"], turnout["final"]) == (to_rfc3339(deployment.clock()), False)


def test_a_logged_ballot_is_proved_from_tiles_alone(
    client: TestClient, election: FrozenElection, ballots: list[Ballot]
) -> None:
    logged = [ballot for ballot in ballots if _leaf(client, election, ballot).status_code == 200]
    assert len(logged) == 3
    index = _leaf(client, election, logged[0]).json()["index"]
    signed = checkpoint(client, election)

    def read(level: int, n: int, width: int) -> bytes:
        response = client.get(f"/elections/{election.id}/log/{TilePath(level, n, width)}")
        assert response.headers["content-type"] == "application/octet-stream"
        assert "immutable" in response.headers["cache-control"]
        return response.content

    proof = tiles.inclusion_proof_from_tiles(index, signed.size, read)
    assert merkle.verify_inclusion(leaf_of(logged[0]), index, signed.size, proof, signed.root)


def test_a_waiting_ballot_and_an_unknown_leaf_look_the_same(
    client: TestClient, election: FrozenElection, ballots: list[Ballot]
) -> None:
    waiting = [ballot for ballot in ballots if _leaf(client, election, ballot).status_code == 404]
    assert len(waiting) == 2
    assert_problem(_leaf(client, election, waiting[0]), 404, "no-leaf")
    assert_problem(client.get(f"/elections/{election.id}/leaves/{'0' * 64}"), 404, "no-leaf")


def test_nothing_is_served_beyond_the_signed_checkpoint(
    client: TestClient, election: FrozenElection, ballots: list[Ballot]
) -> None:
    """A crash between append and signature: the leaves are there, the checkpoint over them is not."""
    board, key = election.wiring.board, (f"LOG#{election.id}", "CHECKPOINT")
    signed = board.get(*key)
    assert signed
    board.put({**signed, "size": 2})
    assert client.get(f"/elections/{election.id}/log/tile/0/000.p/2").status_code == 200
    assert_problem(client.get(f"/elections/{election.id}/log/tile/0/000.p/3"), 404, "no-tile")
    indexes = {_leaf(client, election, ballot).json().get("index") for ballot in ballots}
    assert indexes == {None, 1}


BAD_PATHS = ("0/0", "0/000.p/0", "0/000.p/256", "0/000.p/01", "64/000", "00/000", "0/x000/001", "-1/000", "entries/0")


@pytest.mark.parametrize("path", [*BAD_PATHS, "0/000", "0/000.p/5", "1/000.p/1", "0/x123/456", "63/000.p/1"])
def test_a_tile_that_is_not_there(
    client: TestClient, election: FrozenElection, ballots: list[Ballot], path: str
) -> None:
    assert_problem(client.get(f"/elections/{election.id}/log/tile/{path}"), 404, "no-tile")


def test_a_leaf_is_named_by_lower_case_hex(client: TestClient, election: FrozenElection) -> None:
    for name in ("0" * 63, "A" * 64, "g" * 64):
        assert_problem(client.get(f"/elections/{election.id}/leaves/{name}"), 422, "invalid", "/path/leaf_hash")


def test_a_later_roll_is_a_leaf(client: TestClient, election: FrozenElection) -> None:
    wiring = election.wiring
    transact(wiring.dynamodb, [wiring.amendments.adding(election.id, 1, amendment(1, 9).encode())])
    Sequencer(wiring).handle(sqs_event(amendments_message(election.id, 1)))
    assert checkpoint(client, election).size == 2


def test_entries_only_after_the_count(
    client: TestClient, deployment: World, election: FrozenElection, ballots: list[Ballot]
) -> None:
    path = f"/elections/{election.id}/log/tile/entries/000.p/"
    assert_problem(client.get(f"{path}4"), 403, "not-counted")
    close_and_count(deployment, election)
    assert client.get(f"/elections/{election.id}/log/checkpoint").headers["cache-control"] == "public, max-age=3600"
    whole = decode_bundle(client.get(f"{path}7").content, 7)
    assert {BallotLeaf(ballot.encode()).encode() for ballot in ballots} < set(whole)
    assert decode_bundle(client.get(f"{path}3").content, 3) == whole[:3]
    assert_problem(client.get(f"{path}8"), 404, "no-tile")
    turnout = client.get(f"/elections/{election.id}/turnout").json()
    assert (turnout["issued"], turnout["cast"], turnout["final"]) == (5, 5, True)


def _leaf(client: TestClient, election: FrozenElection, ballot: Ballot):  # type: ignore[no-untyped-def]
    return client.get(f"/elections/{election.id}/leaves/{leaf_of(ballot).hex()}")
