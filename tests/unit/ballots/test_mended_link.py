"""Damaged links are mended where they are whole, and refused without being repeated where they are not."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.link import Link, LinkError
from ballotcast.ballots.mended_link import mend_link
from effort import examples
from mangled_links import CASES, mangled

PAGE = "https://vote.example/v1/vote"
LINK = Link(token=bytes(range(32)), manifest_hash=b"\xff" * 32, salt=b"s" * 16).encode()
OTHER = Link(token=b"t" * 32, manifest_hash=b"m" * 32, salt=b"s" * 16).encode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_what_mail_programs_make_of_a_link(case: dict[str, Any]) -> None:
    text = mangled(case["text"], PAGE, LINK)
    assert mend_link(text) == (f"{PAGE}#{LINK}" if case["address"] else LINK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://vote.example/vote",
        f"{PAGE}#{LINK[:-1]}",
        f"{PAGE}#{LINK[:50]}",
        f"{PAGE}#2{LINK[1:]}",
        f"{PAGE}#{LINK} {PAGE}#{OTHER}",
        f"{PAGE}#{LINK[:20]}...{LINK[20:]}",
    ],
)
def test_what_is_not_one_whole_link_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(LinkError) as refused:
        mend_link(text)
    assert LINK[2:12] not in str(refused.value)


@given(st.text(), st.text())
@examples(100)
def test_nothing_but_a_whole_link_comes_out_of_any_text(before: str, after: str) -> None:
    with contextlib.suppress(LinkError):
        assert Link.parse(mend_link(f"{before}#{LINK}{after}")).encode() == LINK


def test_the_address_is_the_one_next_to_the_link() -> None:
    assert mend_link(f"https://evil.example/?u={PAGE}#{LINK}") == f"{PAGE}#{LINK}"
    assert mend_link(f"https://evil.example/x {LINK}") == LINK
