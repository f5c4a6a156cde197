"""Reading a log of several tiles: every leaf, every growth, and tiles that lie."""

import secrets
from collections.abc import Iterator
from itertools import combinations, pairwise

import httpx2 as httpx
import pytest

from asgi_client import TestClient
from ballotcast.ballots.roll import rolls_digest
from ballotcast.client.api import Api
from ballotcast.client.errors import Untrusted
from ballotcast.client.log_reader import LogReader
from ballotcast.crypto import merkle
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer
from ballotcast.crypto.tile_files import TilePath
from ballotcast.store.vault import Purpose
from between import Send, api_through
from election_fixture import FrozenElection, frozen_election
from log_fixture import grow_roll, start_log
from tally import work
from tally.app import create_app as tally_app
from tally.log.election_log import ElectionLog
from tally.log.sealing import Ledger, seal
from world import World, world

BALLOTS = 560


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
    """Checkpoints of a log: its beginning, three amendments later, and sealed past its second full tile."""
    reader = LogReader(Api(TestClient(tally_app(election.wiring))), election.manifest)
    checkpoints = [_newest(reader)]
    grow_roll(election, [5, 6, 7])
    checkpoints.append(_newest(reader))
    signer = Signer.from_pkcs8(election.manifest.origin, election.private_key(Purpose.LOG))
    wiring = election.wiring
    log = ElectionLog(wiring.log, wiring.amendments, election.manifest, signer)
    ledger = Ledger(
        log.refresh().amendments, rolls_digest((roll.size, roll.root) for roll in log.amended().rolls), 0, bytes(32)
    )
    run = b"".join(sorted(secrets.token_bytes(32) for _ in range(BALLOTS)))
    seal(log, wiring.blobs, [run], ledger, election.manifest.closes_at)
    checkpoints.append(_newest(reader))
    return checkpoints


def _newest(reader: LogReader) -> Checkpoint:
    note = reader.newest_checkpoint()
    assert note
    return reader.open(note)


def leaf_hashes(election: FrozenElection) -> list[bytes]:
    """Of the sealed log."""
    row = work.read(election.wiring.blobs, work.log_key(election.id))
    return [row[at : at + 32] for at in range(0, len(row), 32)]


def test_leaves_are_proven_under_every_checkpoint(
    api: Api, election: FrozenElection, history: list[Checkpoint]
) -> None:
    """Also under an older one, whose partial tiles have grown since."""
    reader = LogReader(api, election.manifest)
    hashes = leaf_hashes(election)
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


class Damaged(LogReader):
    """Reads the log over a line that changes a bit of the first hash of every answer."""

    def _fetch(self, path: TilePath) -> bytes:
        data = super()._fetch(path)
        return bytes([data[0] ^ 1]) + data[1:]


def test_a_damaged_answer_is_not_called_a_rewritten_log(
    api: Api, election: FrozenElection, history: list[Checkpoint]
) -> None:
    reader = Damaged(api, election.manifest)
    said = set()
    for earlier, later in combinations(history, 2):
        try:
            reader.prove_growth(earlier, later)
        except Untrusted as error:  # else no first hash of a tile was needed
            said.add(str(error).partition(":")[2])
    assert said == {" ask again"}


def test_every_ballot_is_found_without_naming_it(
    http: TestClient, election: FrozenElection, history: list[Checkpoint]
) -> None:
    asked: list[str] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        asked.append(str(request.url))
        return send()

    reader, hashes = LogReader(api_through(http, passing), election.manifest), leaf_hashes(election)
    for index in (4, 5, 255, 256, 300, 562, 563):
        asked.clear()
        assert reader.find_ballot(hashes[index], BALLOTS, history[-1]) == index
        assert len(asked) < 12
        assert all("/log/tile/" in one and hashes[index].hex() not in one for one in asked)


def test_a_ballot_is_proved_to_be_absent(api: Api, election: FrozenElection, history: list[Checkpoint]) -> None:
    """Between two neighbours, before the first one, behind the last one, and where there is none at all."""
    reader, hashes = LogReader(api, election.manifest), leaf_hashes(election)
    for absent in (bytes(32), after(hashes[4]), after(hashes[255]), after(hashes[300]), b"\xff" * 32, hashes[0]):
        assert isinstance(reader.find_ballot(absent, BALLOTS, history[-1]), tuple)
    assert reader.find_ballot(hashes[300], 0, history[-1]) == ()


def after(leaf_hash: bytes) -> bytes:
    return (int.from_bytes(leaf_hash) + 1).to_bytes(32)


def test_more_ballots_than_a_log_can_have(api: Api, election: FrozenElection, history: list[Checkpoint]) -> None:
    reader = LogReader(api, election.manifest)
    for ballots in (history[-1].size - 1, history[-1].size, 2**53 - 1):
        with pytest.raises(Untrusted, match="more ballots"):
            reader.find_ballot(bytes(32), ballots, history[-1])


def test_tiles_that_lie_hide_no_ballot(http: TestClient, election: FrozenElection, history: list[Checkpoint]) -> None:
    """Neither as absent nor in another place: the neighbours that they show must be under the signed root."""
    hashes = leaf_hashes(election)
    lied = [*hashes[:300], after(hashes[300]), *hashes[301:]]

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        if "/tile/0/001" not in request.url.path:
            return send()
        return httpx.Response(200, content=b"".join(lied[256:512]))

    reader = LogReader(api_through(http, passing), election.manifest)
    for leaf in (hashes[300], lied[300]):
        with pytest.raises(Untrusted, match="not where"):
            reader.find_ballot(leaf, BALLOTS, history[-1])


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
    reader.prove_leaf(leaf_hashes(election)[3], 3, early)
    assert partial


def test_tiles_that_lie(http: TestClient, election: FrozenElection, history: list[Checkpoint]) -> None:
    hashes = leaf_hashes(election)
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
        reader.prove_leaf(leaf_hashes(election)[3], 3, history[-1])


def test_no_log(api: Api, deployment: World) -> None:
    unlogged = frozen_election(deployment, voters=())
    assert LogReader(api, unlogged.manifest).newest_checkpoint() is None


def test_a_checkpoint_that_is_none(api: Api, election: FrozenElection) -> None:
    reader = LogReader(api, election.manifest)
    for note in ("", "x\n", "a\n1\nb\n\n— x AAAA\n"):
        with pytest.raises(Untrusted):
            reader.open(note)
