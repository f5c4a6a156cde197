"""IAM as AWS evaluates it, for what the template's policies use.

AWS: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators". A request is allowed
if a statement allows it and none denies it. Anything that this module does not evaluate is an error when a role is
made, so a policy never means less here than it says.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .errors import TemplateError

Context = Mapping[str, str | tuple[str, ...]]
"""Condition keys of a request; those that may have several values have a tuple."""
Test = Callable[[Context], bool]
Matcher = Callable[[str], bool]

LEADING_KEYS = "dynamodb:LeadingKeys"
ENCRYPTION_CONTEXT = "kms:EncryptionContext:"
PASSED_TO = "iam:PassedToService"
PREFIX = "s3:prefix"
_KEYS = frozenset({LEADING_KEYS, PASSED_TO, PREFIX})
_ELEMENTS = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})


class _Statement(NamedTuple):
    denies: bool
    on_action: Matcher
    on_resource: Matcher
    tests: tuple[Test, ...]

    def applies(self, resource: str, context: Context) -> bool:
        if not self.on_resource(resource):
            return False
        for test in self.tests:  # noqa: SIM110  # faster than all(), and every cast asks several times
            if not test(context):
                return False
        return True


class Role:
    """`statements`: of the role's policies, as IAM has them in JSON, every reference resolved."""

    def __init__(self, name: str, statements: Sequence[Mapping[str, Any]]) -> None:
        self.name = name
        self.statements = tuple(statements)
        self._compiled = [_compiled(one, f"{name}.Statement[{at}]") for at, one in enumerate(statements)]
        self._by_action: dict[str, tuple[_Statement, ...]] = {}
        """Statements about an action, those that deny it first."""

    def __repr__(self) -> str:
        return f"Role({self.name!r})"

    def __reduce__(self) -> tuple[type["Role"], tuple[str, tuple[Mapping[str, Any], ...]]]:
        """Roles go to worker processes; compiled statements cannot."""
        return Role, (self.name, self.statements)

    def allows(self, action: str, resource: str, context: Context) -> bool:
        """Return whether `action` (`dynamodb:GetItem`) on `resource` (an ARN, or `*` if it has none) is allowed."""
        about = self._by_action.get(action)
        if about is None:
            about = self._by_action[action] = self._about(action)
        for statement in about:
            if statement.applies(resource, context):
                return not statement.denies
        return False

    def _about(self, action: str) -> tuple[_Statement, ...]:
        found = [one for one in self._compiled if one.on_action(action.lower())]
        return tuple(sorted(found, key=lambda one: not one.denies))


def _compiled(statement: Mapping[str, Any], where: str) -> _Statement:
    if unknown := set(statement) - _ELEMENTS:
        raise TemplateError(where, f"unknown element {', '.join(sorted(unknown))}")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise TemplateError(where, "Effect must be Allow or Deny")
    tests = [
        _test(operator, key, _strings(values, where), f"{where}.Condition.{operator}.{key}")
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    return _Statement(
        denies=statement["Effect"] == "Deny",
        on_action=_either(statement, "Action", where, lower=True),
        on_resource=_either(statement, "Resource", where),
        tests=tuple(tests),
    )


def _either(statement: Mapping[str, Any], element: str, where: str, *, lower: bool = False) -> Matcher:
    """What `element` or its opposite (`NotResource`) says; a statement has exactly one of them."""
    if (element in statement) == (f"Not{element}" in statement):
        raise TemplateError(where, f"needs either {element} or Not{element}")
    name = element if element in statement else f"Not{element}"
    patterns = _strings(statement[name], f"{where}.{name}")
    matches = _matcher([pattern.lower() for pattern in patterns] if lower else patterns)
    return matches if name == element else lambda text: not matches(text)


def _strings(value: Any, where: str) -> list[str]:
    values = value if isinstance(value, list) else [value]
    for one in values:
        if not isinstance(one, str):
            raise TemplateError(where, f"{one!r} is not a string")
        if "${" in one:
            raise TemplateError(where, "policy variables are not supported")
    return values


def _matcher(patterns: Iterable[str]) -> Matcher:
    """Compile patterns in which `*` stands for any characters and `?` for one."""
    globs = [pattern for pattern in patterns if "*" in pattern or "?" in pattern]
    literals = frozenset(patterns) - frozenset(globs)
    if not globs:
        return literals.__contains__
    expression = "|".join(re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".") for glob in globs)
    like = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: text in literals or like(text) is not None


def _test(operator: str, key: str, values: list[str], where: str) -> Test:
    if key not in _KEYS and not key.startswith(ENCRYPTION_CONTEXT):
        raise TemplateError(where, "unknown condition key")
    if operator == "Null":
        if values not in (["true"], ["false"]):
            raise TemplateError(where, "must be 'true' or 'false'")
        absent = values == ["true"]
        return lambda context: (not context.get(key)) is absent
    if operator == "ForAllValues:StringLike":
        return _for_all(key, _matcher(values))
    if key == LEADING_KEYS:
        raise TemplateError(where, "a key of several values needs ForAllValues")
    if operator == "StringLike":
        return _for_one(key, _matcher(values))
    if operator == "StringEquals":
        return _for_one(key, frozenset(values).__contains__)
    raise TemplateError(where, "unknown operator")


def _for_one(key: str, matches: Matcher) -> Test:
    """A key that is absent matches nothing."""

    def holds(context: Context) -> bool:
        value = context.get(key)
        return isinstance(value, str) and matches(value)

    return holds


def _for_all(key: str, matches: Matcher) -> Test:
    """A key that is absent, or has no value, matches: policies add `Null` for that."""

    def holds(context: Context) -> bool:
        values = context.get(key, ())
        if isinstance(values, str):
            return matches(values)
        return all(map(matches, values))

    return holds
