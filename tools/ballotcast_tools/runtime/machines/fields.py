"""Reads the fields of a JSON object one by one, and refuses those that nobody asked for."""

from collections.abc import Mapping
from typing import Any, TypeVar

from .errors import InvalidDefinition

Value = TypeVar("Value")


class Fields:
    """`where`: the object's place in the definition, for messages."""

    def __init__(self, where: str, fields: Any) -> None:
        if not isinstance(fields, Mapping):
            raise InvalidDefinition(f"{where} is not an object")
        self.where = where
        self._left = {name: value for name, value in fields.items() if name != "Comment"}

    def has(self, name: str) -> bool:
        return name in self._left

    def take(self, name: str, kind: type[Value]) -> Value:
        """Return the field. Raises InvalidDefinition if it is missing, or of another type."""
        if name not in self._left:
            raise InvalidDefinition(f"{self.where} has no {name}")
        value = self._left.pop(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidDefinition(f"{self.where}.{name} is not of type {kind.__name__}")
        return value

    def find(self, name: str, kind: type[Value], default: Value) -> Value:
        return self.take(name, kind) if name in self._left else default

    def take_any(self, name: str) -> Any:
        """Return the field, whatever its type; None if it is missing."""
        return self._left.pop(name, None)

    def number(self, name: str, default: int | None, least: int, most: int) -> int:
        """Return the field, from `least` to `most`. It must be there if `default` is None."""
        value = self.take(name, int) if default is None else self.find(name, int, default)
        if not least <= value <= most:
            raise InvalidDefinition(f"{self.where}.{name} is not from {least} to {most}")
        return value

    def end(self) -> None:
        """Raise InvalidDefinition if a field is left."""
        if self._left:
            raise InvalidDefinition(f"{self.where}: unknown {', '.join(self._left)}")
