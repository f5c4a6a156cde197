"""Reading a log of several tiles: every leaf, every growth, and tiles that lie."""

import secrets
from collections.abc import Iterator
from itertools import pairwise

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from ballotcast.client.api import Api
from ballotcast.client.errors import Untrusted
from ballotcast.client.log_reader import LogReader
from ballotcast.crypto import merkle
from ballotcast.crypto.checkpoint import Checkpoint
from between import Send, api_through
from election_fixture import FrozenElection, frozen_election
from log_fixture import start_log, tell_leaves
from tally.app import create_app as tally_app
from world import World, world

LEAVES = 560


@pytest.fixture(scope="module")
def deployment() -> Iterator[World]:
    """One for all tests here: they only read."""
    with world() as shared:
        yield shared


@pytest.fixture(scope="module")
def election(deployment: World) -> FrozenElection:
    frozen = frozen_election(deployment)
    start_log(frozen)
    return frozen


@pytest.fixture(scope="module")
def history(election: FrozenElection) -> list[Checkpoint]:
    """Checkpoints of a log that grew past its second full tile."""
    reader = LogReader(Api(TestClient(tally_app(election.wiring))), election.manifest)
    checkpoints = [_newest(reader)]
    while checkpoints[-1].size < LEAVES - 2:
        tell_leaves(election, [secrets.token_bytes(32) for _ in range(LEAVES // 5)])
        checkpoints.append(_newest(reader))
    return checkpoints


def _newest(reader: LogReader) -> Checkpoint:
    note = reader.newest_checkpoint()
    assert note
    return reader.open(note)


def leaf_hashes(election: FrozenElection, size: int) -> list[bytes]:
    tiles = election.wiring.log.tiles(election.id, [(0, n) for n in range(-(-size // 256))])
    row = b"".join(tiles[tile] for tile in sorted(tiles))
    return [row[at : at + 32] for at in range(0, size * 32, 32)]


def test_leaves_are_proven_under_every_checkpoint(
    api: Api, election: FrozenElection, history: list[Checkpoint]
) -> None:
    """Also under an older one, whose partial tiles have grown since."""
    reader = LogReader(api, election.manifest)
    hashes = leaf_hashes(election, history[-1].size)
    for checkpoint in history:
        assert merkle.root(hashes[: checkpoint.size]) == checkpoint.root
        for index in {0, checkpoint.size // 2, checkpoint.size - 1}:
            reader.prove_leaf(hashes[index], index, checkpoint)
        with pytest.raises(Untrusted):
            reader.prove_leaf(bytes(32), 0, checkpoint)


def test_growth_is_proven_in_either_order(api: Api, election: FrozenElection, history: list[Checkpoint]) -> None:
    reader = LogReader(api, election.manifest)
    for earlier, later in [*pairwise(history), (history[0], history[-1]), (history[-1], history[-1])]:
        reader.prove_growth(earlier, later)
        reader.prove_growth(later, earlier)
        with pytest.raises(Untrusted, match="rewritten"):
            reader.prove_growth(Checkpoint(earlier.origin, earlier.size, bytes(32)), later)


def test_the_servers_word_for_an_index_is_found(api: Api, election: FrozenElection, history: list[Checkpoint]) -> None:
    reader = LogReader(api, election.manifest)
    hashes = leaf_hashes(election, history[-1].size)
    assert [reader.index_of(hashes[index]) for index in (0, 300)] == [0, 300]
    assert reader.index_of(bytes(32)) is None
    assert not reader.is_final(history[-1])


def test_a_partial_tile_may_have_become_a_full_one(
    http: TestClient, election: FrozenElection, history: list[Checkpoint]
) -> None:
    """C2SP tlog-tiles lets a server forget partial tiles once there is the full one."""
    partial: list[str] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        if ".p/" in request.url.path and "/tile/0/000" in request.url.path:
            partial.append(request.url.path)
            return httpx.Response(404)
        return send()

    early = history[1]
    assert early.size < 256
    reader = LogReader(api_through(http, passing), election.manifest)
    reader.prove_leaf(leaf_hashes(election, 5)[4], 4, early)
    assert partial


def test_tiles_that_lie(http: TestClient, election: FrozenElection, history: list[Checkpoint]) -> None:
    hashes = leaf_hashes(election, 5)
    for lie in (b"", bytes(32), bytes(256 * 32)):

        def passing(request: httpx.Request, send: Send, lie: bytes = lie) -> httpx.Response:
            return httpx.Response(200, content=lie) if "/tile/" in request.url.path else send()

        reader = LogReader(api_through(http, passing), election.manifest)
        with pytest.raises(Untrusted):
            reader.prove_leaf(hashes[4], 4, history[-1])


def test_tiles_that_are_not_served(http: TestClient, election: FrozenElection, history: list[Checkpoint]) -> None:
    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        return httpx.Response(404) if "/tile/" in request.url.path else send()

    reader = LogReader(api_through(http, passing), election.manifest)
    with pytest.raises(Untrusted, match="does not show"):
        reader.prove_leaf(leaf_hashes(election, 5)[4], 4, history[-1])


def test_no_log(api: Api, deployment: World) -> None:
    unlogged = frozen_election(deployment, voters=())
    assert LogReader(api, unlogged.manifest).newest_checkpoint() is None


def test_a_checkpoint_that_is_none(api: Api, election: FrozenElection) -> None:
    reader = LogReader(api, election.manifest)
    for note in ("", "x\n", "a\n1\nb\n\n— x AAAA\n"):
        with pytest.raises(Untrusted):
            reader.open(note)
