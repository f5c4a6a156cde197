"""Intrinsic functions: `States.Format('{}#{}', $.channel, $.generation)`.

AWS: Step Functions Developer Guide, "Intrinsic functions for JSONPath states". Arguments are strings in single quotes,
numbers, true, false, null, paths, and calls of intrinsic functions.
"""

import json
import re
import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

from .errors import InvalidDefinition, StateFailed
from .paths import Context, Path

Expression = Callable[[Any, Context], Any]
"""Of a state's input and the context object."""
LONGEST = 1000
"""Items of an ArrayRange at most, as on AWS."""
_TOKEN = re.compile(
    r"\s*(?:(?P<call>States\.\w+)\s*\(|(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])"
    r"|(?P<word>true|false|null)\b|(?P<path>\$[^\s,()]*)|(?P<mark>[,)]))\s*"
)
_WORDS = {"true": True, "false": False, "null": None}


def parse(text: str, context: Collection[str]) -> Expression:
    """Return the value of a field whose name ends in `.$`. `context`: the `$$` paths that may be read there.

    Raises InvalidDefinition for what is not known.
    """
    tokens = _tokens(text)
    expression = _expression(tokens, text, context)
    if tokens:
        raise InvalidDefinition(f"unexpected {tokens[0].group().strip()} in {text}")
    return expression


def _tokens(text: str) -> list[re.Match[str]]:
    tokens, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise InvalidDefinition(f"cannot read {text[at:]} in {text}")
        tokens.append(token)
        at = token.end()
    return tokens


def _expression(tokens: list[re.Match[str]], whole: str, context: Collection[str]) -> Expression:
    if not tokens:
        raise InvalidDefinition(f"{whole} ends too early")
    token = tokens.pop(0)
    match token.lastgroup:
        case "path":
            path = Path.parse(token["path"])
            if path.of_context and path.text not in context:
                raise InvalidDefinition(f"{path.text} is not known here")
            return path.read
        case "call":
            return _call(token["call"], tokens, whole, context)
        case "text":
            return _constant(_unescaped(token["text"][1:-1]), token["text"])
        case "number":
            return _constant(json.loads(token["number"]))
        case "word":
            return _constant(_WORDS[token["word"]])
    raise InvalidDefinition(f"unexpected {token.group().strip()} in {whole}")


def _constant(value: Any, literal: str | None = None) -> Expression:
    def expression(_data: Any, _context: Context) -> Any:
        return value

    expression.literal = literal  # type: ignore[attr-defined]
    return expression


def _call(name: str, tokens: list[re.Match[str]], whole: str, context: Collection[str]) -> Expression:
    arguments: list[Expression] = []
    if tokens and tokens[0]["mark"] == ")":
        tokens.pop(0)
    else:
        mark = ","
        while mark == ",":
            arguments.append(_expression(tokens, whole, context))
            mark = tokens.pop(0)["mark"] if tokens else ""
        if mark != ")":
            raise InvalidDefinition(f"{name} is not closed in {whole}")
    if name == "States.Format":
        return _format(arguments, whole)
    if name not in _FUNCTIONS:
        raise InvalidDefinition(f"unknown intrinsic function {name}")
    function, arity = _FUNCTIONS[name]
    if arity is not None and len(arguments) != arity:
        raise InvalidDefinition(f"{name} takes {arity} arguments")

    def expression(data: Any, given: Context) -> Any:
        values = [argument(data, given) for argument in arguments]
        try:
            return function(*values)
        except (TypeError, ValueError, LookupError) as error:
            raise StateFailed("States.IntrinsicFailure", f"{name}: {error}") from error

    return expression


def _format(arguments: Sequence[Expression], whole: str) -> Expression:
    literal = getattr(arguments[0], "literal", None) if arguments else None
    if literal is None:
        raise InvalidDefinition(f"the template of States.Format must be text: {whole}")
    parts = [_unescaped(part) for part in re.split(r"(?<!\\)\{\}", literal[1:-1])]
    values = arguments[1:]
    if len(values) != len(parts) - 1:
        raise InvalidDefinition(f"{whole} has {len(parts) - 1} places for {len(values)} values")

    def expression(data: Any, given: Context) -> Any:
        texts = [_text(value(data, given)) for value in values]
        return parts[0] + "".join(text + part for text, part in zip(texts, parts[1:], strict=True))

    return expression


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise StateFailed("States.IntrinsicFailure", "States.Format takes no arrays and objects")
    return value if isinstance(value, str) else json.dumps(value)


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not an integer")
    return value


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not an array")
    return value


def _item(array: Any, position: Any) -> Any:
    if not 0 <= _integer(position) < len(_array(array)):
        raise ValueError(f"there is no item {position}")
    return array[position]


def _partition(array: Any, size: Any) -> list[Any]:
    if _integer(size) < 1:
        raise ValueError("a chunk has at least one item")
    return [_array(array)[start : start + size] for start in range(0, len(array), size)]


def _range(first: Any, last: Any, step: Any) -> list[int]:
    found = range(_integer(first), _integer(last) + (1 if _integer(step) > 0 else -1), step)
    if len(found) > LONGEST:
        raise ValueError(f"more than {LONGEST} items")
    return list(found)


_FUNCTIONS: dict[str, tuple[Callable[..., Any], int | None]] = {
    "States.Array": (lambda *values: list(values), None),
    "States.ArrayGetItem": (_item, 2),
    "States.ArrayPartition": (_partition, 2),
    "States.ArrayRange": (_range, 3),
    "States.UUID": (lambda: str(uuid.uuid4()), 0),
}
