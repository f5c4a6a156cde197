"""Amendments: how much one can say, and what it commits to."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from pydantic import ValidationError

from ballotcast.ballots.amendment import MOST_ENDED, AmendmentLeaf, RollRevision, commitment
from ballotcast.ballots.leaf import parse
from ballotcast.crypto.tile_files import MAX_ENTRY

M, TAG, SUCCESSOR = b"m" * 32, b"t" * 32, b"s" * 32
HASHES = tuple(sorted(sha256(number.to_bytes(2)).digest() for number in range(MOST_ENDED + 1)))


def test_the_largest_amendment_fits_an_entry() -> None:
    roll = RollRevision(revision=2**53 - 1, roll_root=M, roll_size=2**53 - 1, ended=HASHES[1:])
    leaf = AmendmentLeaf(at=datetime(2026, 11, 20, tzinfo=UTC), reason="\U0001f600" * 200, roll=roll)
    assert len(leaf.encode()) <= MAX_ENTRY
    assert parse(leaf.encode()) == leaf


def test_no_more_rights_end_in_one_amendment() -> None:
    with pytest.raises(ValidationError):
        RollRevision(revision=1, roll_root=M, roll_size=1, ended=HASHES)


def test_the_commitment() -> None:
    label = b"ballotcast/ended/1\n"
    assert commitment(M, 258, TAG) == sha256(label + M + bytes(6) + b"\1\2" + TAG).digest()
    assert commitment(M, 1, TAG, SUCCESSOR) == sha256(label + M + bytes(7) + b"\1" + TAG + SUCCESSOR).digest()
