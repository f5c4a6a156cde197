"""Every value that a text of the catalogue has a place for is given wherever a template shows that text."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jinja2 import Environment, nodes

from checkout import ROOT

WEB = ROOT / "functions" / "web"
CATALOGUE: dict[str, dict[str, Any]] = json.loads((WEB / "catalogue" / "en.json").read_text())
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
NAMED = set(re.findall(r'"(\w+\.[\w-]+)"', " ".join(path.read_text() for path in TEMPLATES)))
"""Texts that a template names in full: those with the same beginning as others are not meant by a made name."""
PLACE = re.compile(r"\{(\w+)\}")


def calls(template: str) -> Iterator[nodes.Call]:
    """Where a template calls `t`."""
    parsed = Environment(extensions=[]).parse(template)
    for call in parsed.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            yield call


def keys(expression: nodes.Node) -> Iterator[str]:
    """The texts that an expression may name: one, one of two, or all whose names begin like it."""
    match expression:
        case nodes.Const(value=str(key)):
            yield key
        case nodes.CondExpr(expr1=first, expr2=second):
            yield from keys(first)
            yield from keys(second) if second else ()
        case nodes.Concat(nodes=[nodes.Const(value=str(prefix)), *_]):
            section, _, start = prefix.partition(".")
            made = (f"{section}.{name}" for name in CATALOGUE[section] if name.startswith(start))
            yield from (key for key in made if key not in NAMED)


def places(key: str) -> set[str]:
    """What is filled in. `count` chooses the form where there are two."""
    section, _, name = key.partition(".")
    found = CATALOGUE[section][name]
    if isinstance(found, Mapping):
        return {"count", *PLACE.findall(" ".join(found.values()))}
    return set(PLACE.findall(found))


def missing(template: str) -> list[tuple[str, set[str]]]:
    """Texts that a call may show, with the values that it does not give."""
    found = []
    for call in calls(template):
        given = {keyword.key for keyword in call.kwargs}
        if call.dyn_kwargs is None:
            found += [(key, lacks) for key in keys(call.args[0]) if (lacks := places(key) - given)]
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_a_template_gives_what_its_texts_need(path: Any) -> None:
    assert missing(path.read_text()) == []


def test_a_value_that_is_not_given_is_found() -> None:
    assert missing('{{ t("manage.cast_of" if final else "manage.at_least", count=1) }}') == [
        ("manage.cast_of", {"issued"}),
        ("manage.at_least", {"issued"}),
    ]
    assert missing('{{ t("manage.cast_of", count=1, issued=2) }}') == []
