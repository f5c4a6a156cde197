"""The template's parameters: what was given, or else the default, checked as CloudFormation checks it."""

import re
from collections.abc import Mapping
from typing import Any

from .errors import TemplateError

_KNOWN = frozenset(
    {"Type", "Default", "Description", "AllowedValues", "AllowedPattern", "MinValue", "MaxValue", "MinLength"}
    | {"MaxLength", "ConstraintDescription", "NoEcho"}
)


def text(value: Any) -> str:
    """Return a scalar as CloudFormation writes it into text.

    >>> text(True), text(5)
    ('true', '5')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def chosen(declared: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every parameter. Raises TemplateError if one is missing, unknown or not allowed."""
    if unknown := set(given) - set(declared):
        raise TemplateError(f"parameter {sorted(unknown)[0]}", "the template has no such parameter")
    values = {}
    for name, rules in declared.items():
        where = f"parameter {name}"
        if name not in given and "Default" not in rules:
            raise TemplateError(where, "is missing and has no default")
        values[name] = text(given.get(name, rules.get("Default")))
        _check(values[name], rules, where)
    return values


def _check(value: str, rules: Mapping[str, Any], where: str) -> None:
    if unknown := set(rules) - _KNOWN:
        raise TemplateError(where, f"unknown rule {sorted(unknown)[0]}")
    if rules["Type"] not in ("String", "Number"):
        raise TemplateError(where, f"type {rules['Type']} is not supported")
    if "AllowedValues" in rules and value not in (allowed := [text(one) for one in rules["AllowedValues"]]):
        raise TemplateError(where, f"{value!r} is not one of {', '.join(allowed)}")
    if "AllowedPattern" in rules and not re.fullmatch(rules["AllowedPattern"], value):
        raise TemplateError(where, f"{value!r} does not match {rules['AllowedPattern']}")
    size, what = (len(value), "Length") if rules["Type"] == "String" else (_number(value, where), "Value")
    if size < rules.get(f"Min{what}", size):
        raise TemplateError(where, f"{value!r} is under the minimum of {rules[f'Min{what}']}")
    if size > rules.get(f"Max{what}", size):
        raise TemplateError(where, f"{value!r} is over the maximum of {rules[f'Max{what}']}")


def _number(value: str, where: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise TemplateError(where, f"{value!r} is not a number") from None
