"""What is wrong with a document is told by its place and in words of our own."""

import pytest

from ballotcast.ballots.leaf import LeafError, parse


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{}", "closed_at is missing"),
        (b"[]", "is not an object"),
        (b"{", "is not JSON"),
        (b'{"closed_at":"yesterday"}', "closed_at must be a time in UTC, spelled like 2026-11-20T09:00:00Z"),
    ],
)
def test_a_closing_leaf_that_is_none(body: bytes, told: str) -> None:
    with pytest.raises(LeafError) as refused:
        parse(b"\x03" + body)
    assert str(refused.value) == told
