"""A process that was suspended puts its ballot late: no receipt is ever signed for what the log does not have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots import receipt
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.clock import to_rfc3339
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.elections.lifecycle import UNREAD
from ballotcast.elections.looks import RELIABLE
from ballotcast.wiring import Wiring
from counted_election import close_machine, vote
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from requests_made import record_requests
from vote.app import create_app
from voting import new_ballot
from world import World

ADA = "ada@example.org"
END = timedelta(days=1, hours=-1)


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    """Open, with one ballot in the box; it ends in a day, less the hour that it has been open."""
    election = frozen_election(deployment)
    vote(election, ADA, [(2, 1)])
    return election


@pytest.fixture
def ballot(election: FrozenElection) -> bytes:
    return new_ballot(election.manifest, election.issuer).encode()


def cast(wiring: Wiring, election: FrozenElection, ballot: bytes) -> httpx.Response:
    """By a process of its own."""
    path = f"/elections/{election.id}/ballots"
    response: httpx.Response = TestClient(create_app(wiring)).post(path, json={"ballot": b64u_encode(ballot)})
    return response


def during(wiring: Wiring, moment: str, action: Callable[[], Any]) -> Wiring:
    """A process to which `action` happens once, just before (`before-call`) or after (`after-call`) its put."""
    left = [action]

    def once(**_: Any) -> None:
        if left:
            left.pop()()

    wiring.dynamodb.meta.events.register(f"{moment}.dynamodb.PutItem", once)
    return wiring


def count(deployment: World, election: FrozenElection) -> None:
    """As the machine does it half a minute after the close."""
    if deployment.clock() < election.manifest.closes_at + timedelta(seconds=30):
        deployment.clock.advance(seconds=30)
    close_machine(election.wiring).run({"election": election.id})


def require_receipt(response: httpx.Response, election: FrozenElection, ballot: bytes, status: int) -> None:
    assert response.status_code == status
    receipt.verify(response.json()["receipt"], election.manifest, leaf_hash(BallotLeaf(ballot).encode()))


def in_log(election: FrozenElection, ballot: bytes) -> bool:
    leaves = election.wiring.blobs.get(f"steps/{election.id}/log") or b""
    return leaf_hash(BallotLeaf(ballot).encode()) in [leaves[at : at + 32] for at in range(0, len(leaves), 32)]


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_suspended_while_voting_goes_on(
    deployment: World, election: FrozenElection, ballot: bytes, moment: str
) -> None:
    """The state is read once more, and still says that the poll is open."""
    wiring = during(deployment.wiring(), moment, lambda: deployment.clock.advance(hours=1))
    made = record_requests(wiring)
    require_receipt(cast(wiring, election, ballot), election, ballot, 201)
    assert made == ["GetItem MANIFEST", "GetItem STATE", "PutItem BALLOT", "GetItem STATE"]


def test_as_long_as_a_cast_may_take_nothing_is_read_again(
    deployment: World, election: FrozenElection, ballot: bytes
) -> None:
    wiring = during(deployment.wiring(), "before-call", lambda: deployment.clock.advance(seconds=RELIABLE.seconds))
    made = record_requests(wiring)
    require_receipt(cast(wiring, election, ballot), election, ballot, 201)
    assert made == ["GetItem MANIFEST", "GetItem STATE", "PutItem BALLOT"]


@pytest.mark.parametrize(("seconds", "status"), [(10, 201), (11, 503)])
def test_the_end_that_was_read_counts_as_well(
    deployment: World, election: FrozenElection, ballot: bytes, seconds: int, status: int
) -> None:
    """Ten seconds after it no clock is so wrong that the box was read; fifteen seconds after it some may be."""
    deployment.clock.now = election.manifest.closes_at - timedelta(seconds=1)
    wiring = during(deployment.wiring(), "before-call", lambda: deployment.clock.advance(seconds=seconds))
    assert cast(wiring, election, ballot).status_code == status


def test_a_clock_that_went_back_is_not_relied_on(deployment: World, election: FrozenElection, ballot: bytes) -> None:
    wiring = during(deployment.wiring(), "before-call", lambda: deployment.clock.advance(seconds=-1))
    made = record_requests(wiring)
    require_receipt(cast(wiring, election, ballot), election, ballot, 201)
    assert made[-1] == "GetItem STATE"


def test_what_is_remembered_counts_with_its_age(deployment: World, election: FrozenElection, ballot: bytes) -> None:
    """The state is four seconds old when it is relied on: so the put may take eleven, and not twelve."""
    wiring = deployment.wiring()
    deployment.clock.now = deployment.clock.now.replace(second=0, microsecond=0)
    client = TestClient(create_app(wiring))
    path = f"/elections/{election.id}/ballots"
    first = new_ballot(election.manifest, election.issuer).encode()
    assert client.post(path, json={"ballot": b64u_encode(first)}).status_code == 201
    deployment.clock.advance(seconds=4)
    made = record_requests(wiring)
    during(wiring, "before-call", lambda: deployment.clock.advance(seconds=12))
    assert client.post(path, json={"ballot": b64u_encode(ballot)}).status_code == 201
    assert made == ["PutItem BALLOT", "GetItem STATE"]


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_suspended_until_the_count_is_under_way(
    deployment: World, election: FrozenElection, ballot: bytes, moment: str
) -> None:
    """Nobody can say yet whether the ballot came in time; once the log is sealed, it says so. Here it did."""
    suspended = during(
        deployment.wiring(), moment, lambda: deployment.clock.advance(seconds=END.total_seconds() + UNREAD.seconds)
    )
    for wiring in (suspended, deployment.wiring()):
        answer = cast(wiring, election, ballot)
        assert_problem(answer, 503, "count-under-way")
        assert answer.headers["retry-after"] == "10"
    count(deployment, election)
    assert in_log(election, ballot)
    require_receipt(cast(suspended, election, ballot), election, ballot, 200)
    require_receipt(cast(deployment.wiring(), election, ballot), election, ballot, 200)


def test_suspended_until_after_the_count(deployment: World, election: FrozenElection, ballot: bytes) -> None:
    def sleep() -> None:
        deployment.clock.advance(seconds=END.total_seconds())
        count(deployment, election)

    suspended = during(deployment.wiring(), "before-call", sleep)
    for wiring in (suspended, suspended, deployment.wiring()):
        problem = assert_problem(cast(wiring, election, ballot), 410, "closed")
        assert "came too late" in problem["detail"]
    assert ballot in election.ballots()
    assert not in_log(election, ballot)


class Killed(BaseException): ...


def killed() -> None:
    raise Killed


def test_killed_after_a_late_put_before_the_box_is_read(
    deployment: World, election: FrozenElection, ballot: bytes
) -> None:
    """Anyone who sends the same bytes is told to wait until the log is sealed, and then it has the ballot."""
    deployment.clock.now = election.manifest.closes_at - timedelta(seconds=1)
    dying = during(deployment.wiring(), "before-call", lambda: deployment.clock.advance(seconds=25))
    with pytest.raises(Killed):
        cast(during(dying, "after-call", killed), election, ballot)
    assert_problem(cast(deployment.wiring(), election, ballot), 503, "count-under-way")
    count(deployment, election)
    assert in_log(election, ballot)
    require_receipt(cast(deployment.wiring(), election, ballot), election, ballot, 200)


def test_killed_after_a_put_that_the_log_does_not_have(
    deployment: World, election: FrozenElection, ballot: bytes
) -> None:
    deployment.clock.now = election.manifest.closes_at - timedelta(seconds=1)
    dying = during(deployment.wiring(), "before-call", lambda: count(deployment, election))
    with pytest.raises(Killed):
        cast(during(dying, "after-call", killed), election, ballot)
    assert ballot in election.ballots()
    assert_problem(cast(deployment.wiring(), election, ballot), 410, "closed")


def test_until_shortly_after_the_end_the_box_is_enough(
    deployment: World, election: FrozenElection, ballot: bytes
) -> None:
    require_receipt(cast(deployment.wiring(), election, ballot), election, ballot, 201)
    wiring = deployment.wiring()
    made = record_requests(wiring)
    deployment.clock.now = election.manifest.closes_at + UNREAD - timedelta(microseconds=1)
    require_receipt(cast(wiring, election, ballot), election, ballot, 200)
    assert made == ["GetItem MANIFEST", *["GetItem STATE"] * 2, "GetItem BALLOT"]
    deployment.clock.now = election.manifest.closes_at + UNREAD
    assert_problem(cast(deployment.wiring(), election, ballot), 503, "count-under-way")


def test_suspended_between_the_box_and_the_receipt_of_a_closed_poll(
    deployment: World, election: FrozenElection, ballot: bytes
) -> None:
    """In time by the clock before the box was read, and not by the one after it."""
    late = election.wiring.ballots.cast
    deployment.clock.now = election.manifest.closes_at + timedelta(seconds=1)
    wiring, calls = deployment.wiring(), list[str]()

    def suspend(params: Any, **_: Any) -> None:
        if "BALLOT#" in str(params["body"]) and not calls:
            calls.append("suspended")
            count(deployment, election)
            late(election.id, ballot)

    wiring.dynamodb.meta.events.register("before-call.dynamodb.GetItem", suspend)
    assert_problem(cast(wiring, election, ballot), 410, "closed")
    assert calls


def test_an_early_close_while_a_process_is_suspended(
    deployment: World, election: FrozenElection, ballot: bytes
) -> None:
    def close() -> None:
        election.close()
        deployment.clock.advance(seconds=16)

    assert_problem(cast(during(deployment.wiring(), "before-call", close), election, ballot), 503, "count-under-way")
    another = new_ballot(election.manifest, election.issuer).encode()
    assert_problem(cast(deployment.wiring(), election, another), 410, "closed")


def test_an_early_close_that_a_cast_did_not_see(deployment: World, election: FrozenElection, ballot: bytes) -> None:
    """The count waits for anyone who relies on what they remember."""
    suspended = during(deployment.wiring(), "before-call", election.close)
    require_receipt(cast(suspended, election, ballot), election, ballot, 201)
    deployment.clock.advance(seconds=9)
    require_receipt(cast(deployment.wiring(), election, ballot), election, ballot, 200)
    deployment.clock.advance(seconds=1)
    assert_problem(cast(deployment.wiring(), election, ballot), 503, "count-under-way")


def test_a_later_end_while_a_process_is_suspended(deployment: World, election: FrozenElection, ballot: bytes) -> None:
    """The end that it relied on has passed, and is the end no more."""
    later = election.manifest.closes_at + timedelta(hours=2)

    def extend() -> None:
        write = election.wiring.manifests.extending(election.id, to_rfc3339(later))
        election.wiring.dynamodb.transact_write_items(TransactItems=[write])
        deployment.clock.now = election.manifest.closes_at + timedelta(hours=1)

    suspended = during(deployment.wiring(), "before-call", extend)
    require_receipt(cast(suspended, election, ballot), election, ballot, 201)
    deployment.clock.now = later + timedelta(seconds=9)
    require_receipt(cast(deployment.wiring(), election, ballot), election, ballot, 200)
    deployment.clock.advance(seconds=1)
    assert_problem(cast(deployment.wiring(), election, ballot), 503, "count-under-way")


def test_what_asking_after_the_count_costs(deployment: World, election: FrozenElection, ballot: bytes) -> None:
    """Four small reads and a tile; of the same election once more, two."""
    require_receipt(cast(deployment.wiring(), election, ballot), election, ballot, 201)
    deployment.clock.now = election.manifest.closes_at
    count(deployment, election)
    wiring = deployment.wiring()
    client, made, read = TestClient(create_app(wiring)), record_requests(wiring), list[str]()
    wiring.blobs._client.meta.events.register(
        "before-parameter-build.s3", lambda params, **_: read.append(params["Key"])
    )
    for _ in range(2):
        path = f"/elections/{election.id}/ballots"
        require_receipt(client.post(path, json={"ballot": b64u_encode(ballot)}), election, ballot, 200)
    closed = ["GetItem STATE", "GetItem BALLOT"]
    assert made == ["GetItem MANIFEST", "GetItem STATE", *closed, "GetItem LOG", *closed]
    assert read == [f"elections/{election.id}/tile/0/000.p/4"]
