"""The public log: checkpoint, tiles, entries and turnout, as a monitor or a voter's client reads them."""

from collections.abc import Iterator

import pytest

from api_events import TestClient
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.door import Door
from ballotcast.ballots.leaf import BallotLeaf, ManifestLeaf
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Verifier
from ballotcast.crypto.tile_files import TilePath, decode_bundle
from counted_election import close_and_count, leaf_of, vote
from election_fixture import FrozenElection, frozen_election
from log_fixture import grow_roll, start_log
from problem import assert_problem
from tally.app import create_app
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
    start_log(election)
    return election


@pytest.fixture
def ballots(election: FrozenElection) -> list[Ballot]:
    return [vote(election, email, [(1,)]) for email in VOTERS]


@pytest.fixture
def counted(deployment: World, election: FrozenElection, ballots: list[Ballot]) -> FrozenElection:
    close_and_count(deployment, election)
    return election


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
    for path in ("turnout", "log/checkpoint", "log/tile/0/000.p/1"):
        assert_problem(client.get(f"/elections/0123456789abcdef/{path}"), 404, "no-log")


def test_turnout_is_rounded_down_until_the_log_is_sealed(client: TestClient, election: FrozenElection) -> None:
    election.wiring.log.add(election.id, "issued", 128, "one")
    election.wiring.log.add(election.id, "cast", 19, "one")
    turnout = client.get(f"/elections/{election.id}/turnout").json()
    assert turnout.pop("checkpoint") == client.get(f"/elections/{election.id}/log/checkpoint").text
    assert turnout == {
        "issued": 120,
        "cast": 10,
        "size": 1,
        "final": False,
        "closes_at": None,
        "closed_at": None,
        "statement": None,
    }


def test_no_ballot_leaf_exists_while_voting_lasts(
    client: TestClient, election: FrozenElection, ballots: list[Ballot]
) -> None:
    """So that nobody learns from the log when a ballot was cast, or that all before an amendment are not theirs."""
    grow_roll(election, [9])
    signed = checkpoint(client, election)
    tile = client.get(f"/elections/{election.id}/log/tile/0/000.p/2").content
    assert (signed.size, signed.root) == (2, merkle.node_hash(tile[:32], tile[32:]))
    assert not [ballot for ballot in ballots if leaf_of(ballot) in tile]
    assert not list(election.wiring.blobs.keys("elections/"))


def test_the_door_is_public_once_it_is_shut(
    client: TestClient, deployment: World, election: FrozenElection, ballots: list[Ballot]
) -> None:
    path = f"/elections/{election.id}/log/door"
    assert_problem(client.get(path), 404, "no-door")
    close_and_count(deployment, election)
    answer = client.get(path)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert Door.open(answer.text, election.manifest) == Door(election.manifest.closes_at, len(ballots), len(VOTERS))


def test_an_early_close_is_public_at_once(client: TestClient, deployment: World, election: FrozenElection) -> None:
    """Before the log is sealed: its checkpoint is not the final one yet."""
    election.close()
    turnout = client.get(f"/elections/{election.id}/turnout").json()
    assert (turnout["closed_at"], turnout["final"]) == (to_rfc3339(deployment.clock()), False)


def test_each_ballot_is_proved_from_tiles_alone(
    client: TestClient, counted: FrozenElection, ballots: list[Ballot]
) -> None:
    signed = checkpoint(client, counted)

    def read(level: int, n: int, width: int) -> bytes:
        response = client.get(f"/elections/{counted.id}/log/{TilePath(level, n, width)}")
        assert response.headers["content-type"] == "application/octet-stream"
        assert "immutable" in response.headers["cache-control"]
        return response.content

    for index, leaf in enumerate(sorted(map(leaf_of, ballots)), 1):
        proof = tiles.inclusion_proof_from_tiles(index, signed.size, read)
        assert merkle.verify_inclusion(leaf, index, signed.size, proof, signed.root)


def test_a_tile_of_a_sealed_log_begins_with_what_it_was_before(
    client: TestClient, deployment: World, election: FrozenElection, ballots: list[Ballot]
) -> None:
    path = f"/elections/{election.id}/log/tile/0/000.p/"
    before = client.get(f"{path}1").content
    close_and_count(deployment, election)
    whole = client.get(f"{path}7").content
    assert [client.get(f"{path}{width}").content for width in (1, 4)] == [before, whole[:128]]
    assert len(whole) == 7 * 32


def test_nothing_is_served_beyond_the_signed_checkpoint(client: TestClient, election: FrozenElection) -> None:
    """A crash between append and signature: the leaves are there, the checkpoint over them is not."""
    grow_roll(election, [7, 9])
    board, key = election.wiring.board, (f"LOG#{election.id}", "CHECKPOINT")
    signed = board.get(*key)
    assert signed
    board.put({**signed, "size": 2})
    assert len(client.get(f"/elections/{election.id}/log/tile/0/000.p/2").content) == 64
    assert_problem(client.get(f"/elections/{election.id}/log/tile/0/000.p/3"), 404, "no-tile")


def test_tiles_of_a_log_of_many_amendments(client: TestClient, election: FrozenElection) -> None:
    """Before the close: of two levels, the first of them in two tiles."""
    grow_roll(election, range(6, 306))
    signed = checkpoint(client, election)

    def read(level: int, n: int, width: int) -> bytes:
        return client.get(f"/elections/{election.id}/log/{TilePath(level, n, width)}").content

    assert (signed.size, signed.root) == (301, tiles.root_from_tiles(301, read))


BAD_PATHS = ("0/0", "0/000.p/0", "0/000.p/256", "0/000.p/01", "64/000", "00/000", "0/x000/001", "-1/000", "entries/0")


@pytest.mark.parametrize("path", [*BAD_PATHS, "0/000", "0/000.p/5", "1/000.p/1", "0/x123/456", "63/000.p/1"])
def test_a_tile_that_is_not_there(
    client: TestClient, election: FrozenElection, ballots: list[Ballot], path: str
) -> None:
    assert_problem(client.get(f"/elections/{election.id}/log/tile/{path}"), 404, "no-tile")


def test_entries_only_after_the_count(
    client: TestClient, deployment: World, election: FrozenElection, ballots: list[Ballot]
) -> None:
    path = f"/elections/{election.id}/log/tile/entries/000.p/"
    assert_problem(client.get(f"{path}1"), 403, "not-counted")
    close_and_count(deployment, election)
    assert client.get(f"/elections/{election.id}/log/checkpoint").headers["cache-control"] == "public, max-age=3600"
    whole = decode_bundle(client.get(f"{path}7").content, 7)
    assert {BallotLeaf(ballot.encode()).encode() for ballot in ballots} < set(whole)
    assert decode_bundle(client.get(f"{path}3").content, 3) == whole[:3]
    assert_problem(client.get(f"{path}8"), 404, "no-tile")
    turnout = client.get(f"/elections/{election.id}/turnout").json()
    assert (turnout["issued"], turnout["cast"], turnout["final"]) == (5, 5, True)
