"""JSON's values as Avro's, where JSON alone does not say which: bytes, and unions of several types.

A value of a union is written as Avro's JSON encoding has it, `{"string": "x"}`, or naturally, `"x"`:

number      the first of int and long that holds it, else double, else float
text        string, if the union has it; else the one of bytes, fixed and enum that it fits
array       array
object      the one of its records and its map that it fits, or an object of one member that is named as a type

What fits several of these is refused with their names. A default is never written by Avro's JSON encoding, and is of
the first type that it fits (Avro 1.12). fastavro takes a pair for a value of a union: the branch's name and the value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ballotcast.channels import meaning
from ballotcast.channels.extent import SchemaError, full_name
from ballotcast.channels.walks import MOST_DEPTH, Spent, TooMuch

_TEXTS, _WHOLE, _FLOATING = ("bytes", "fixed", "enum"), ("int", "long"), ("double", "float")


MOST_DEFAULTS = 700_000
"""Bytes that defaults may add to a batch: few characters may leave out much."""


@dataclass
class Reading(Spent):
    """`defaults`: how many values that are being converted are in each other and of a schema's default. `added`: bytes
    that defaults have added, at least."""

    defaults: int = 0
    added: int = 0

    def add(self, values: int, size: int) -> None:
        self.take(values)
        self.added += size
        if self.added > MOST_DEFAULTS:
            raise TooMuch(f"over {MOST_DEFAULTS} bytes of defaults")


def extent(value: Any) -> tuple[int, int]:
    """(values, bytes that they take in Avro at least) of a value as fastavro takes it"""
    match value:
        case None:
            return 1, 0
        case str() | bytes():
            return 1, len(value)
        case tuple():
            return extent(value[1])
        case list() | dict():
            parts = [extent(part) for part in (value.values() if isinstance(value, dict) else value)]
            return 1 + sum(values for values, _ in parts), sum(size for _, size in parts)
        case _:
            return 1, 1


Convert = Callable[[Any, Reading], Any]


class Misfit(ValueError):
    """A value that does not fit its type. `field`: the outermost field that it is in, once that is known."""

    field = ""


def converter(schema: dict[str, Any]) -> Convert:
    """For records of a schema. It raises Misfit, and TooMuch where trying costs more than is stated."""
    return _Compiler().of(schema, "")[2]


def require_defaults(schema: dict[str, Any]) -> None:
    """Raise SchemaError for a default that is not of its field's type: other libraries refuse the schema."""
    compiler, spent = _Compiler(), Reading(defaults=1)
    compiler.of(schema, "")
    for name, convert, default in compiler.defaults:
        try:
            convert(default, spent)
        except (Misfit, TooMuch) as misfit:
            raise SchemaError(f"the default of the field {name!r:.80} is not a value of its type: {misfit}") from None


class _Compiler:
    def __init__(self) -> None:
        self._named: dict[str, tuple[str, str, Convert]] = {}
        self.defaults: list[tuple[str, Convert, Any]] = []
        """(field, how its values are converted, its default)"""

    def of(self, schema: Any, namespace: str) -> tuple[str, str, Convert]:
        """(what Avro's JSON encoding calls the type, its kind, how its values are converted)"""
        if isinstance(schema, list):
            return "", "union", _union([self.of(part, namespace) for part in schema])
        kind = schema if isinstance(schema, str) else schema["type"]
        if not isinstance(kind, str):
            return self.of(kind, namespace)
        if kind in _PLAIN:
            return kind, kind, _PLAIN[kind]
        if kind in ("array", "map"):
            inner = self.of(schema["items" if kind == "array" else "values"], namespace)[2]
            return kind, kind, _array(inner) if kind == "array" else _map(inner)
        if isinstance(schema, str) or kind not in ("record", "error", "enum", "fixed"):
            full = full_name(kind, namespace)
            return self._named[full if full in self._named else kind]
        full = full_name(schema["name"], schema.get("namespace", namespace))
        if kind == "enum":
            self._named[full] = full, kind, _enum(frozenset(schema["symbols"]))
        elif kind == "fixed":
            self._named[full] = full, kind, _fixed(schema["size"])
        else:
            fields: dict[str, _Field] = {}
            self._named[full] = full, "record", _record(fields)  # before its fields, one of which may be of this type
            for one in schema["fields"]:
                convert = self.of(one["type"], full.rpartition(".")[0])[2]
                fields[one["name"]] = _Field(convert, one.get("default", _MISSING))
                if "default" in one:
                    self.defaults.append((one["name"], convert, one["default"]))
        return self._named[full]


_MISSING = object()


def _expects(words: str, fits: Callable[[Any], bool], make: Callable[[Any], Any] = lambda value: value) -> Convert:
    def convert(value: Any, spent: Reading) -> Any:
        if not fits(value):
            raise Misfit(f"expected {words}")
        return make(value)

    return convert


def _whole(words: str, least: int, most: int) -> Convert:
    return _expects(words, lambda value: type(value) is int and least <= value <= most)


def _is_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < 2**1023)


def _is_bytes(value: Any) -> bool:
    return type(value) is str and (value.isascii() or max(value) <= "\xff")


_PLAIN: dict[str, Convert] = {
    "null": _expects("null", lambda value: value is None),
    "boolean": _expects("boolean", lambda value: type(value) is bool),
    "int": _whole("int", *meaning.INT),
    "long": _whole("long", *meaning.LONG),
    "float": _expects("float", _is_number, float),
    "double": _expects("double", _is_number, float),
    "string": _expects("string", lambda value: type(value) is str),
    "bytes": _expects("bytes, as text of U+0000 to U+00FF", _is_bytes, lambda value: value.encode("latin-1")),
}


def _fixed(size: int) -> Convert:
    words = f"{size} bytes, as text of U+0000 to U+00FF"
    return _expects(words, lambda value: _is_bytes(value) and len(value) == size, lambda value: value.encode("latin-1"))


def _enum(symbols: frozenset[str]) -> Convert:
    return _expects("one of the symbols", lambda value: type(value) is str and value in symbols)


def _array(item: Convert) -> Convert:
    def convert(value: Any, spent: Reading) -> Any:
        if type(value) is not list:
            raise Misfit("expected array")
        spent.take(len(value))
        return [item(one, spent) for one in value]

    return convert


def _map(inner: Convert) -> Convert:
    def convert(value: Any, spent: Reading) -> Any:
        if type(value) is not dict:
            raise Misfit("expected map")
        spent.take(len(value))
        return {name: inner(one, spent) for name, one in value.items()}

    return convert


class _Field:
    """How its values are converted, and its default, which is converted once."""

    def __init__(self, convert: Convert, default: Any) -> None:
        self.convert, self._default = convert, default
        self._made: Any = _MISSING
        self._extent = 0, 0

    def default(self, spent: Reading) -> Any:
        if self._default is _MISSING:
            raise Misfit("is missing and has no default")
        if self._made is _MISSING:
            spent.defaults += 1
            made = self.convert(self._default, spent)
            spent.defaults -= 1
            self._made, self._extent = made, extent(made)
        spent.add(*self._extent)
        return self._made


def _record(fields: dict[str, _Field]) -> Convert:
    def convert(value: Any, spent: Reading) -> Any:
        if type(value) is not dict:
            raise Misfit("expected record")
        if len(value) > len(fields) + 100:
            raise Misfit("has other fields than the schema")
        if strange := sorted(value.keys() - fields.keys()):
            raise _at(strange[0], Misfit(f"has no field {strange[0][:64]!r} in the schema"))
        spent.take(len(fields))
        spent.depth += 1
        made, name, defaults = {}, "", spent.defaults
        try:
            if spent.depth > MOST_DEPTH:
                raise Misfit(f"is nested over {MOST_DEPTH} deep")
            for name, field in fields.items():
                made[name] = field.convert(value[name], spent) if name in value else field.default(spent)
        except Misfit as misfit:
            raise _at(name, misfit) from None
        finally:
            spent.depth, spent.defaults = spent.depth - 1, defaults
        return made

    return convert


def _at(name: str, misfit: Misfit) -> Misfit:
    misfit.field = name
    return misfit


def _union(branches: Sequence[tuple[str, str, Convert]]) -> Convert:
    by_name = {name: convert for name, _, convert in branches}
    of_kind: dict[str, list[tuple[str, Convert]]] = {}
    for name, kind, convert in branches:
        of_kind.setdefault(kind, []).append((name, convert))

    def of_default(value: Any, spent: Reading) -> tuple[str, Any]:
        for name, _, convert in branches:
            spent.take(1)
            try:
                return name, convert(value, spent)
            except Misfit:
                continue
        raise Misfit(f"expected {' or '.join(by_name)}")

    def candidates(value: Any) -> list[tuple[str, Convert, Any]]:
        match value:
            case bool():
                kinds: Sequence[str] = ("boolean",)
            case int():
                kinds = (*_WHOLE, *_FLOATING)
            case float():
                kinds = _FLOATING
            case str():
                kinds = ("string",) if "string" in of_kind else _TEXTS
            case list():
                kinds = ("array",)
            case dict():
                kinds = ("record", "map")
            case _:
                kinds = ("null",)
        found = [(name, convert, value) for kind in kinds for name, convert in of_kind.get(kind, ())]
        if type(value) is dict and len(value) == 1 and (name := next(iter(value))) in by_name:
            found.append((name, by_name[name], value[name]))
        return found

    def union(value: Any, spent: Reading) -> Any:
        if spent.defaults:
            return of_default(value, spent)
        fits: list[tuple[str, Any]] = []
        for name, convert, given in candidates(value):
            spent.take(1)
            try:
                fits.append((name, convert(given, spent)))
            except Misfit:
                continue
            if type(value) in (int, float):  # the same number in each: the first is as good
                break
        if len(fits) > 1:
            names = " or ".join(name for name, _ in fits)
            raise Misfit(f'could be {names}: name its type, as in {{"{fits[0][0]}": …}}')
        if not fits:
            raise Misfit(f"expected {' or '.join(by_name)}")
        return fits[0]

    return union
