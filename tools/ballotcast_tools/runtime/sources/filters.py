"""Event patterns as event source mappings filter by them.

AWS: Lambda developer guide, "Control which events Lambda sends to your function". Of the rules, this module has those
that template.yaml uses: equal values, `prefix`, `exists`. Any other is an error when the pattern is read.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Matcher = Callable[[Any], bool]
_ABSENT = object()


class UnknownPattern(ValueError):
    """The pattern uses a rule that this module does not know."""


def any_of(patterns: Iterable[Mapping[str, Any]]) -> Matcher:
    """Return a function that says whether one of the patterns lets a record through; without patterns all pass.

    Members of a record are looked up in the order of the pattern, and no more of them than it takes.
    """
    matchers = [_members(pattern, "") for pattern in patterns]
    return lambda record: not matchers or any(matches(record) for matches in matchers)


def _members(pattern: Mapping[str, Any], path: str) -> Matcher:
    matchers = {name: _node(inner, f"{path}.{name}") for name, inner in pattern.items()}
    if not matchers:
        raise UnknownPattern(f"an empty object at {path or 'the top'}")

    def matches(found: Any) -> bool:
        """What is not an object has no members, so `exists: false` is true of each."""
        members = found if isinstance(found, Mapping) else {}
        return all(matcher(members.get(name, _ABSENT)) for name, matcher in matchers.items())

    return matches


def _node(pattern: Any, path: str) -> Matcher:
    if isinstance(pattern, Mapping):
        return _members(pattern, path)
    if not isinstance(pattern, list) or not pattern:
        raise UnknownPattern(f"neither an object nor a list at {path}")
    rules = [_rule(rule, path) for rule in pattern]
    return lambda found: any(matches(found) for matches in rules)


def _rule(rule: Any, path: str) -> Matcher:
    match rule:
        case {"exists": bool(wanted), **others} if not others:
            return lambda found: _is_leaf(found) is wanted
        case {"prefix": str(prefix), **others} if not others:
            return lambda found: any(isinstance(one, str) and one.startswith(prefix) for one in _values(found))
        case dict() | list():
            raise UnknownPattern(f"{rule} at {path}")
    return lambda found: any(type(one) is type(rule) and one == rule for one in _values(found))


def _is_leaf(found: Any) -> bool:
    """`exists` is about leaves only: an object does not count as one."""
    return found is not _ABSENT and not isinstance(found, Mapping)


def _values(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]
