"""Catalogues: the same strings in every language, all of them used, none missing."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from checkout import ROOT
from web.language import DEFAULT, Language, UnknownString, choose, languages

WEB = ROOT / "functions" / "web"
CATALOGUES = {path.stem: json.loads(path.read_text()) for path in (WEB / "catalogue").glob("*.json")}
USED = re.compile(r"""\b(?:t|text|has|has_text)\(\s*["'`](\w+\.[\w-]+)["'`](?!\s*[~+])""")
MADE = re.compile(r"""\b(?:t|text|has|has_text)\(\s*(?:["'`]|f["'])(\w+)\.[\w-]*(?:["']\s*[~+]|\$?\{)""")
"""Keys that end with a value: the whole section may be meant."""


def strings(catalogue: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, text) of every string and of every plural form."""
    for section, entries in catalogue.items():
        for name, found in entries.items():
            forms = found if isinstance(found, dict) else {"": found}
            yield from ((f"{section}.{name}{form and ':' + form}", text) for form, text in forms.items())


def sources() -> Iterator[str]:
    for path in sorted(WEB.rglob("*")):
        if path.suffix in {".html", ".py", ".js"} and "vendor" not in path.parts:
            yield path.read_text()


@pytest.mark.parametrize("code", sorted(set(CATALOGUES) - {DEFAULT}))
def test_every_language_says_the_same(code: str) -> None:
    original, translated = dict(strings(CATALOGUES[DEFAULT])), dict(strings(CATALOGUES[code]))
    zeros = {key for key in translated if key.endswith(":zero")}
    assert set(original) == set(translated) - zeros
    assert all(f"{key.removesuffix(':zero')}:one" in original for key in zeros)
    for key, text in original.items():
        slots = set(re.findall(r"\{(\w+)\}", text)) - {"count"}  # "one" need not say the number
        assert set(re.findall(r"\{(\w+)\}", translated[key])) - {"count"} == slots, key
        assert translated[key], key


def test_a_string_is_text() -> None:
    for catalogue in CATALOGUES.values():
        for key, text in strings(catalogue):
            assert not re.search(r"[<>]|&\w+;", text), key


def test_every_string_that_is_used_is_there() -> None:
    known = {key.partition(":")[0] for key, _ in strings(CATALOGUES[DEFAULT])}
    used = {key for source in sources() for key in USED.findall(source)}
    assert used
    assert used <= known


def test_every_string_is_used() -> None:
    known = {key.partition(":")[0] for key, _ in strings(CATALOGUES[DEFAULT])}
    text = "\n".join(sources())
    made = {section for source in sources() for section in MADE.findall(source)}
    unused = {key for key in known if key not in text and key.partition(".")[0] not in made}
    assert unused - {"language.name"} == set()


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        ("de", "en", "de"),
        (None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr-CA, de;q=0.1, en;q=0.5", "fr"),
        (None, "es, de;q=0.1, en;q=0.5", "en"),
        (None, "de;q=0, en;q=0.5", "en"),
        (None, "es", DEFAULT),
        (None, "", DEFAULT),
        ("../../etc/passwd", "de", "de"),
        ("xx", "de;q=x", DEFAULT),
    ],
)
def test_the_language_is_the_readers(chosen: str | None, accepted: str, code: str) -> None:
    assert choose(chosen, accepted).code == code


def test_values_are_escaped_and_an_unknown_string_is_an_error() -> None:
    said = Language("en").text("nav.release", release="<script>")
    assert said == "Release &lt;script&gt;"
    with pytest.raises(UnknownString):
        Language("en").text("nav.nothing")


def test_the_languages_name_themselves_the_default_first() -> None:
    assert next(iter(languages())) == DEFAULT
    assert languages() == {"en": "English", "de": "Deutsch", "fr": "Français"}


@pytest.mark.parametrize(
    ("code", "count", "said"),
    [
        ("fr", 0, "0 bulletin pour 5 inscrits"),
        ("fr", 1, "1 bulletin pour 5 inscrits"),
        ("fr", 2, "2 bulletins pour 5 inscrits"),
    ],
)
def test_nought_is_singular_in_french(code: str, count: int, said: str) -> None:
    assert Language(code).text("manage.turnout_final", count=count, roll=5) == said
