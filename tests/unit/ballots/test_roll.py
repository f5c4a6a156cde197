from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.roll import email_key, roll_root, tag
from ballotcast.crypto import merkle

SALT = bytes(range(16))


@pytest.mark.parametrize(
    "spelling", ["zoe@xn--mller-kva.example", " Zoe@XN--mller-KVA.example\r\n", "\tZOE@XN--MLLER-KVA.EXAMPLE"]
)
def test_spellings_of_one_address_are_one_voter(spelling: str) -> None:
    assert email_key(spelling) == "zoe@xn--mller-kva.example"
    assert tag(SALT, spelling) == tag(SALT, "zoe@xn--mller-kva.example")


def test_other_letters_than_ascii_stay_as_they_are() -> None:
    """What becomes of them depends on the version of Unicode; a roll holds none."""
    for address in ("ZOË@x.org", "zoe\u0308@x.org", "\u00a0zoe@x.org", "\u212aate@x.org"):
        assert email_key(address) == address.replace("ZO", "zo")


def test_other_addresses_are_other_voters() -> None:
    assert len({email_key(address) for address in ("a@x.org", "a+b@x.org", "a.b@x.org", "ab@x.org")}) == 4


@given(st.text())
def test_the_key_of_a_key_is_itself(email: str) -> None:
    assert email_key(email_key(email)) == email_key(email)


def test_a_tag_is_a_salted_hash_of_the_key() -> None:
    assert tag(SALT, "A@x.org") == sha256(b"ballotcast/roll/1\n" + SALT + b"a@x.org").digest()
    assert tag(SALT, "a@x.org") != tag(bytes(16), "a@x.org")


@given(st.permutations([sha256(bytes([number])).digest() for number in range(7)]))
def test_the_root_does_not_depend_on_the_order(tags: list[bytes]) -> None:
    assert roll_root(tags) == merkle.root([merkle.leaf_hash(tag) for tag in sorted(tags)])


def test_the_root_of_an_empty_roll() -> None:
    assert roll_root([]) == sha256(b"").digest()
