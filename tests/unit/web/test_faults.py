"""What the API says of a fault is said in the reader's language: every sentence that rolls and drafts can come to."""

from types import SimpleNamespace
from typing import Any

import pytest

from ballotcast.elections.draft import contests_of
from ballotcast.elections.roll_file import read_roll
from ballotcast.errors import Invalid
from web.faults import in_words
from web.language import Language

ROLL = (
    b'email,phone\n,\nno\nad\xc3\xa9@b.de,+49151000000\na@b.de,\na@b.de,12\na@b.de,+43151000000\n"a@b.de\na@b.de,1,2\n'
)
CONTEST: dict[str, Any] = {"title": "t", "method": "approval", "options": ["a", "b"]}
BAD = [
    {"title": ""},
    {"title": "x" * 201},
    {"title": "a\nb"},
    {"title": " a"},
    {"options": []},
    {"options": [str(number) for number in range(256)]},
    {"options": ["a", "a"]},
    {"seats": 3},
    {"seats": 0},
    {"method": "irv", "seats": 2},
    {"min": 2, "max": 1},
    {"max": 3},
    {"max": 256},
    {"method": "plurality", "max": 2},
    {"method": "score", "max": 1, "min": 1},
    {"method": "proportional-approval", "seats": 12, "options": [str(number) for number in range(25)]},
]


def in_german(detail: str) -> str:
    page: Any = SimpleNamespace(text=Language("de").text)
    return str(in_words(page, detail))


def test_why_a_line_is_rejected() -> None:
    reasons = [rejection.reason for rejection in read_roll(ROLL, phone_needed=True, calling_codes=["+49"]).rejected]
    assert len(set(reasons)) == 8
    assert [reason for reason in reasons if 'lang="en"' in in_german(reason)] == []


@pytest.mark.parametrize("wrong", BAD, ids=str)
def test_why_a_contest_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        contests_of([{**CONTEST, **wrong}])
    assert refused.value.errors
    assert [error.detail for error in refused.value.errors if 'lang="en"' in in_german(error.detail)] == []


def test_what_is_new_is_shown_as_it_is_and_harmless() -> None:
    assert in_german("must be <b>") == '<span lang="en">must be &lt;b&gt;</span>'
    assert "<b>" not in in_german("holds “<b>” twice")
