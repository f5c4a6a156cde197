"""Payload templates: JSON in which a field `name.$` holds a path or an intrinsic function in place of a value."""

from collections.abc import Collection
from typing import Any

from .errors import InvalidDefinition
from .intrinsics import Expression, parse
from .paths import Context


def compile_template(template: Any, context: Collection[str] = ()) -> Expression:
    """Return a function of a state's input and the context object that fills the template in.

    `context`: the `$$` paths that the template may read. Raises InvalidDefinition for a path or function that is not
    known. The function raises StateFailed where a path leads to nothing.
    """
    match template:
        case dict():
            fields = dict(_field(name, value, context) for name, value in template.items())
            if len(fields) < len(template):
                raise InvalidDefinition(f"a field twice: {', '.join(template)}")
            return lambda data, given: {name: value(data, given) for name, value in fields.items()}
        case list():
            items = [compile_template(item, context) for item in template]
            return lambda data, given: [item(data, given) for item in items]
    return constant(template)


def constant(value: Any) -> Expression:
    def expression(_data: Any, _context: Context) -> Any:
        return value

    return expression


def _field(name: str, value: Any, context: Collection[str]) -> tuple[str, Expression]:
    if not name.endswith(".$"):
        return name, compile_template(value, context)
    if not isinstance(value, str):
        raise InvalidDefinition(f"{name} must be text")
    return name.removesuffix(".$"), parse(value, context)
