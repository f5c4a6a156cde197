from hashlib import sha256

from ballotcast.ballots import lots

KEY, ROOT = bytes(range(32)), bytes(range(32, 64))


def test_the_seed_is_a_labelled_hash_of_key_and_root() -> None:
    assert lots.seed(KEY, ROOT) == sha256(b"ballotcast/lots/2\n" + KEY + ROOT).digest()


def test_either_changes_it() -> None:
    assert len({lots.seed(KEY, ROOT), lots.seed(ROOT, KEY), lots.seed(KEY, KEY), lots.seed(ROOT, ROOT)}) == 4
