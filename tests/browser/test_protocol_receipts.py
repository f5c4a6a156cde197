"""Receipts checked in the browser, step by step; and servers that lie to a voter or to anyone who checks."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from ballotcast.ballots.absence import Absence
from ballotcast.ballots.leaf import ClosingLeaf
from ballotcast.client.api import Api
from ballotcast.client.state import Cast
from ballotcast.client.voter import Voter
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.ballots import ballot_key, ballot_pk
from ballotcast.store.vault import Purpose
from browser_gateway import Answer, Between, api_behind
from counted_election import close_and_count
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from log_fixture import start_log
from register.app import create_app as register_app
from tally.app import create_app as tally_app
from vote.app import create_app as vote_app
from world import World, world

ADA, BEN, CEM = VOTERS
ALL = ["manifest", "receipt", "checkpoint", "growth", "closing", "inclusion"]

CHECK = """
    const [{ connect }, { checkReceipt }] = await Promise.all(["api", "receipts"].map(load));
    const side = connect(given.address, { sleep: async () => {} }).anonymous;
    const passed = [];
    let [found, proof] = [null, null];
    const refused = await refusal(async () => {
      const options = { earlier: given.earlier, passed: (check) => passed.push(check) };
      try {
        const { index, size } = await checkReceipt(side, given.receipt, options);
        found = [index, size];
      } catch (error) {
        proof = error.proof ?? null;
        throw error;
      }
    });
    return { found, passed, proof, refused: refused && [refused.kind, refused.reason] };
"""


class Counted(NamedTuple):
    """Closed with Ada's and Ben's ballots, and counted. `cast`: Ada's."""

    election: FrozenElection
    cast: Cast


@pytest.fixture(scope="module")
def deployment() -> Iterator[World]:
    """One for all tests here; each that changes anything does so in an election of its own."""
    with world() as shared:
        yield shared


@pytest.fixture(scope="module")
def between(protocol: Any, deployment: World) -> Iterator[Between]:
    server = gateway(*(create(deployment.wiring()) for create in (register_app, vote_app, tally_app)))
    with api_behind(protocol.page, server) as api:
        yield api


Check = Callable[..., Any]


@pytest.fixture
def check(protocol: Any, between: Between) -> Iterator[Check]:
    yield lambda receipt, earlier="": protocol.run(CHECK, address=between.address, receipt=receipt, earlier=earlier)
    between.passing = lambda path, send: send()


def cast(deployment: World, election: FrozenElection, email: str) -> Cast:
    server = gateway(*(create(deployment.wiring()) for create in (register_app, vote_app, tally_app)))
    return Voter(Api(server), lambda state: None).vote(election.link(email), [[1]])


@pytest.fixture(scope="module")
def counted(deployment: World) -> Counted:
    election = frozen_election(deployment)
    start_log(election)
    ada, _ = (cast(deployment, election, email) for email in (ADA, BEN))
    close_and_count(deployment, election)
    return Counted(election, ada)


def test_the_promise_was_kept(check: Check, counted: Counted) -> None:
    done = check(counted.cast.receipt, counted.cast.checkpoint)
    assert (done["passed"], done["refused"]) == (ALL, None)
    index, size = done["found"]
    assert index in (1, 2)
    assert size == 4
    assert check(counted.cast.receipt)["passed"] == [one for one in ALL if one != "growth"]


def test_a_ballot_while_voting_lasts(check: Check, deployment: World) -> None:
    election = frozen_election(deployment)
    start_log(election)
    ada = cast(deployment, election, ADA)
    done = check(ada.receipt, ada.checkpoint)
    assert (done["passed"], done["refused"]) == (ALL[:4], ["NotYet", "waits-for-close"])


def test_a_promise_that_was_broken(check: Check, deployment: World) -> None:
    election = frozen_election(deployment)
    start_log(election)
    ada = cast(deployment, election, ADA)
    (ballot,) = election.ballots()
    key = ballot_key(ballot)
    election.wiring.board.delete(ballot_pk(election.id, key[:2]), key)
    cast(deployment, election, BEN)
    close_and_count(deployment, election)
    done = check(ada.receipt)
    assert (done["passed"][-1], done["refused"]) == ("closing", ["PromiseBroken", "promise-broken"])
    proof = Absence.parse(done["proof"].encode())
    assert (proof.receipt, len(proof.neighbours)) == (ada.receipt, 1)
    assert proof.verify().manifest == election.manifest


@pytest.mark.parametrize("text", ["", "x", "a\nb\nc\nd\n", "a\nb/elections/c/log\nzz\nzz\n"])
def test_what_is_no_receipt(check: Check, text: str) -> None:
    assert check(text)["refused"] == ["ReceiptError", "not-a-receipt"]


def test_receipts_that_were_altered(check: Check, counted: Counted) -> None:
    election, receipt = counted.election, counted.cast.receipt
    lines = receipt.split("\n")
    lines[3] = "ab" * 32
    assert check("\n".join(lines)) == {
        "found": None,
        "passed": ["manifest"],
        "proof": None,
        "refused": ["ReceiptError", "does-not-verify"],
    }
    elsewhere = receipt.replace(election.id, "0123456789abcdef")
    assert check(elsewhere)["refused"] == ["ApiError", "no-election"]
    other = receipt.replace(election.manifest.hash.hex(), "ab" * 32)
    assert check(other)["refused"] == ["Untrusted", "other-election"]


def test_a_log_that_was_rewritten(check: Check, counted: Counted) -> None:
    """The log's own key signs a history that contradicts the one that this voter saw."""
    signer = Signer.from_pkcs8(counted.election.manifest.origin, counted.election.private_key(Purpose.LOG))
    for size in (1, 3, 4, 5):
        earlier = Checkpoint(counted.election.manifest.origin, size, bytes(32)).sign(signer)
        done = check(counted.cast.receipt, earlier)
        assert done["passed"][-1] == "checkpoint"
        assert done["refused"][0] == "Untrusted"


def test_no_request_names_the_ballot(check: Check, between: Between, counted: Counted) -> None:
    asked: list[str] = []
    between.passing = lambda path, send: (asked.append(path), send())[1]  # type: ignore[func-returns-value]
    assert check(counted.cast.receipt)["refused"] is None
    leaf_hash = counted.cast.receipt.split("\n")[3]
    assert len(asked) > 3
    assert not [path for path in asked if leaf_hash in path]


def test_an_end_that_is_a_lie(check: Check, between: Between, deployment: World) -> None:
    """Nobody can pass a log off as ended: the final leaf must be under the checkpoint."""
    election = frozen_election(deployment)
    start_log(election)
    ada = cast(deployment, election, ADA)
    entry = ClosingLeaf(
        closed_at=election.manifest.closes_at, ballots=0, issued=1, ledger_sha256=bytes(32), roll_revision=0
    ).encode()
    bundle = len(entry).to_bytes(2) + entry
    between.passing = lambda path, send: Answer(200, bundle) if "/entries/" in path else send()
    assert check(ada.receipt)["refused"] == ["Untrusted", "leaf-not-there"]


def test_tiles_that_are_gone_or_damaged(check: Check, between: Between, counted: Counted) -> None:
    def lie(answer: Answer) -> Callable[[str, Callable[[], Answer]], Answer]:
        return lambda path, send: answer if "/tile/0/" in path else send()

    between.passing = lie(Answer(404, b"{}"))
    assert check(counted.cast.receipt)["refused"] == ["Untrusted", "tile-missing"]
    between.passing = lie(Answer(200, bytes(32)))
    assert check(counted.cast.receipt)["refused"] == ["Untrusted", "tile-missing"]
    between.passing = lie(Answer(200, bytes(32 * 4)))
    assert check(counted.cast.receipt)["refused"] == ["Untrusted", "leaf-not-there"]


VOTE = """
    const [{ connect }, { Voter }] = await Promise.all(["api", "voter"].map(load));
    const api = connect(given.address, { sleep: async () => {} });
    const written = [];
    const voter = new Voter(api, async (state) => void written.push(state.step));
    const refused = await refusal(async () => {
      const sealed = await voter.seal(await voter.openLink(given.link), [[1]]);
      await voter.cast(await voter.getCredential(sealed));
    });
    return [written, refused && [refused.kind, refused.reason]];
"""

NOTE = "vote.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— vote.example AAAAAAAAAAA=\n"


@pytest.mark.parametrize(
    ("path", "body", "written", "reason"),
    [
        ("/links", {"election": 5, "second_factor": "none"}, [], "unexpected-answer"),
        ("/links", ["a list"], [], "unexpected-answer"),
        ("/manifest", {}, [], "bad-manifest"),
        ("/statements", {"checkpoint": NOTE, "leaves": []}, [], "bad-checkpoint"),
        ("/statements", {"checkpoint": NOTE}, [], "unexpected-answer"),
        ("/credentials", {"blind_signature": b64u_encode(b"\x01" * 256)}, ["sealed"], "bad-credential"),
        ("/credentials", {"blind_signature": "AQ=="}, ["sealed"], "bad-credential"),
        ("/ballots", {"receipt": NOTE}, ["sealed", "signed"], "bad-receipt"),
        ("/ballots", {}, ["sealed", "signed"], "unexpected-answer"),
    ],
)
def test_a_server_that_lies_to_a_voter(
    protocol: Any, between: Between, deployment: World, path: str, body: Any, written: list[str], reason: str
) -> None:
    election = frozen_election(deployment)
    start_log(election)
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    between.passing = lambda asked, send: Answer(200, content) if asked.endswith(path) else send()
    try:
        done = protocol.run(VOTE, address=between.address, link=election.link(ADA))
    finally:
        between.passing = lambda asked, send: send()
    assert done == [written, ["Untrusted", reason]]
