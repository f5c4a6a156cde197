"""What the pages say: every string stands in a catalogue, `catalogue/<language>.json`; a new language is a new file.

A catalogue is an object of sections, each an object of strings. A string has `{names}` to be filled in; where it
depends on a number it is an object `{"one": …, "other": …}`, chosen by `count`: `one` is for 1 alone, in every
language, so that it may do without the number. A language in which 0 is singular has `zero` as well. Strings are text,
never HTML.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

CATALOGUES = Path(__file__).parent / "catalogue"
DEFAULT = "en"
Section = Mapping[str, str | Mapping[str, str]]


class UnknownString(KeyError):
    """No catalogue entry has this key: a mistake of ours."""


@cache
def languages() -> dict[str, str]:
    """Code → its own name, the default first."""
    codes = sorted((path.stem for path in CATALOGUES.glob("*.json")), key=lambda code: (code != DEFAULT, code))
    return {code: Language(code).text("language.name") for code in codes}


class Language:
    def __init__(self, code: str) -> None:
        self.code = code

    def text(self, key: str, **values: Any) -> Markup:
        """The string `section.name`, filled in; safe in a page, whatever the values are."""
        section, _, name = key.partition(".")
        try:
            found = _catalogue(self.code)[section][name]
        except KeyError:
            raise UnknownString(f"{self.code}: {key}") from None
        if not isinstance(found, str):
            found = found.get("zero" if values["count"] == 0 else "", found["one" if values["count"] == 1 else "other"])
        return Markup(escape(found)).format(**values)  # noqa: S704 - escaped, and format escapes the values

    def has(self, key: str) -> bool:
        section, _, name = key.partition(".")
        return name in _catalogue(self.code).get(section, {})

    def sections(self, *names: str) -> dict[str, Section]:
        """What a page's scripts say."""
        return {name: _catalogue(self.code)[name] for name in names}


def choose(chosen: str | None, accepted: str) -> Language:
    """The language that was chosen, else the first of ours in `Accept-Language` (RFC 9110 section 12.5.4)."""
    if chosen in languages():
        return Language(str(chosen))
    ranked = sorted(map(_weighed, accepted.split(",")), key=lambda pair: -pair[0])
    wanted = (tag.partition("-")[0].lower() for weight, tag in ranked if weight > 0)
    return Language(next((code for code in wanted if code in languages()), DEFAULT))


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), tag.strip()
    except ValueError:
        return 0.0, tag.strip()


@cache
def _catalogue(code: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((CATALOGUES / f"{code}.json").read_text())
    return found
