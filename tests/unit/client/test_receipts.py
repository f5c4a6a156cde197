"""Was the promise kept? Every way in which a receipt can be checked, and a ledger line."""

from collections.abc import Iterator
from typing import NamedTuple

import httpx2 as httpx
import pytest

from asgi_client import TestClient
from ballotcast.ballots.absence import Absence
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf
from ballotcast.ballots.ledger import LedgerError
from ballotcast.ballots.link import LinkError
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, NotYet, PromiseBroken, Untrusted
from ballotcast.client.receipts import check_ledger_line, check_receipt
from ballotcast.client.state import Cast
from ballotcast.client.voter import Voter
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.ballots import ballot_key, ballot_pk
from ballotcast.store.vault import Purpose
from between import Send, api_through
from counted_election import close_and_count
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from log_fixture import start_log
from register.app import create_app as register_app
from register.ledger import ledger_key
from tally.app import create_app as tally_app
from vote.app import create_app as vote_app
from world import World, world

ADA, BEN, CEM = VOTERS


def vote(api: Api, election: FrozenElection, email: str) -> Cast:
    return Voter(api, lambda state: None).vote(election.link(email), [[1]])


@pytest.fixture(scope="module")
def deployment() -> Iterator[World]:
    """One for all tests here; each that changes anything does so in an election of its own."""
    with world() as shared:
        yield shared


class Counted(NamedTuple):
    """Closed with Ada's and Ben's ballots, and counted. `cast`: Ada's."""

    election: FrozenElection
    cast: Cast


@pytest.fixture(scope="module")
def counted(deployment: World) -> Counted:
    election = frozen_election(deployment)
    start_log(election)
    api = Api(gateway(*(create(deployment.wiring()) for create in (register_app, vote_app, tally_app))))
    cast, _ = (vote(api, election, email) for email in (ADA, BEN))
    close_and_count(deployment, election)
    return Counted(election, cast)


@pytest.fixture
def cast(api: Api, election: FrozenElection) -> Cast:
    """Ada's, while the election is open."""
    return vote(api, election, ADA)


def test_a_ballot_while_voting_lasts(api: Api, cast: Cast) -> None:
    with pytest.raises(NotYet, match="when voting has ended"):
        check_receipt(api, cast.receipt)


@pytest.mark.slow
def test_the_log_of_a_counted_election_has_the_ballot(api: Api, counted: Counted) -> None:
    recorded = check_receipt(api, counted.cast.receipt, counted.cast.checkpoint)
    assert recorded.size == 4
    assert recorded.index in (1, 2)


def test_a_sealed_log_that_is_not_counted_yet(http: TestClient, counted: Counted) -> None:
    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        early = "/entries/" in request.url.path
        return httpx.Response(403, json={"type": "urn:ballotcast:problem:not-counted"}) if early else send()

    with pytest.raises(NotYet, match="once the election is counted"):
        check_receipt(api_through(http, passing), counted.cast.receipt)


def test_a_checkpoint_from_before_the_close(http: TestClient, counted: Counted) -> None:
    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        early = request.url.path.endswith("/checkpoint")
        return httpx.Response(200, text=counted.cast.checkpoint) if early else send()

    with pytest.raises(NotYet, match="when voting has ended"):
        check_receipt(api_through(http, passing), counted.cast.receipt)


def test_a_ballot_that_the_final_log_lacks(api: Api, election: FrozenElection, cast: Cast, deployment: World) -> None:
    wiring = election.wiring
    (ballot,) = election.ballots()
    key = ballot_key(ballot)
    wiring.board.delete(ballot_pk(election.id, key[:2]), key)
    close_and_count(deployment, election)
    with pytest.raises(PromiseBroken, match="promise is broken") as broken:
        check_receipt(api, cast.receipt)
    shown = Absence.parse(broken.value.proof).verify()
    assert shown.manifest == election.manifest
    assert shown.leaf_hash == leaf_hash(BallotLeaf(ballot).encode())
    assert shown.closing.ballots == 0


def test_a_log_that_is_gone(api: Api, deployment: World, election: FrozenElection, cast: Cast) -> None:
    wiring = election.wiring
    wiring.board.delete(f"LOG#{election.id}", "CHECKPOINT")
    with pytest.raises(NotYet, match="not started"):
        check_receipt(api, cast.receipt)


@pytest.mark.parametrize("text", ["", "x", "a\nb\nc\nd\n", "a\nb/elections/c/log\nzz\nzz\n"])
def test_what_is_no_receipt(api: Api, text: str) -> None:
    with pytest.raises(ReceiptError):
        check_receipt(api, text)


def test_a_receipt_that_was_altered(api: Api, counted: Counted) -> None:
    lines = counted.cast.receipt.split("\n")
    lines[3] = "ab" * 32
    with pytest.raises(ReceiptError):
        check_receipt(api, "\n".join(lines))


def test_a_receipt_of_an_election_that_is_not_here(api: Api, election: FrozenElection, cast: Cast) -> None:
    with pytest.raises(ApiError) as caught:
        check_receipt(api, cast.receipt.replace(election.id, "0123456789abcdef"))
    assert caught.value.slug == "no-election"


def test_a_receipt_of_another_manifest(api: Api, election: FrozenElection, cast: Cast) -> None:
    with pytest.raises(Untrusted, match="not the one"):
        check_receipt(api, cast.receipt.replace(election.manifest.hash.hex(), "ab" * 32))


def test_a_log_that_was_rewritten(api: Api, counted: Counted) -> None:
    """The log's own key signs a history that contradicts the one that this voter saw."""
    signer = Signer.from_pkcs8(counted.election.manifest.origin, counted.election.private_key(Purpose.LOG))
    for size in (1, 3, 4, 5):
        earlier = Checkpoint(counted.election.manifest.origin, size, bytes(32)).sign(signer)
        with pytest.raises(Untrusted):
            check_receipt(api, counted.cast.receipt, earlier)


def test_no_request_names_the_ballot(http: TestClient, counted: Counted) -> None:
    """Attack 9: a check must not tell server or network which ballot is whose."""
    asked: list[str] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        asked.append(f"{request.method} {request.url} {request.headers} {request.content.decode()}")
        return send()

    check_receipt(api_through(http, passing), counted.cast.receipt, counted.cast.checkpoint)
    leaf_hash = counted.cast.receipt.split("\n")[3]
    assert len(asked) > 3
    assert not [one for one in asked if leaf_hash in one]


def test_an_end_that_is_a_lie(http: TestClient, api: Api, election: FrozenElection, cast: Cast) -> None:
    """Nobody can pass a log off as ended: the final leaf must be under the checkpoint."""
    entry = ClosingLeaf(
        closed_at=election.manifest.closes_at, ballots=0, issued=1, ledger_sha256=bytes(32), roll_revision=0
    ).encode()
    bundle = len(entry).to_bytes(2) + entry

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        return httpx.Response(200, content=bundle) if "/entries/" in request.url.path else send()

    with pytest.raises(Untrusted, match="not where"):
        check_receipt(api_through(http, passing), cast.receipt)


def test_ledger_lines(counted: Counted) -> None:
    ledger = counted.election.wiring.blobs.get(ledger_key(counted.election.id))
    assert ledger
    check_ledger_line(ledger, counted.election.link(ADA), " ADA@example.org ", counted.cast.blinded_sha256)
    check_ledger_line(ledger, counted.election.link(CEM), CEM, b"")
    with pytest.raises(Untrusted, match="that is not theirs"):
        check_ledger_line(ledger, counted.election.link(ADA), ADA, b"")
    with pytest.raises(Untrusted, match="that is not theirs"):
        check_ledger_line(ledger, counted.election.link(BEN), BEN, counted.cast.blinded_sha256)
    with pytest.raises(Untrusted, match="does not know"):
        check_ledger_line(ledger, counted.election.link(CEM), CEM, counted.cast.blinded_sha256)
    with pytest.raises(Untrusted, match="not on the roll"):
        check_ledger_line(ledger, counted.election.link(ADA), BEN, counted.cast.blinded_sha256)
    with pytest.raises(LedgerError):
        check_ledger_line(ledger[:-1], counted.election.link(ADA), ADA, counted.cast.blinded_sha256)
    with pytest.raises(LinkError):
        check_ledger_line(ledger, "1.x", ADA, counted.cast.blinded_sha256)
