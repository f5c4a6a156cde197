"""JSONPath as our definitions use it: `$.a.b`, `$.a[0]`, `$.a[*].b`, and `$$` for the context object."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .errors import RUNTIME, InvalidDefinition, StateFailed

Context = Mapping[str, Any]
"""What `$$` means, for example {"Task": {"Token": "…"}}."""
EVERY: Final = "*"
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\['([^']+)'\]|\[(\d+)\]|\[(\*)\]")


@dataclass(frozen=True)
class Path:
    """`steps`: names of fields, positions, and EVERY."""

    text: str
    of_context: bool
    steps: tuple[str | int, ...]

    @staticmethod
    def parse(text: str) -> "Path":
        """Return the path that `text` is, or raise InvalidDefinition."""
        rest = text.removeprefix("$$") if text.startswith("$$") else text.removeprefix("$")
        found = list(_STEP.finditer(rest))
        if rest == text or "".join(step.group() for step in found) != rest:
            raise InvalidDefinition(f"unknown path {text}")
        return Path(text, text.startswith("$$"), tuple(_step(step) for step in found))

    def read(self, data: Any, context: Context) -> Any:
        """Return what is there: a list if the path has a `[*]`. Raises StateFailed if there is nothing."""
        values = [context if self.of_context else data]
        spread = False
        for step in self.steps:
            if step == EVERY:
                values = [item for value in values for item in _items(value)]
                spread = True
                continue
            found = [value[step] for value in values if _has(value, step)]  # type: ignore[index]
            if not found and not spread:
                raise StateFailed(RUNTIME, f"the path {self.text} leads to nothing")
            values = found
        return values if spread else values[0]

    def leads_somewhere(self, data: Any) -> bool:
        try:
            self.read(data, {})
        except StateFailed:
            return False
        return True


def _step(step: re.Match[str]) -> str | int:
    name, quoted, position, every = step.groups()
    return int(position) if position else name or quoted or every


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list) and step < len(value)
    return isinstance(value, Mapping) and step in value


def _items(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


@dataclass(frozen=True)
class ResultPath:
    """Where a state's result goes in its input. `fields` None: nowhere, the input stays as it is."""

    fields: tuple[str, ...] | None

    @staticmethod
    def parse(text: str | None) -> "ResultPath":
        if text is None:
            return ResultPath(None)
        path = Path.parse(text)
        fields = tuple(step for step in path.steps if isinstance(step, str) and step != EVERY)
        if path.of_context or len(fields) < len(path.steps):
            raise InvalidDefinition(f"ResultPath cannot be {text}")
        return ResultPath(fields)

    def place(self, data: Any, result: Any) -> Any:
        """Return `data` with `result` in it. Raises StateFailed where `data` has a value that holds no fields."""
        return data if self.fields is None else _placed(data, self.fields, result)


def _placed(data: Any, fields: tuple[str, ...], result: Any) -> Any:
    if not fields:
        return result
    if not isinstance(data, dict):
        raise StateFailed("States.ResultPathMatchFailure", f"there is no object to put {fields[0]} into")
    first, *rest = fields
    return {**data, first: _placed(data.get(first, {}), tuple(rest), result)}
