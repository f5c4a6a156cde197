import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots import plaintext
from ballotcast.ballots.ballot import Ballot, BallotError
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import p256
from ballotcast.crypto.encoding import b64u_decode
from ballotcast.crypto.hpke import HpkeError

BAD = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())
SAMPLE = BAD["sample"]
MANIFEST = Manifest.parse(SAMPLE["manifest"].encode())
BALLOT = b64u_decode(SAMPLE["ballot"])

Cast = Callable[..., Ballot]


def check(data: bytes, manifest: Manifest) -> Ballot:
    """What the receiver does."""
    ballot = Ballot.parse(data, manifest)
    ballot.verify_credential(manifest)
    ballot.verify_signature()
    return ballot


def test_the_sample_is_accepted_and_opens() -> None:
    ballot = check(BALLOT, MANIFEST)
    assert ballot.encode() == BALLOT
    marks = ballot.open(p256.from_scalar(bytes.fromhex(SAMPLE["election_key"])))
    assert [list(choice) for choice in plaintext.decode(MANIFEST, marks)] == SAMPLE["choices"]


def test_a_ballot_s_bytes_are_laid_out_as_the_wire_format_says(election: Any, cast_ballot: Cast) -> None:
    ballot = cast_ballot(election, [[3, 1], []])
    data = ballot.encode()
    assert len(data) == election.manifest.ballot_length == 275 + 256 + 7
    assert data[0] == 1
    assert data[1:33] == election.manifest.hash
    assert data[33:98] == ballot.vk
    assert data[98:130] == ballot.rand
    assert data[130:386] == ballot.issuer_signature
    assert data[386:474] == ballot.sealed
    assert data[474:] == ballot.signature
    assert check(data, election.manifest) == ballot


@pytest.mark.parametrize("choices", [[[], []], [[1, 2, 3, 4], [1, 2]], [[4], [3]]])
def test_every_ballot_has_one_length_and_comes_back(choices: list[list[int]], election: Any, cast_ballot: Cast) -> None:
    ballot = cast_ballot(election, choices)
    assert len(ballot.encode()) == election.manifest.ballot_length
    decoded = plaintext.decode(election.manifest, ballot.open(election.election_key))
    assert [list(choice) for choice in decoded] == choices


def damaged(bad: dict[str, Any]) -> bytes:
    data = bytearray(BALLOT[: len(BALLOT) - bad.get("cut", 0)] + bytes.fromhex(bad.get("append", "")))
    patch = bytes.fromhex(bad.get("hex", ""))
    if patch:
        data[bad["at"] : bad["at"] + len(patch)] = patch
    return bytes(data)


@pytest.mark.parametrize("bad", BAD["ballots"], ids=lambda bad: bad["why"])
def test_a_bad_ballot_is_refused_with_its_reason(bad: dict[str, Any]) -> None:
    assert damaged(bad) != BALLOT
    with pytest.raises(BallotError) as caught:
        check(damaged(bad), MANIFEST)
    assert caught.value.reason == bad["reason"]


@given(st.integers(0, len(BALLOT) - 1), st.integers(0, 7))
def test_no_single_bit_can_be_changed(at: int, bit: int) -> None:
    data = bytearray(BALLOT)
    data[at] ^= 1 << bit
    with pytest.raises(BallotError):
        check(bytes(data), MANIFEST)


def test_a_ballot_is_bound_to_its_manifest(make_election: Any, election: Any, cast_ballot: Cast) -> None:
    # The same issuer key, the same lengths; only the hour of closing differs.
    closes_at = election.manifest.closes_at + timedelta(hours=1)
    other = make_election(closes_at=closes_at, election_pk=election.manifest.election_pk).manifest
    ballot = cast_ballot(election, [[1], []])
    with pytest.raises(BallotError) as caught:
        check(ballot.encode(), other)
    assert caught.value.reason == "wrong-manifest"

    relabelled = ballot.encode()[:1] + other.hash + ballot.encode()[33:]
    moved = Ballot.parse(relabelled, other)
    with pytest.raises(BallotError) as caught:
        moved.verify_credential(other)
    assert caught.value.reason == "bad-issuer-signature"
    with pytest.raises(BallotError) as caught:
        moved.verify_signature()
    assert caught.value.reason == "bad-ballot-signature"
    with pytest.raises(HpkeError):
        moved.open(election.election_key)


def test_a_ciphertext_is_bound_to_its_credential(election: Any, cast_ballot: Cast) -> None:
    # A voter who copies another's ciphertext cannot make it count a second time.
    one, two = cast_ballot(election, [[1], []]), cast_ballot(election, [[2], []])
    copied = Ballot(two.manifest_hash, two.vk, two.rand, two.issuer_signature, one.sealed, two.signature)
    with pytest.raises(HpkeError):
        copied.open(election.election_key)


def test_another_election_s_key_does_not_open_it(election: Any, cast_ballot: Cast) -> None:
    with pytest.raises(HpkeError):
        cast_ballot(election, [[1], []]).open(p256.generate())


def test_a_rule_breaking_plaintext_is_cast_and_opened_all_the_same(election: Any, cast_ballot: Cast) -> None:
    ballot = check(cast_ballot(election, b"\xff" * 7).encode(), election.manifest)
    assert ballot.open(election.election_key) == b"\xff" * 7


def test_a_ballot_never_shows_itself(election: Any, cast_ballot: Cast) -> None:
    ballot = cast_ballot(election, [[1], []])
    assert ballot.vk.hex() not in repr(ballot)
    assert "Ballot object" in repr(ballot)
