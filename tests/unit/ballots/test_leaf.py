import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf, Leaf, LeafError, ManifestLeaf, parse
from ballotcast.crypto.encoding import b64u_decode
from ballotcast.crypto.merkle import leaf_hash

BAD = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())


@pytest.mark.parametrize(
    ("leaf", "data"),
    [
        (ManifestLeaf(b"m" * 32), b"\x00" + b"m" * 32),
        (BallotLeaf(b"ballot"), b"\x01ballot"),
        (
            AmendmentLeaf(
                at=datetime(2026, 11, 26, 8, tzinfo=UTC),
                reason="Moved away",
                roll=RollRevision(revision=2, roll_size=5, roll_root=b"\xab" * 32, ended=(b"\x01" * 32, b"\x02" * 32)),
            ),
            b'\x02{"at":"2026-11-26T08:00:00Z","reason":"Moved away","roll":{"ended":["'
            + b'","'.join([b"01" * 32, b"02" * 32])
            + b'"],"revision":2,"roll_root":"'
            + b"ab" * 32
            + b'","roll_size":5}}',
        ),
        (
            ClosingLeaf(
                closed_at=datetime(2026, 11, 27, 18, 30, tzinfo=UTC),
                ballots=3,
                issued=4,
                ledger_sha256=b"\xcd" * 32,
                roll_revision=1,
            ),
            b'\x03{"ballots":3,"closed_at":"2026-11-27T18:30:00Z","issued":4,"ledger_sha256":"'
            + b"cd" * 32
            + b'","roll_revision":1,"v":2}',
        ),
    ],
)
def test_each_kind_of_leaf_has_its_bytes(leaf: Leaf, data: bytes) -> None:
    assert leaf.encode() == data
    assert parse(data) == leaf


@pytest.mark.parametrize("bad", BAD["leaves"], ids=lambda bad: bad["why"])
def test_other_bytes_are_no_leaf(bad: dict[str, str]) -> None:
    with pytest.raises(LeafError):
        parse(bytes.fromhex(bad["hex"]))


def test_the_leaf_hash_of_the_sample_ballot() -> None:
    ballot = b64u_decode(BAD["sample"]["ballot"])
    expected = sha256(b"\x00\x01" + ballot).hexdigest()
    assert leaf_hash(BallotLeaf(ballot).encode()).hex() == expected == BAD["sample"]["leaf_hash"]
