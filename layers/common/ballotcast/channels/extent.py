"""How much a few bytes of a schema's type can stand for: its values and its least width."""

from typing import Any

MOST_VALUES = 10_000
_NAMED = {"record", "error", "enum", "fixed"}
_WIDTH = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}


class SchemaError(ValueError):
    """Not a schema that a channel can have; the message says why."""


class Extent:
    """(values, least bytes) of each type, with a type's repetitions counted once; named types are measured once.

    A type that contains itself counts as one value there: how deep it goes is bounded where records are read.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}
        self.recursive: set[str] = set()
        """Full names of the types that contain themselves."""

    def of(self, schema: Any, namespace: str = "") -> tuple[int, int]:
        """Raise SchemaError for a type of which a few bytes stand for unbounded work."""
        if isinstance(schema, list):
            sizes = [self.of(part, namespace) for part in schema]
            return max((values for values, _ in sizes), default=0), 1 + min((width for _, width in sizes), default=0)
        if isinstance(schema, str):
            return (1, _WIDTH[schema]) if schema in _WIDTH else self._named(schema, namespace)
        kind = schema["type"]
        if kind in _NAMED if isinstance(kind, str) else False:
            return self._define(schema, kind, namespace)
        if kind in ("array", "map"):
            values, width = self.of(schema["items" if kind == "array" else "values"], namespace)
            if kind == "array" and not width:
                raise SchemaError("an array's items must not be empty")
            return values, 1
        return self.of(kind, namespace)

    def _named(self, name: str, namespace: str) -> tuple[int, int]:
        full = full_name(name, namespace)
        if full not in self._known:
            full = name
        if self._known[full] == _OPEN:
            self.recursive.add(full)
            return 1, 1  # it cannot be less: one that is nothing but itself has no end
        return self._known[full]

    def _define(self, schema: dict[str, Any], kind: str, namespace: str) -> tuple[int, int]:
        full = full_name(schema["name"], schema.get("namespace", namespace))
        if kind == "enum":
            found = 1, 1
        elif kind == "fixed":
            found = 1, schema["size"]
        else:
            self._known[full] = _OPEN
            inner = full.rpartition(".")[0]
            sizes = [self.of(one["type"], inner) for one in schema["fields"]]
            values, width = sum(size[0] for size in sizes), sum(size[1] for size in sizes)
            if values > MOST_VALUES:
                raise SchemaError(f"a record would have over {MOST_VALUES} values")
            found = max(values, 1), width
        self._known[full] = found
        return found


_OPEN = (-1, -1)


def full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"
