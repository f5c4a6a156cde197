"""What an organiser chooses for mails: taken, made inert and said, or refused by name."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.faults import fault
from ballotcast.mails import placeholders
from ballotcast.mails.settings import HTML, INVISIBLE, MailSettings, check, without_invisible

GOOD = MailSettings(
    "Hillhead Club", "office@club.example", "de", "Europe/Berlin", "{title}, {name}", "Dear {name},\n\nvote"
)


def faults(**changes: Any) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.fault.code) for fault in check(replace(GOOD, **changes))[2]]


def test_what_is_right_stays_as_it_is() -> None:
    assert check(GOOD) == (GOOD, [], [])
    assert check(MailSettings()) == (MailSettings(), [], [])
    assert MailSettings.kept(GOOD.to_keep()) == GOOD
    assert MailSettings.kept({"zone": "Asia/Tokyo"}) == MailSettings(zone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"subject": "Vote\r\nBcc: all@example.org"}, ("/subject", "one-line")),
        ({"subject": "Vote\u2028now"}, ("/subject", "one-line")),
        ({"organisation": "Club\nHouse"}, ("/organisation", "one-line")),
        ({"organisation": "service@bank.example"}, ("/organisation", "no-name")),
        ({"organisation": "www.bank.example"}, ("/organisation", "no-name")),
        ({"text": "bell \x07"}, ("/text", "control-in-text")),
        ({"zone": "Europe/Nowhere"}, ("/zone", "bad-zone")),
        ({"zone": "../etc/passwd"}, ("/zone", "bad-zone")),
        ({"organisation": "", "text": "{organisation}"}, ("/text", "empty-placeholder")),
    ],
)
def test_what_cannot_be_in_a_mail_is_refused_at_its_field(changes: dict[str, str], expected: tuple[str, str]) -> None:
    assert faults(**changes) == [expected]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Dear {nmae}", ["{nmae}"]),
        ("{link} {Title} { title }", ["{link}", "{Title}", "{ title }"]),
        ("{{title}}", ["{{title}}"]),
        ("{}", ["{}"]),
    ],
)
def test_placeholders_that_do_not_exist_are_refused_by_name(text: str, named: list[str]) -> None:
    known = "{name}, {title}, {organisation}, {contact}, {opens}, {closes}"
    wrong = [fault.fault for fault in check(replace(GOOD, text=text))[2]]
    assert wrong == [fault("unknown-placeholder", found=one, known=known) for one in named]


def test_a_brace_that_is_not_closed_is_text() -> None:
    assert faults(text="a { b\nc } d") == []


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\U000e0041", "\u3164"])
@pytest.mark.parametrize("field", ["organisation", "subject", "text"])
def test_invisible_characters_are_taken_out_and_said(character: str, field: str) -> None:
    settings, notes, wrong = check(replace(GOOD, **{field: f"Hill{character}head"}))
    assert getattr(settings, field) == "Hillhead"
    assert (notes, wrong) == ([(field, INVISIBLE)], [])


def test_what_emoji_and_scripts_are_spelled_with_stays() -> None:
    text = "👩‍👧 می‌خواهم"
    assert check(replace(GOOD, text=text)) == (replace(GOOD, text=text), [], [])


@pytest.mark.parametrize("html", ["<b>now</b>", "<script>alert(1)</script>", "<!-- x -->", '<a href="x">'])
def test_html_is_kept_as_text_and_said(html: str) -> None:
    settings, notes, wrong = check(replace(GOOD, text=html))
    assert (settings.text, notes, wrong) == (html, [("text", HTML)], [])


def test_less_and_more_are_no_html() -> None:
    assert check(replace(GOOD, text="a < b and c > d, <3"))[1] == []


@given(st.text(), st.dictionaries(st.sampled_from(placeholders.KNOWN), st.text()))
def test_a_text_without_unknown_placeholders_is_filled_once(text: str, values: dict[str, str]) -> None:
    names = {"title": "{name}", "name": "{title}", **values}
    if placeholders.unknown(text) == []:
        filled = placeholders.fill(text, names)
        assert placeholders.used(text) <= set(placeholders.KNOWN)
        assert placeholders.used(text) or filled == text
    assert placeholders.fill("{title}{name}", names) == names["title"] + names["name"]


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = check(MailSettings(text=text))[0]
    assert check(once)[0] == once
    assert without_invisible(once.text) == once.text
