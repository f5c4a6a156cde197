"""The close machine from the last cast to the published result, disturbed at every step."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from ballotcast.ballots.leaf import ClosingLeaf, parse
from ballotcast.crypto import p256
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle
from ballotcast.elections.result import Result
from ballotcast.store.ballots import ballot_pk
from ballotcast.store.log import tile_key
from ballotcast.store.manifests import MANIFEST, manifest_pk
from ballotcast.store.vault import Purpose
from counted_election import close_and_count, close_machine, vote, vote_unreadably
from election_fixture import FrozenElection, frozen_election
from killed_count import Killed, Killing, without_retries
from state_machine import ExecutionFailed, StateMachine
from tally import work
from tally.closed import CountStopped
from tally.count import steps
from voting import new_ballot
from world import World

VOTERS = tuple(f"voter{number}@example.org" for number in range(8))


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    """Eight voters, of whom six vote, one of them with a ballot that does not open and one against the rules."""
    election = frozen_election(deployment, voters=VOTERS)
    for number, said in enumerate([(2, 1), (2,), (3, 2, 1), ()]):
        vote(election, VOTERS[number], [said])
    vote(election, VOTERS[4], b"\x01\x01\x00")
    vote_unreadably(election, VOTERS[5])
    return election


def bucket(election: FrozenElection) -> dict[str, bytes]:
    blobs = election.wiring.blobs
    return {key: blobs.get(key) or b"" for prefix in ("elections/", "steps/") for key in blobs.keys(prefix)}


def test_the_result(deployment: World, election: FrozenElection) -> None:
    close_and_count(deployment, election, whole_box=True)
    wiring = election.wiring
    published = wiring.results.find(election.id)
    assert published
    assert (published.roll, published.issued, published.cast) == (8, 6, 6)
    result = Result.model_validate_json(work.read(wiring.blobs, work.result_key(election.id)))
    assert result.manifest == election.manifest.hash
    assert (result.counted, sorted(ballot.reason for ballot in result.spoilt)) == (4, ["duplicate-rank", "unreadable"])
    [contest] = result.contests
    assert (contest.winners, contest.valid, contest.blank) == ((2,), 3, 1)
    entries = decode_bundle(work.read(wiring.blobs, tile_key(election.id, TilePath(ENTRIES, 0, 8))), 8)
    assert [entry[0] for entry in entries] == [0, 1, 1, 1, 1, 1, 1, 3]
    assert entries[1:-1] == sorted(entries[1:-1], key=leaf_hash)
    for spoilt in result.spoilt:
        assert entries[spoilt.index][0] == 1


def test_a_second_execution_changes_nothing(deployment: World, election: FrozenElection) -> None:
    close_and_count(deployment, election)
    before, published = bucket(election), election.wiring.results.find(election.id)
    close_machine(election.wiring).run({"election": election.id})
    assert bucket(election) == before
    assert election.wiring.results.find(election.id) == published


SEAL = 10
"""The number of the invocation."""
# Of the 23 invocations: each that stands alone, and of the chunks of the box the first and the last.
KILLS = (1, 2, 9, 10, 11, 12, 19, 20, 21, 22, 23)


def test_an_execution_killed_at_any_step_and_started_again(deployment: World, election: FrozenElection) -> None:
    deployment.clock.advance(days=2)
    killing = Killing(KILLS)
    machine = without_retries(close_machine(election.wiring, killing))
    killing.kill_all(lambda: machine.run({"election": election.id}))
    whole = bucket(election)
    machine.run({"election": election.id})
    assert killing.calls == KILLS[-1]
    assert bucket(election) == whole
    result = Result.model_validate_json(whole[work.result_key(election.id)])
    assert (result.counted, len(result.spoilt)) == (4, 2)


def test_states_pass_no_ballot_no_plaintext_and_no_key(deployment: World, election: FrozenElection) -> None:
    passed: list[str] = []

    def listen(call: Callable[[], Any]) -> Any:
        answer = call()
        passed.append(json.dumps(answer))
        return answer

    deployment.clock.advance(days=2)
    close_machine(election.wiring, listen).run({"election": election.id})
    key = work.read(election.wiring.blobs, work.election_key_key(election.id)).decode()
    assert len(key) == 64
    assert not [answer for answer in passed if key in answer or len(answer) > 300]


def test_an_early_close_is_told_by_the_final_leaf(deployment: World, election: FrozenElection) -> None:
    deployment.clock.advance(minutes=5)
    election.close()
    deployment.clock.advance(seconds=31)
    close_machine(election.wiring).run({"election": election.id})
    entries = decode_bundle(work.read(election.wiring.blobs, tile_key(election.id, TilePath(ENTRIES, 0, 8))), 8)
    closing = parse(entries[-1])
    assert isinstance(closing, ClosingLeaf)
    assert (closing.closed_at, closing.ballots, closing.issued) == (datetime(2026, 11, 20, 9, 5, tzinfo=UTC), 6, 6)
    ledger = election.wiring.blobs.get(f"elections/{election.id}/issuance.csv")
    assert ledger
    assert closing.ledger_sha256 == sha256(ledger).digest()


def test_nobody_counts_before_the_close(election: FrozenElection) -> None:
    with pytest.raises(ExecutionFailed, match="not closed yet") as failed:
        close_machine(election.wiring).run({"election": election.id})
    assert failed.value.error == "CountStopped"
    assert not election.wiring.log.head(election.id).sealed
    assert work.election_key_key(election.id) not in bucket(election)


def test_no_ballots_no_winner(deployment: World) -> None:
    election = frozen_election(deployment, voters=VOTERS[:1])
    close_and_count(deployment, election)
    result = Result.model_validate_json(work.read(election.wiring.blobs, work.result_key(election.id)))
    assert (result.counted, result.contests[0].winners) == (0, ())


def test_a_forged_row_of_the_box_stops_the_count(deployment: World, election: FrozenElection) -> None:
    ballot = next(election.wiring.ballots.in_partition(election.id, _partition_with_a_ballot(election)))
    forged = bytearray(ballot)
    forged[40] ^= 1  # another credential key, which nobody signed
    election.wiring.ballots.cast(election.id, bytes(forged))
    with pytest.raises(ExecutionFailed, match="not a ballot that could be cast: bad-issuer-signature"):
        close_and_count(deployment, election)
    assert election.wiring.results.find(election.id) is None


def after_the_seal(deployment: World, election: FrozenElection, action: Callable[[], Any]) -> StateMachine:
    """A close machine to which `action` happens between the seal and the look at the ballots."""
    deployment.clock.advance(days=2)
    calls = 0

    def around(call: Callable[[], Any]) -> Any:
        nonlocal calls
        calls += 1
        answer = call()
        if calls == SEAL:
            action()
        return answer

    return close_machine(election.wiring, around)


def test_a_row_lost_from_the_box_after_the_seal_stops_the_count(deployment: World, election: FrozenElection) -> None:
    def lose() -> None:
        board = election.wiring.board
        for partition in range(256):
            for row in list(board.query(ballot_pk(election.id, f"{partition:02x}"))):
                board.delete(row["pk"], row["sk"])

    with pytest.raises(ExecutionFailed, match="leaf 1 is not what the log holds"):
        after_the_seal(deployment, election, lose).run({"election": election.id})
    assert election.wiring.results.find(election.id) is None


def test_a_row_altered_after_the_seal_stops_the_count(deployment: World, election: FrozenElection) -> None:
    def alter() -> None:
        [row, *_] = election.wiring.board.query(ballot_pk(election.id, _partition_with_a_ballot(election)))
        altered = bytes([*row["b"][:-1], row["b"][-1] ^ 1])
        election.wiring.board.put({**row, "b": altered})

    with pytest.raises(ExecutionFailed, match="is not what the log holds"):
        after_the_seal(deployment, election, alter).run({"election": election.id})
    assert election.wiring.results.find(election.id) is None


@pytest.mark.parametrize("after", [SEAL - 1, SEAL, SEAL + 2])
def test_a_ballot_that_comes_after_the_box_was_read_is_left_out(
    deployment: World, election: FrozenElection, after: int
) -> None:
    """After the last look into the box, after the seal, and while ballots are opened; and the count starts again."""
    deployment.clock.advance(days=2)
    late, calls = new_ballot(election.manifest, election.issuer).encode(), 0

    def suspended(call: Callable[[], Any]) -> Any:
        nonlocal calls
        calls += 1
        answer = call()
        if calls == after:
            election.wiring.ballots.cast(election.id, late)
            if after >= SEAL:
                raise Killed
        return answer

    machine = without_retries(close_machine(election.wiring, suspended))
    if after >= SEAL:
        with pytest.raises(ExecutionFailed, match="Killed"):
            machine.run({"election": election.id})
    machine.run({"election": election.id})
    published = election.wiring.results.find(election.id)
    assert published
    assert published.cast == 6


def test_another_election_key_stops_the_count(deployment: World, election: FrozenElection) -> None:
    other = election.wiring.vault.create(Purpose.ELECTION, election.id, "ECC_NIST_P256")
    row = election.wiring.board.get(manifest_pk(election.id), MANIFEST)
    assert row
    election.wiring.board.put({**row, "election_key": other.wrapped})
    with pytest.raises(ExecutionFailed, match="not the one of the manifest"):
        close_and_count(deployment, election)


@pytest.mark.parametrize("step", ["open", "decrypt", "bundle", "count", "export", "publish"])
def test_nothing_is_opened_before_the_log_is_sealed(deployment: World, election: FrozenElection, step: str) -> None:
    deployment.clock.advance(days=2)
    election.wiring.blobs.put(work.result_key(election.id), b"{}")
    event = {"step": step, "election": election.id, "partitions": [0], "bucket": 0, "roll": 8, "issued": 6, "voters": 8}
    with pytest.raises(CountStopped, match="not sealed"):
        steps.handle({**event, "export": {"sha256": "", "size": 0}}, election.wiring)


TAMPERED = {
    "where ballots are in the log": (10, "steps/{}/log", "leaf 1 is not what the log holds"),
    "a tile": (10, "elections/{}/tile/0/", "tile 0 is not what the log's key signed"),
    "an opened ballot": (19, "steps/{}/opened/0/", "leaf 1 is not what the log holds"),
    "what ballots say": (20, "steps/{}/counts/0", "counted and 2 spoilt ballots, of 6 cast"),
    "the published key": (20, "elections/{}/election_key.hex", "published election key is not the one of the manifest"),
}


@pytest.mark.parametrize(("after", "prefix", "told"), TAMPERED.values(), ids=TAMPERED)
def test_what_the_steps_leave_for_each_other_is_not_believed(
    deployment: World, election: FrozenElection, after: int, prefix: str, told: str
) -> None:
    deployment.clock.advance(days=2)
    blobs, calls = election.wiring.blobs, 0

    def tampering(call: Callable[[], Any]) -> Any:
        nonlocal calls
        calls += 1
        answer = call()
        if calls == after:
            for key in list(blobs.keys(prefix.format(election.id))):
                blobs.put(key, _tampered(work.read(blobs, key)))
        return answer

    with pytest.raises(ExecutionFailed, match=told):
        close_machine(election.wiring, tampering).run({"election": election.id})
    assert election.wiring.results.find(election.id) is None


def _tampered(content: bytes) -> bytes:
    """A ballot of zeros for each, or one voter more who says what somebody says, or another key."""
    if len(content) == 2 * p256.SCALAR_LENGTH:
        return p256.scalar(p256.generate()).hex().encode()
    if not content.startswith(b"["):
        return content[:-1] + bytes([content[-1] ^ 1]) if len(content) % 64 else content[::-1]
    left = json.loads(content)
    if isinstance(left[0], dict):
        said = next(iter(left[0]))
        return json.dumps([{**left[0], said: left[0][said] + 1}, left[1]]).encode()
    return json.dumps([[index, "AAAA", said, reason] for index, _, said, reason in left]).encode()


def _partition_with_a_ballot(election: FrozenElection) -> str:
    return next(
        f"{partition:02x}"
        for partition in range(256)
        if any(election.wiring.ballots.in_partition(election.id, f"{partition:02x}"))
    )
