from hashlib import sha256

import pytest

from ballotcast.ballots import credential


def test_the_prepared_message_is_rand_label_manifest_and_key() -> None:
    manifest_hash, vk, rand = sha256(b"manifest").digest(), b"\x04" + bytes(64), bytes(range(32))
    prepared = credential.prepare(manifest_hash, vk, rand)
    assert prepared == rand + b"ballotcast/credential/1\n" + manifest_hash + vk


def test_rand_has_32_bytes() -> None:
    with pytest.raises(ValueError):
        credential.prepare(bytes(32), bytes(65), bytes(31))
