"""One receipt for two voters, and two elections for one: what a lying service can show, and who notices."""

from dataclasses import replace
from pathlib import Path

import httpx2 as httpx
import pytest

from asgi_client import TestClient
from ballotcast.ballots import issuance, receipt
from ballotcast.ballots.ballot import Ballot, BallotError, Refusal
from ballotcast.ballots.issuance import Issuance
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.client.errors import Untrusted
from ballotcast.client.voter import Voter
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.kept import Kept, Statement
from ballotcast.elections.verification import Outcome, verify_export
from between import Send, api_through
from election_fixture import VOTERS, FrozenElection, frozen_election
from forged_export import ORIGIN, Forger, write
from gateway import gateway
from kept_states import open_ballots
from log_fixture import start_log
from register.app import create_app as register
from tally.app import create_app as tally
from vote.app import create_app as board
from world import World

ADA, BEN, _ = VOTERS


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    frozen = frozen_election(deployment)
    start_log(frozen)
    return frozen


@pytest.fixture
def http(deployment: World) -> TestClient:
    return gateway(*(create(deployment.wiring()) for create in (register, board, tally)))


def test_two_voters_who_choose_alike_get_two_receipts(http: TestClient, election: FrozenElection) -> None:
    """With one receipt for both, one of two ballots could be another one, and both would find theirs."""
    receipts = []
    for email in (ADA, BEN):
        cast = Voter(api_through(http, lambda _, send: send()), lambda state: None).vote(election.link(email), [[1]])
        receipts.append(cast.receipt.split("\n")[3])
    assert len(set(receipts)) == 2
    assert open_ballots(election) == [[(1,)]] * 2


def test_a_box_that_hands_out_one_receipt_twice_is_found_out(http: TestClient, election: FrozenElection) -> None:
    first = Voter(api_through(http, lambda _, send: send()), lambda state: None).vote(election.link(ADA), [[1]])

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        if request.url.path.endswith("/ballots"):
            return httpx.Response(201, json={"receipt": first.receipt})
        return send()

    with pytest.raises(Untrusted, match="receipt"):
        Voter(api_through(http, passing), lambda state: None).vote(election.link(BEN), [[1]])


@pytest.fixture(scope="module")
def two() -> tuple[Forger, Forger]:
    """Two elections of one name, log and keys; in the second the first two options are exchanged."""
    one = Forger()
    other = Forger(
        issuer=one.issuer,
        election_key=one.election_key,
        issuance_key=one.issuance_key,
        receipt_key=one.receipt_key,
        log_key=one.log_key,
    )
    [contest] = other.manifest.contests
    exchanged = contest.model_copy(update={"options": ("Birch", "Ash", "Cedar")})
    other.manifest = other.manifest.model_validate_json(
        other.manifest.model_copy(update={"contests": (exchanged,)}).encode()
    )
    return one, other


def failures(path: Path, *kept: bytes) -> set[str]:
    report = verify_export(path, kept=Kept.sort(Statement("kept", note) for note in kept))
    return {check.name for check in report.checks if check.outcome is Outcome.FAILED}


def test_a_ballot_of_the_second_election_is_none_of_the_first(two: tuple[Forger, Forger]) -> None:
    """Else votes for Ash could be counted as votes for Birch."""
    one, other = two
    ballot = other.ballot()
    with pytest.raises(BallotError) as refused:
        Ballot.parse(ballot.encode(), one.manifest)
    assert refused.value.reason is Refusal.WRONG_MANIFEST
    claimed = replace(ballot, manifest_hash=one.manifest.hash)
    with pytest.raises(BallotError) as refused:
        claimed.verify_credential(one.manifest)
    assert refused.value.reason is Refusal.BAD_ISSUER_SIGNATURE


def test_what_a_voter_of_the_second_election_keeps_convicts_the_first(
    two: tuple[Forger, Forger], tmp_path: Path
) -> None:
    """Both exports verify. They show two manifest hashes, and nothing that was kept of one passes for the other."""
    one, other = two
    entries = [forger.entries([forger.ballot()]) for forger in two]
    paths = [write(tmp_path / f"{n}.zip", forger.files(entries[n])) for n, forger in enumerate(two)]
    assert [failures(path) for path in paths] == [set(), set()]
    hashes = {verify_export(path).manifest_hash for path in paths}
    assert hashes == {one.manifest.hash.hex(), other.manifest.hash.hex()}
    assert len(hashes) == 2
    issued = Issuance(other.tags[0], bytes(32))
    note = issuance.issue(Signer(f"{ORIGIN}/issuance", other.issuance_key), ORIGIN, other.manifest.hash, issued)
    assert failures(paths[0], other.note(entries[1])) == {"kept-checkpoints"}
    assert failures(paths[0], other.door(entries[1])) == {"kept-doors"}
    assert failures(paths[0], note.encode()) == {"kept-issuances"}
    leaf = leaf_hash(BallotLeaf(other.ballot().encode()).encode())
    kept = receipt.issue(Signer(f"{ORIGIN}/receipt", other.receipt_key), other.manifest, leaf)
    receipt.verify(kept, other.manifest, leaf)
    assert failures(paths[0], kept.encode()) == {"kept-receipts"}
    with pytest.raises(ReceiptError):
        receipt.verify(kept, one.manifest, leaf)


def test_a_voter_whose_link_names_the_first_is_not_shown_the_second(http: TestClient, deployment: World) -> None:
    """Nothing is blinded, and no credential is asked for."""
    shown = frozen_election(deployment)
    start_log(shown)
    named = frozen_election(deployment)
    start_log(named)
    asked: list[str] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        asked.append(request.url.path.rpartition("/")[2])
        if asked[-1] == "manifest":
            return httpx.Response(200, content=shown.manifest.encode())
        return send()

    with pytest.raises(Untrusted):
        Voter(api_through(http, passing), lambda state: None).vote(named.link(ADA), [[1]])
    assert "credentials" not in asked
