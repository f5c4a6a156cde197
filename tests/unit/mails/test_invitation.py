"""Mails to voters, as text and as HTML."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from string import Formatter

import pytest

from ballotcast.mails.blocks import MailContent
from ballotcast.mails.invitation import Occasion, Recipient, invitation, second_factor, second_factor_short
from ballotcast.mails.language import CATALOGUES, MailWords, codes
from ballotcast.mails.settings import MailSettings
from shown_html import Shown

LINK = "https://vote.example.org/vote#1.a.b.c"
OCCASION = Occasion(
    "Wahl: Ä “1” & <b>",
    "First line\nsecond <i>line</i>\n\nnext",
    datetime(2026, 11, 20, 9, tzinfo=UTC),
    datetime(2027, 6, 21, 10, tzinfo=UTC),
    bytes(range(32)),
)
ADA = Recipient("Ada <Admin>", LINK)
CLUB = MailSettings("Hillhead Club", "office@club.example", zone="Europe/Berlin")


def shown(mail: MailContent) -> Shown:
    return Shown(mail.html)


@pytest.mark.parametrize("language", codes())
@pytest.mark.parametrize("settings", [MailSettings(), CLUB, replace(CLUB, text="Dear {name},\nuntil {closes}")])
@pytest.mark.parametrize("reminds", [False, True])
def test_text_and_html_say_the_same(language: str, settings: MailSettings, reminds: bool) -> None:
    mail = invitation(replace(settings, language=language), OCCASION, ADA, reminds=reminds)
    words = MailWords(language)
    text = mail.text.replace(words.text("link"), words.text("button") + " " + words.text("link_below"))
    assert shown(mail).words == text.split()
    assert shown(mail).links == [LINK]
    assert f'<html lang="{language}">' in mail.html
    assert "{" not in mail.text
    assert LINK in mail.text.split("\n")


def test_what_others_wrote_is_no_html_and_no_placeholder() -> None:
    settings = replace(CLUB, text="<script>{name}</script> {title}", subject="{title} {name}")
    odd = replace(OCCASION, title="$body {name} {body} </title><script>", description="$subject")
    mail = invitation(settings, odd, replace(ADA, name="{title}"))
    assert mail.subject == "$body {name} {body} </title><script> {title}"
    assert "<script>{title}</script> $body {name} {body} </title><script>" in mail.text
    assert "script" not in shown(mail).tags
    assert "&lt;script&gt;{title}&lt;/script&gt; $body {name}" in mail.html


def test_nothing_is_loaded_and_nothing_runs() -> None:
    assert shown(invitation(CLUB, OCCASION, ADA)).tags.isdisjoint({"img", "script", "link", "iframe", "form", "object"})


def test_the_organisation_is_named_and_answers_reach_it() -> None:
    mail = invitation(CLUB, OCCASION, ADA)
    assert (mail.sender, mail.reply_to) == ("Hillhead Club", "office@club.example")
    assert "Hillhead Club asks for your vote." in mail.text
    assert "office@club.example" in mail.text
    nobody = invitation(MailSettings(), OCCASION, ADA)
    assert (nobody.sender, nobody.reply_to) == ("", "")
    assert "Nobody reads answers" in nobody.text


def test_times_are_local_and_name_their_zone_and_offset() -> None:
    text = " ".join(invitation(CLUB, OCCASION, ADA).text.split())
    assert "from Friday, 20 November 2026, 10:00 (Europe/Berlin, UTC+1)" in text
    assert "until Monday, 21 June 2027, 12:00 (Europe/Berlin, UTC+2)." in text
    german = " ".join(invitation(replace(CLUB, language="de"), OCCASION, ADA).text.split())
    assert "von Freitag, 20. November 2026, 10:00 Uhr (Europe/Berlin, UTC+1)" in german


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "09:00 (UTC)"),
        ("Asia/Kolkata", "14:30 (Asia/Kolkata, UTC+5:30)"),
        ("America/Lima", "04:00 (America/Lima, UTC-5)"),
    ],
)
def test_offsets_are_written_as_people_know_them(zone: str, expected: str) -> None:
    assert expected in MailWords("en").moment(OCCASION.opens_at, zone)


def test_a_voters_own_language_is_taken_where_all_words_are_ours() -> None:
    ada = replace(ADA, language="de")
    assert invitation(CLUB, OCCASION, ada).subject == "Ihre Stimme: Wahl: Ä “1” & <b>"
    assert invitation(CLUB, OCCASION, replace(ADA, language="es")).subject == "Your vote: Wahl: Ä “1” & <b>"
    assert invitation(CLUB, OCCASION, replace(ADA, language="fr")).subject == "Votre vote\u00a0: Wahl: Ä “1” & <b>"
    assert "Sent by Ballotcast" in invitation(replace(CLUB, text="Dear all"), OCCASION, ada).text


def test_reminders_and_tests_say_what_they_are() -> None:
    usual = invitation(CLUB, OCCASION, ADA)
    reminder, test = invitation(CLUB, OCCASION, ADA, reminds=True), invitation(CLUB, OCCASION, ADA, test=True)
    assert (reminder.subject, test.subject) == (f"Reminder: {usual.subject}", f"Test: {usual.subject}")
    for mail in (reminder, test):
        brand, said, rest = mail.text.split("\n\n", 2)
        assert said.startswith("This is a ")
        assert f"{brand}\n\n{rest}" == usual.text


def test_a_voter_whose_address_was_corrected_is_told_what_became_of_the_other_link() -> None:
    usual, moved = invitation(CLUB, OCCASION, ADA), invitation(CLUB, OCCASION, replace(ADA, moved=True))
    assert "The organiser corrected your address" in moved.text
    assert shown(moved).words != shown(usual).words
    assert moved.subject == usual.subject


def test_a_logo_for_paper_is_legible_in_the_dark() -> None:
    html = invitation(replace(CLUB, logo=f"{'0' * 64}-200x80"), OCCASION, ADA).html
    assert 'img class="logo"' in html
    dark = html.partition("prefers-color-scheme: dark")[2]
    assert ".logo { background: #ffffff !important;" in dark


def test_the_fingerprint_is_grouped_for_comparing() -> None:
    text = invitation(CLUB, OCCASION, ADA).text
    assert "    0001 0203 0405 0607\n    0809 0a0b 0c0d 0e0f\n    1011 1213 1415 1617\n" in text
    assert "once the ballot is fixed" in invitation(CLUB, replace(OCCASION, manifest_hash=None), ADA).text


@pytest.mark.parametrize("language", codes())
def test_codes_are_in_the_elections_language(language: str) -> None:
    mail = second_factor(replace(CLUB, language=language), "Wahl", "012345", 10)
    assert "\n    012345\n" in mail.text
    assert mail.reply_to == "office@club.example"
    short = second_factor_short(replace(CLUB, language=language), "012345", 10)
    assert short.startswith("012345 ")
    assert len(short) <= 160


@pytest.mark.parametrize("code", codes())
def test_every_catalogue_says_the_same_things_with_the_same_values(code: str) -> None:
    found, known = (json.loads((CATALOGUES / f"{name}.json").read_text()) for name in (code, "en"))
    assert found.keys() == known.keys()
    for key, text in known.items():
        assert type(found[key]) is type(text)
        if isinstance(text, str):
            assert _names(found[key]) == _names(text), key
        else:
            assert len(found[key]) == len(text)


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
