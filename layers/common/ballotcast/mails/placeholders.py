"""Placeholders in what organisers write: `{title}` and five others, and nothing else in braces."""

import re
from collections.abc import Mapping

KNOWN = ("name", "title", "organisation", "contact", "opens", "closes")
_PLACEHOLDER = re.compile(r"\{([^{}\r\n]*)\}")


def unknown(text: str) -> list[str]:
    """Return what stands in braces and is no placeholder, each once, in order: `{nmae}`. Also the outer braces of
    `{{name}}`.

    A brace that is not closed in its line is text.
    """
    found = [one[0] for one in _PLACEHOLDER.finditer(text) if one[1] not in KNOWN]
    doubled = [one[0] for one in re.finditer(r"\{\{[^{}\r\n]*\}\}", text)]
    return list(dict.fromkeys([*doubled, *(one for one in found if f"{{{one}}}" not in doubled)]))


def used(text: str) -> set[str]:
    """Return the placeholders of a text that has no unknown ones."""
    return {one[1] for one in _PLACEHOLDER.finditer(text)}


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with values in the place of placeholders, in one pass: what a value holds is not looked at
    again.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
