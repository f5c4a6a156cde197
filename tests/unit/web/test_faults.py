"""What the API finds wrong has a code with all of its values, and words in each language of the catalogue."""

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ballotcast.elections.draft import contests_of
from ballotcast.elections.roll_file import Reading, RollFileError, read_roll
from ballotcast.errors import Invalid
from ballotcast.faults import OTHER, Fault, codes
from ballotcast.faults.validation import fault_of
from ballotcast.mails.language import codes as mail_codes
from web.faults import in_words
from web.language import Language, languages

ROLL = (
    'email,phone,name\n,,"x"\nno,,\nadé@b.de,+49151000000,\na@b.de;b@b.de,,\na @b.de,,\na@b.de,,\na@b.de,12,\n'
    "a@b.de,+43151000000,\na@b.de,4.9E+11,\na@b.de,+49 151 1 ext. 2,\na@b.de,+4915112345678,1,2\n"
    f"a@b.de,+4915112345678,{'n' * 201}\na@b.de,+4915112345678,\x07\n"
)
MENDED = 'email,name,language\n<a@b.de>,,\nb@b.de\u200b,,\nc@\xfc.de,,\nd@b.de,"a\nb",\ne@b.de,,tlh\n'
NO_ROLL = [
    (b"", "empty-file"),
    (b"a@b.de\n", "no-header"),
    (b"who\nx\n", "no-email-column"),
    (b"email,e-mail\nx,y\n", "two-columns"),
    (b'email\n"x\n', "open-quote"),
    (b'email\n"x"y\n', "quotes"),
    (b"email\0\nx\n", "nul"),
    (b"email\n\xfc\n\xc3\xbc\n", "two-encodings"),
    (b"email\n\x81\n", "no-encoding"),
    (b"\xff\xfea", "bad-encoding"),
    (b"email\n" + b"x" * 140_000, "long-cell"),
    (b"email,name;x\na@b.de,b;c\n", "two-delimiters"),
    (b"PK\x03\x04", "bad-workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-workbook"),
]
CONTEST: dict[str, Any] = {"title": "t", "method": "approval", "options": ["a", "b"]}
MANY = [str(number) for number in range(25)]
BAD = [
    ({"title": ""}, "empty"),
    ({"title": "x" * 201}, "too-long"),
    ({"title": "a\nb"}, "invisible"),
    ({"title": " a"}, "spaces"),
    ({"options": []}, "too-few"),
    ({"options": [str(number) for number in range(256)]}, "too-many"),
    ({"options": ["a", "a"]}, "twice"),
    ({"options": ["a", "A"]}, "look-alike"),
    ({"seats": 3}, "over-options"),
    ({"seats": 0}, "at-least"),
    ({"method": "irv", "seats": 2}, "one-seat"),
    ({"method": "dice"}, "no-choice"),
    ({"min": 2, "max": 1}, "under-min"),
    ({"max": 3}, "over-options"),
    ({"max": 256}, "at-most"),
    ({"method": "plurality", "max": 2}, "over-seats"),
    ({"method": "score", "max": 1, "min": 1}, "score-range"),
    ({"method": "proportional-approval", "seats": 12, "options": MANY}, "too-many-committees"),
]


def in_all_languages(found: Fault) -> dict[str, str]:
    worded = {code: str(in_words(page_in(code), found)) for code in languages()}
    assert "{" not in "".join(worded.values())
    assert len(set(worded.values())) == len(worded)
    return worded


def page_in(code: str) -> Any:
    return SimpleNamespace(language=Language(code))


def test_why_a_line_is_rejected_and_what_was_mended() -> None:
    roll = read_roll(ROLL.encode(), Reading(phone_needed=True, calling_codes=["+49"]))
    assert len({rejection.reason.code for rejection in roll.rejected}) == 13
    mended = read_roll(MENDED.encode()).mended
    assert len({row.note.code for row in mended}) == 5
    for found in [*(rejection.reason for rejection in roll.rejected), *(row.note for row in mended)]:
        in_all_languages(found)


@pytest.mark.parametrize(("data", "code"), NO_ROLL)
def test_why_a_file_is_no_roll(data: bytes, code: str) -> None:
    with pytest.raises(RollFileError) as refused:
        read_roll(data)
    assert refused.value.fault.code == code
    in_all_languages(refused.value.fault)


@pytest.mark.parametrize(("wrong", "code"), BAD, ids=str)
def test_why_a_contest_is_refused(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        contests_of([{**CONTEST, **wrong}])
    assert code in [error.fault.code for error in refused.value.errors]
    for error in refused.value.errors:
        in_all_languages(error.fault)


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    text: str = Field(min_length=2, max_length=4, pattern="^[a-z]*$")
    number: int = Field(ge=0, le=9)
    truth: bool
    several: list[str]
    inner: dict[str, str]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": 1}, "not-text"),
        ({"text": "a"}, "too-short"),
        ({"text": "A1"}, "wrong-form"),
        ({"number": "1"}, "not-number"),
        ({"number": 10}, "at-most"),
        ({"truth": 1}, "not-truth"),
        ({"several": "a"}, "not-list"),
        ({"inner": []}, "not-object"),
        ({"more": 1}, "unknown-field"),
    ],
    ids=str,
)
def test_what_every_model_checks_has_a_code(changes: dict[str, Any], code: str) -> None:
    good: dict[str, Any] = {"text": "abc", "number": 1, "truth": True, "several": [], "inner": {}}
    with pytest.raises(ValidationError) as refused:
        Sample(**{**good, **changes})
    [found] = refused.value.errors()
    assert fault_of(found).code == code
    in_all_languages(fault_of(found))
    with pytest.raises(ValidationError) as lacking:
        Sample(**{name: value for name, value in good.items() if name != "text"})
    assert fault_of(lacking.value.errors()[0]).code == "missing"


def test_what_another_release_says_is_shown_in_its_own_words_and_harmless() -> None:
    for code, params in [("of-tomorrow", {}), ("too-long", {}), ("too-few", {}), (None, None), ("twice", "x")]:
        unknown = Fault.read(code, params, "must be <b>")
        assert unknown.code == OTHER
        assert str(in_words(page_in("de"), unknown)) == '<span lang="en">must be &lt;b&gt;</span>'
    known = Fault.read("twice", {"option": "<b>{option}", "more": 1}, "")
    assert "&lt;b&gt;{option}" in str(in_words(page_in("de"), known))


def test_faults_and_mails_are_worded_in_the_languages_of_the_pages() -> None:
    assert set(codes()) == set(languages()) == set(mail_codes())
