"""DynamoDB's condition and update expressions, as much of them as the stores write, over items as boto3 has them.

Conditions: attribute_exists, attribute_not_exists, = <> < <= > >=, AND, OR and parentheses. Updates: SET of an
attribute, or of a value within maps (`outcome.rejected`), to a value, REMOVE and ADD of a number. Anything else is a
ValueError, so that nothing is played that is not understood.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

Wire = dict[str, Any]
"""An item, or a value, as boto3 has it: `{"b": {"B": b"…"}}`."""
Names = Mapping[str, str]
Test = Callable[[Wire, Names, Wire], bool]

_NAME = re.compile(r"[#:]?\w+")
_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),]|[#:]?\w+)")
_COMPARE = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(expression: str, item: Wire, names: Names, values: Wire) -> bool:
    """Return whether a condition is true of an item; a missing item counts as an empty one."""
    return _condition(expression)(item, names, values)


class NoSuchPath(ValueError):
    """An update of what lies in no map: DynamoDB refuses it."""


def updated(expression: str, item: Wire, names: Names, values: Wire) -> Wire:
    """The item after an update. Raises NoSuchPath."""
    changed = dict(item)
    for verb, operands in _clauses(expression):
        for operand in operands:
            name, *rest = operand.replace("=", " ").split()
            *above, last = name.split(".")
            if above and verb == "SET" and len(rest) == 1:
                _map_at([names.get(part, part) for part in above], changed)[names.get(last, last)] = values[rest[0]]
                continue
            if not _NAME.fullmatch(name):
                raise ValueError(f"a path that is not played here: {name}")
            attribute = names.get(name, name)
            match verb, rest:
                case "SET", [value]:
                    changed[attribute] = values[value]
                case "REMOVE", []:
                    changed.pop(attribute, None)
                case "ADD", [value]:
                    number = Decimal(changed.get(attribute, {"N": "0"})["N"]) + Decimal(values[value]["N"])
                    changed[attribute] = {"N": str(number)}
                case _:
                    raise ValueError(f"an update that is not played here: {expression}")
    return changed


def _map_at(path: list[str], changed: Wire) -> Wire:
    """A copy of the map at that path, put in place of the map that the item had there."""
    within = changed
    for name in path:
        if "M" not in within.get(name, {}):
            raise NoSuchPath("the document path of an update leads to no map")
        within[name] = {"M": dict(within[name]["M"])}
        within = within[name]["M"]
    return within


def _clauses(expression: str) -> Iterator[tuple[str, list[str]]]:
    parts = re.split(r"\b(SET|REMOVE|ADD)\s", expression)
    for verb, operands in zip(parts[1::2], parts[2::2], strict=True):
        yield verb, operands.split(",")


@cache
def _condition(expression: str) -> Test:
    tokens = _TOKEN.findall(expression)
    test = _either(tokens)
    if tokens or "".join(_TOKEN.findall(expression)) != "".join(expression.split()):
        raise ValueError(f"a condition that is not played here: {expression}")
    return test


def _either(tokens: list[str]) -> Test:
    tests = [_both(tokens)]
    while tokens[:1] == ["OR"]:
        del tokens[0]
        tests.append(_both(tokens))
    return lambda *given: any(test(*given) for test in tests)


def _both(tokens: list[str]) -> Test:
    tests = [_one(tokens)]
    while tokens[:1] == ["AND"]:
        del tokens[0]
        tests.append(_one(tokens))
    return lambda *given: all(test(*given) for test in tests)


def _one(tokens: list[str]) -> Test:
    match tokens:
        case ["(", *_]:
            del tokens[0]
            test = _either(tokens)
            del tokens[0]
            return test
        case ["attribute_exists" | "attribute_not_exists" as function, "(", name, ")", *_]:
            del tokens[:4]
            wanted = function == "attribute_exists"
            return lambda item, names, values: (names.get(name, name) in item) is wanted
        case [name, comparison, value, *_]:
            del tokens[:3]
            return lambda item, names, values: _compare(item.get(names.get(name, name)), comparison, values[value])
    raise ValueError("a condition that ends too early")


def _compare(found: Wire | None, comparison: str, wanted: Wire) -> bool:
    if comparison == "<>":
        return found is None or _plain(found) != _plain(wanted)
    if found is None or found.keys() != wanted.keys():
        return False
    return bool(_COMPARE[comparison](_plain(found)[1], _plain(wanted)[1]))


def _plain(value: Wire) -> tuple[str, Any]:
    [(kind, content)] = value.items()
    return kind, Decimal(content) if kind == "N" else content
