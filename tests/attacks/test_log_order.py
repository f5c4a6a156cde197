"""Attacks 3, 4 and 9 of protocol 1: what the order of the log, its growth and a check tell of single voters."""

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.roll import roll_root
from ballotcast.client.api import Api
from ballotcast.client.log_reader import LogReader
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.elections.verification import Outcome, verify_export
from between import Send, api_through
from counted_election import close_and_count, leaf_of, vote
from election_fixture import frozen_election
from forged_export import OPENS, Forger, write
from log_fixture import grow_roll, start_log
from tally.app import create_app
from world import World

INVENTED = 12


@pytest.fixture
def client(deployment: World) -> Iterator[TestClient]:
    with TestClient(create_app(deployment.wiring())) as client:
        yield client


def failures(path: Path) -> set[str]:
    return {check.name for check in verify_export(path).checks if check.outcome is Outcome.FAILED}


def test_an_organiser_who_invented_all_but_one_voter_learns_no_leaf(deployment: World, client: TestClient) -> None:
    """Attack 3: the organiser knows its own leaves, and polls the log before and after the one real voter's cast."""
    voters = [f"voter{number}@example.org" for number in range(INVENTED + 1)]
    election = frozen_election(deployment, voters=voters)
    start_log(election)
    log = f"/elections/{election.id}/log"
    seen = {client.get(f"{log}/checkpoint").text}
    ballots = []
    for voter in voters:
        ballots.append(leaf_of(vote(election, voter, [(1,)])))
        seen.add(client.get(f"{log}/checkpoint").text)
    assert len(seen) == 1
    close_and_count(deployment, election)
    tile = client.get(f"{log}/tile/0/000.p/{len(ballots) + 2}").content
    assert [tile[at : at + 32] for at in range(32, len(tile) - 32, 32)] == sorted(ballots)


def test_a_log_in_the_order_of_its_casts_is_refused(tmp_path: Path) -> None:
    forger = Forger()
    first, *ballots, _ = forger.entries([forger.ballot() for _ in range(4)])
    arrived = [*ballots[1:], ballots[0]]
    path = write(tmp_path / "e.zip", forger.files(forger.closed([first, *arrived])))
    assert failures(path) == {"order"}


def test_an_amendment_tells_nothing_of_the_ballots_before_it(
    deployment: World, client: TestClient, tmp_path: Path
) -> None:
    """Attack 4: who adds a voter late sees that all ballots before the amendment are not theirs."""
    election = frozen_election(deployment)
    start_log(election)
    before = leaf_of(vote(election, "ada@example.org", [(1,)]))
    grow_roll(election, [4])
    tile = client.get(f"/elections/{election.id}/log/tile/0/000.p/2").content
    assert before not in tile
    forger = Forger()
    tags = [*forger.tags, b"\xff" * 32]
    roll = RollRevision(revision=1, roll_size=len(tags), roll_root=roll_root(tags))
    amendment = AmendmentLeaf(at=OPENS, reason="Voters were added", roll=roll).encode()
    first, *ballots, _ = forger.entries([forger.ballot() for _ in range(4)])
    entries = forger.closed([first, *ballots[:2], amendment, *ballots[2:]])
    assert "leaves" in failures(write(tmp_path / "e.zip", forger.files(entries)))


def test_a_check_does_not_name_the_ballot(deployment: World, client: TestClient) -> None:
    """Attack 9: the address of a request told the server, and its logs, which ballot somebody asked for."""
    election = frozen_election(deployment)
    start_log(election)
    ballots = [vote(election, voter, [(1,)]) for voter in election.voters]
    close_and_count(deployment, election)
    asked: list[str] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        asked.append(str(request.url))
        return send()

    reader = LogReader(_api(client, passing), election.manifest)
    note = reader.newest_checkpoint()
    assert note
    checkpoint = reader.open(note)
    closing = reader.closing_leaf(checkpoint)
    assert closing
    for ballot in ballots:
        leaf = leaf_hash(BallotLeaf(ballot.encode()).encode())
        assert isinstance(reader.find_ballot(leaf, closing.ballots, checkpoint), int)
        assert not [one for one in asked if leaf.hex() in one]


def _api(client: TestClient, passing: object) -> Api:
    return api_through(client, passing)  # type: ignore[arg-type]
