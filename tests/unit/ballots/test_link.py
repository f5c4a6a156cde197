import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.link import Link, LinkError

BAD = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())
LINK = Link(token=b"t" * 32, manifest_hash=b"m" * 32, salt=b"s" * 16)

links = st.builds(
    Link,
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=16, max_size=16),
)


@given(links)
def test_every_link_survives_bare_and_in_a_url(link: Link) -> None:
    assert Link.parse(link.encode()) == link
    assert Link.parse(link.url("https://vote.example/prod/vote?lang=tr")) == link
    assert Link.parse("#" + link.encode()) == link


def test_the_sample_link() -> None:
    link = Link.parse(BAD["sample"]["link"])
    assert link.manifest_hash.hex() == BAD["sample"]["manifest_hash"]
    assert link.encode() == BAD["sample"]["link"]


def test_a_link_stands_in_the_fragment() -> None:
    assert LINK.url("https://vote.example/vote") == f"https://vote.example/vote#{LINK.encode()}"
    assert [len(part) for part in LINK.encode().split(".")] == [1, 43, 43, 22]


@pytest.mark.parametrize("bad", BAD["links"], ids=lambda bad: bad["why"])
def test_a_bad_link_is_refused_and_not_repeated(bad: dict[str, str]) -> None:
    with pytest.raises(LinkError) as caught:
        Link.parse(bad["text"])
    assert not bad["text"] or bad["text"] not in str(caught.value)


def test_the_table_knows_the_token_s_hash_only() -> None:
    assert LINK.token_hash == sha256(b"t" * 32).digest()


def test_a_link_never_shows_its_secrets() -> None:
    assert repr(LINK) == f"Link(manifest_hash={b'm' * 32!r})"
