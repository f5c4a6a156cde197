"""What the API says of a fault is said in the reader's language: every sentence that rolls and drafts can come to."""

from types import SimpleNamespace
from typing import Any

import pytest

from ballotcast.elections.draft import contests_of
from ballotcast.elections.roll_file import Reading, RollFileError, read_roll
from ballotcast.errors import Invalid
from web.faults import in_words
from web.language import Language

ROLL = (
    'email,phone,name\n,,"x"\nno,,\nadé@b.de,+49151000000,\na@b.de;b@b.de,,\na @b.de,,\na@b.de,,\na@b.de,12,\n'
    "a@b.de,+43151000000,\na@b.de,4.9E+11,\na@b.de,+49 151 1 ext. 2,\na@b.de,+4915112345678,1,2\n"
    f"a@b.de,+4915112345678,{'n' * 201}\na@b.de,+4915112345678,\x07\n"
)
MENDED = 'email,name,language\n<a@b.de>,,\nb@b.de\u200b,,\nc@\xfc.de,,\nd@b.de,"a\nb",\ne@b.de,,tlh\n'
NO_ROLL = [
    b"",
    b"a@b.de\n",
    b"who\nx\n",
    b"email,e-mail\nx,y\n",
    b'email\n"x\n',
    b'email\n"x"y\n',
    b"email\n\0\n",
    b"email\n\xfc\n\xc3\xbc\n",
    b"email\n\x81\n",
    b"\xff\xfea",
    b"email\n" + b"x" * 140_000,
    b"email,name;x\na@b.de,b;c\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
]
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


def test_why_a_line_is_rejected_and_what_was_mended() -> None:
    roll = read_roll(ROLL.encode(), Reading(phone_needed=True, calling_codes=["+49"]))
    reasons = [rejection.reason for rejection in roll.rejected]
    assert len(set(reasons)) == 13
    notes = [mended.note for mended in read_roll(MENDED.encode()).mended]
    assert len(set(notes)) == 5
    assert [text for text in reasons + notes if 'lang="en"' in in_german(text)] == []


@pytest.mark.parametrize("data", NO_ROLL)
def test_why_a_file_is_no_roll(data: bytes) -> None:
    with pytest.raises(RollFileError) as refused:
        read_roll(data)
    assert 'lang="en"' not in in_german(str(refused.value))


@pytest.mark.parametrize("wrong", BAD, ids=str)
def test_why_a_contest_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        contests_of([{**CONTEST, **wrong}])
    assert refused.value.errors
    assert [error.detail for error in refused.value.errors if 'lang="en"' in in_german(error.detail)] == []


def test_what_is_new_is_shown_as_it_is_and_harmless() -> None:
    assert in_german("must be <b>") == '<span lang="en">must be &lt;b&gt;</span>'
    assert "<b>" not in in_german("holds “<b>” twice")
