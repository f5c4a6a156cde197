"""Any Avro schema that a channel can have, and records of it (hypothesis).

Values are those that fastavro writes by a schema without logical types: physical numbers, bytes as bytes; a value of a
union is a pair of the branch's name and the value, so that its branch is certain.
"""

from io import BytesIO
from typing import Any

import fastavro
from hypothesis import strategies as st

from ballotcast.channels import meaning
from ballotcast.channels.schemas import ChannelSchema

TIME = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}
PLAIN = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
NUMBERS: tuple[tuple[str, str], ...] = tuple(meaning.RANGES)
names = st.sampled_from([f"{letter}{n}" for letter in "abxyz_" for n in range(9)])


class Drawn:
    """One schema as it is drawn: its named types, with how their values are made."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.named: dict[str, dict[str, Any]] = {}
        self.open: list[str] = []

    def name(self) -> str:
        return f"{self.draw(st.sampled_from(['ns.', 'ns.sub.', 'other.']))}T{len(self.named)}"

    def type(self, depth: int) -> Any:
        kinds = ["plain", "logical", "enum", "fixed", *(["known"] if self.named else [])]
        if depth:
            kinds += ["record", "array", "map", "union", "union", *(["again"] if self.open else [])]
        kind = self.draw(st.sampled_from(kinds))
        made: Any = getattr(self, f"_{kind}")(depth)
        return made

    def _plain(self, _: int) -> Any:
        return self.draw(st.sampled_from(PLAIN))

    def _logical(self, _: int) -> Any:
        kind, name = self.draw(st.sampled_from([*NUMBERS, ("string", "uuid"), ("bytes", "decimal")]))
        more = {"precision": 5, "scale": 2} if name == "decimal" else {}
        return {"type": kind, "logicalType": name, **more}

    def _define(self, **content: Any) -> dict[str, Any]:
        made = {"name": self.name(), **content}
        self.named[made["name"]] = made
        return made

    def _enum(self, _: int) -> Any:
        return self._define(type="enum", symbols=self.draw(st.sampled_from([["A"], ["LOW", "HIGH"], ["A", "B", "C"]])))

    def _fixed(self, _: int) -> Any:
        decimal = {"logicalType": "decimal", "precision": 4}
        return self._define(
            type="fixed", size=self.draw(st.integers(2, 16)), **self.draw(st.sampled_from([{}, decimal]))
        )

    def _known(self, _: int) -> Any:
        known = [name for name in self.named if name not in self.open]
        return self.draw(st.sampled_from(known)) if known else "int"

    def _again(self, _: int) -> Any:
        """The type that it is in, where a value can end."""
        return ["null", self.draw(st.sampled_from(self.open))]

    def _record(self, depth: int) -> Any:
        made = self._define(type="record")
        self.open.append(made["name"])
        fields = self.draw(st.lists(names, min_size=1, max_size=3, unique=True))
        made["fields"] = [{"name": name, "type": self.type(depth - 1)} for name in fields]
        self.open.pop()
        return made

    def _array(self, depth: int) -> Any:
        items = self.type(depth - 1)
        return {"type": "array", "items": ["null", "int"] if items == "null" else items}

    def _map(self, depth: int) -> Any:
        return {"type": "map", "values": self.type(depth - 1)}

    def _union(self, depth: int) -> Any:
        branches: dict[str, Any] = {}
        for _ in range(self.draw(st.integers(1, 4))):
            known = dict(self.named)
            branch = self.type(depth - 1)
            if isinstance(branch, list) or branch_name(branch) in branches:
                self.named = known
            else:
                branches[branch_name(branch)] = branch
        return self.draw(st.permutations(["null", *(one for name, one in branches.items() if name != "null")]))


def branch_name(branch: Any) -> str:
    """What Avro's JSON encoding calls it."""
    if isinstance(branch, str):
        return branch
    return str(branch["name"] if "name" in branch else branch["type"])


@st.composite
def schemas(draw: Any) -> dict[str, Any]:
    drawn = Drawn(draw)
    fields = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    drawn.named["ns.R"], drawn.open = {"name": "ns.R"}, ["ns.R"]
    return {
        "type": "record",
        "name": "ns.R",
        "fields": [TIME, *({"name": name, "type": drawn.type(3)} for name in fields)],
    }


def written(schema: ChannelSchema, records: list[dict[str, Any]]) -> bytes:
    """Records one after the other, as fastavro writes them."""
    output = BytesIO()
    for record in records:
        fastavro.schemaless_writer(output, schema.record, record)
    return output.getvalue()


def values(schema: Any, *, finite: bool, depth: int = 3) -> st.SearchStrategy[Any]:
    """Values of a type, as fastavro takes them."""
    return _Values(schema, finite=finite).of(schema, depth)


class _Values:
    def __init__(self, schema: Any, *, finite: bool) -> None:
        self._named: dict[str, Any] = {}
        self._finite = finite
        self._find(schema)

    def _find(self, schema: Any) -> None:
        for part in schema if isinstance(schema, list) else [schema]:
            if isinstance(part, dict):
                if "name" in part:
                    self._named[part["name"]] = part
                for inner in (part.get("items"), part.get("values"), *(one["type"] for one in part.get("fields", ()))):
                    self._find(inner)

    def of(self, schema: Any, depth: int) -> st.SearchStrategy[Any]:
        if isinstance(schema, list):
            wanted = [one for one in schema if depth > 0 or one == "null"] or schema
            return st.sampled_from(wanted).flatmap(
                lambda one: st.tuples(st.just(branch_name(one)), self.of(one, depth - 1))
            )
        if isinstance(schema, str) and schema in self._named:
            schema = self._named[schema]
        kind = schema if isinstance(schema, str) else schema["type"]
        logical = meaning.logical_type(schema) if isinstance(schema, dict) else ""
        if bounds := meaning.RANGES.get((kind, logical)):
            return st.integers(*bounds)
        odd = not self._finite
        match kind:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "int":
                return st.integers(*meaning.INT)
            case "long":
                return st.integers(*meaning.LONG)
            case "float":
                return st.floats(width=32, allow_nan=odd, allow_infinity=odd)
            case "double":
                return st.floats(allow_nan=odd, allow_infinity=odd)
            case "string" if logical:
                return st.uuids().map(str)
            case "string":
                return st.text(max_size=5)
            case "bytes" if logical:
                return st.integers(-(10**5) + 1, 10**5 - 1).map(lambda n: n.to_bytes(3, signed=True))
            case "bytes":
                return st.binary(max_size=5)
            case "fixed":
                size = schema["size"]
                if logical == "decimal":
                    return st.integers(-9999, 9999).map(lambda n: n.to_bytes(size, signed=True))
                return st.binary(min_size=size, max_size=size)
            case "enum":
                return st.sampled_from(schema["symbols"])
            case "array":
                return st.lists(self.of(schema["items"], depth - 1), max_size=2 if depth > 0 else 0)
            case "map":
                return st.dictionaries(st.text(max_size=3), self.of(schema["values"], depth - 1), max_size=2)
            case _:
                return st.fixed_dictionaries({one["name"]: self.of(one["type"], depth) for one in schema["fields"]})


def records(schema: dict[str, Any], *, finite: bool = False) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(values(schema, finite=finite), min_size=1, max_size=4)
