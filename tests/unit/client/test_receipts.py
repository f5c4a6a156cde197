"""Was the promise kept? Every way in which a receipt can be checked, and a ledger line."""

from collections.abc import Iterator
from typing import NamedTuple

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from ballotcast.ballots.ledger import LedgerError
from ballotcast.ballots.link import LinkError
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, NotYet, Untrusted
from ballotcast.client.receipts import check_ledger_line, check_receipt
from ballotcast.client.state import Cast
from ballotcast.client.voter import Voter
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.ballots import ballot_key, ballot_pk
from ballotcast.store.vault import Purpose
from between import Send, api_through
from counted_election import close_and_count
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from log_fixture import log_ballots, start_log
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


def test_a_ballot_that_waits(api: Api, election: FrozenElection, cast: Cast) -> None:
    log_ballots(election)
    with pytest.raises(NotYet, match="waits to be logged"):
        check_receipt(api, cast.receipt)


@pytest.mark.slow
def test_the_log_of_a_counted_election_has_the_ballot(api: Api, counted: Counted) -> None:
    recorded = check_receipt(api, counted.cast.receipt, counted.cast.checkpoint)
    assert (recorded.size, recorded.final) == (4, True)
    assert recorded.index in (1, 2)


def test_a_log_that_grows_has_most_ballots(api: Api, deployment: World) -> None:
    election = frozen_election(deployment, voters=[f"v{number}@example.org" for number in range(6)])
    start_log(election)
    cast = [vote(api, election, email) for email in election.voters]
    log_ballots(election)  # all but log_batch_min = 2
    found, waiting = [], 0
    for one in cast:
        try:
            found.append(check_receipt(api, one.receipt, one.checkpoint))
        except NotYet:
            waiting += 1
    assert waiting == 2
    assert {recorded.index for recorded in found} == {1, 2, 3, 4}
    assert {(recorded.size, recorded.final) for recorded in found} == {(5, False)}


def test_a_ballot_logged_since_the_checkpoint_was_read(http: TestClient, counted: Counted) -> None:
    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        early = request.url.path.endswith("/checkpoint")
        return httpx.Response(200, text=counted.cast.checkpoint) if early else send()

    with pytest.raises(NotYet, match="waits to be logged"):
        check_receipt(api_through(http, passing), counted.cast.receipt)


def test_a_ballot_that_the_final_log_lacks(api: Api, election: FrozenElection, cast: Cast, deployment: World) -> None:
    wiring = election.wiring
    (ballot,) = election.ballots()
    key = ballot_key(ballot)
    wiring.board.delete(ballot_pk(election.id, key[:2]), key)
    close_and_count(deployment, election)
    with pytest.raises(Untrusted, match="promise is broken"):
        check_receipt(api, cast.receipt)


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


def test_an_index_that_is_a_lie(http: TestClient, counted: Counted) -> None:
    for index in (-1, 0, 3, 4, 2**70):
        said = {"index": index}

        def passing(request: httpx.Request, send: Send, said: dict[str, int] = said) -> httpx.Response:
            return httpx.Response(200, json=said) if "/leaves/" in request.url.path else send()

        with pytest.raises(Untrusted):
            check_receipt(api_through(http, passing), counted.cast.receipt)


def test_an_end_that_is_a_lie(http: TestClient, api: Api, election: FrozenElection, cast: Cast) -> None:
    """Nobody can pass a log off as ended: the final leaf must be under the checkpoint."""
    entry = b'\x03{"closed_at":"2026-11-21T08:00:00Z"}'
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
