"""The public start of an election: published once, closed once."""

import pytest

from ballotcast.store.manifests import FrozenManifest, Manifests
from ballotcast.store.table import Table
from ballotcast.store.transaction import Cancelled, transact

ELECTION, AT = "0123456789abcdef", "2026-11-20T12:00:00Z"
FROZEN = FrozenManifest(ELECTION, b'{"v":1}', receipt_key=b"r", log_key=b"l", election_key=b"e")


@pytest.fixture
def manifests(board: Table) -> Manifests:
    return Manifests(board)


def test_what_was_published_is_found(manifests: Manifests) -> None:
    assert manifests.find(ELECTION) is None
    manifests.publish(FROZEN)
    assert manifests.find(ELECTION) == FROZEN


def test_publishing_the_same_again_is_harmless(manifests: Manifests) -> None:
    for _ in range(2):
        manifests.publish(FROZEN)
    assert manifests.find(ELECTION) == FROZEN


def test_another_manifest_is_refused_and_changes_nothing(manifests: Manifests) -> None:
    manifests.publish(FROZEN)
    with pytest.raises(ValueError, match=ELECTION):
        manifests.publish(FrozenManifest(ELECTION, b'{"v":2}', receipt_key=b"", log_key=b"", election_key=b""))
    assert manifests.find(ELECTION) == FROZEN


def test_wrapped_keys_do_not_show() -> None:
    assert "receipt_key" not in repr(FROZEN)


def test_an_early_close_is_marked_once(manifests: Manifests, board: Table) -> None:
    assert manifests.state(ELECTION).closed_at is None
    transact(board.client, [manifests.closing(ELECTION, AT)])
    assert manifests.state(ELECTION).closed_at == AT
    with pytest.raises(Cancelled):
        transact(board.client, [manifests.closing(ELECTION, "2026-11-20T13:00:00Z")])
    assert manifests.state(ELECTION).closed_at == AT
