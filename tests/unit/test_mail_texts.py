"""What is written to people, and that no text of theirs becomes a header."""

from datetime import UTC, datetime

import pytest

from notify import texts
from notify.post import _mime

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
LINK = "https://vote.example.org/vote#1.a.b.c"
TEXTS = [
    texts.invitation("Wahl: Ä “1”", START, START, bytes(range(32)), LINK, reminds=False),
    texts.invitation("Wahl: Ä “1”", START, START, bytes(range(32)), LINK, reminds=True),
    texts.invitation("Wahl: Ä “1”", START, START, bytes(range(32)), LINK, reminds=False, moved=True),
    texts.second_factor("Wahl", "012345", 10),
    texts.verification("o1", "code", 24),
    texts.password_reset("0" * 32, 30),
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.subject)
def test_texts_are_plain_and_fit_a_narrow_window(text: texts.Text) -> None:
    assert "\n" not in text.subject
    assert all(len(line) <= 79 for line in text.body.splitlines())
    assert "{" not in text.body
    assert text.body.endswith("\n")


def test_the_fingerprint_is_grouped_for_comparing() -> None:
    assert "    0001 0203 0405 0607\n    0809 0a0b 0c0d 0e0f\n    1011 1213 1415 1617\n" in TEXTS[0].body


@pytest.mark.parametrize("field", ["sender", "to", "subject"])
def test_a_line_break_in_a_header_is_refused(field: str) -> None:
    fields = {"sender": "ballots@example.org", "to": "ada@example.org", "subject": "Your vote"}
    fields[field] += "\r\nBcc: all@example.org"
    with pytest.raises(ValueError, match="Header values"):
        _mime(fields["sender"], fields["to"], texts.Text(fields["subject"], "body"))


def test_a_title_in_any_letters_arrives() -> None:
    raw = _mime("ballots@example.org", "ada@example.org", texts.Text("Wahl: Ä “1” 選挙", "größer\n"))
    assert raw.isascii()
    assert raw.split(b"\r\n\r\n")[0].count(b"Subject:") == 1
