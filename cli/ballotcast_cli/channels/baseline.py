"""The baseline file: which channels there are to be. Everything wrong with it is told at once, each with its line.

channels:
  - name: engine
    port: 26001
    schema: engine.avsc       # a file beside this one, or the schema itself
    config: {decimation: 10, algorithm: minmax}
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from .plan import Channel
from .yaml_lines import Lines, Mistake, YamlError, read_yaml


class SchemaFileError(ValueError):
    """No file, or not JSON, or not an object."""


def read_schema(file: Path) -> dict[str, Any]:
    """The Avro schema in a JSON file (.avsc); whether it is one, is the API's to say."""
    try:
        schema = json.loads(file.read_bytes())
    except OSError as error:
        raise SchemaFileError(f"{file.name}: {error.strerror}") from None
    except ValueError as error:
        raise SchemaFileError(f"{file.name}: not JSON: {error}") from None
    if not isinstance(schema, dict):
        raise SchemaFileError(f"{file.name}: not the schema of a record: no JSON object")
    return schema


def _schema(given: Any, info: ValidationInfo) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    if not isinstance(given, str):
        raise PydanticCustomError("schema", "neither a schema nor the name of a file that holds one")
    try:
        return read_schema(Path(info.context or ".", given))
    except SchemaFileError as error:
        raise PydanticCustomError("schema", "{reason}", {"reason": str(error)}) from None


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    port: Annotated[int, Field(ge=1024, le=65535)]
    avro: Annotated[dict[str, Any], PlainValidator(_schema), Field(alias="schema")]
    config: dict[str, Any] = {}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    channels: list[_Entry]


@dataclass(frozen=True)
class Baseline:
    path: Path
    channels: tuple[Channel, ...]
    lines: Lines

    def line_of(self, name: str, pointer: str = "") -> int:
        """Where a channel stands, or the part of it that a JSON pointer of the API's names."""
        index = next(index for index, channel in enumerate(self.channels) if channel.name == name)
        return self.lines.of(("channels", index, *filter(None, pointer.split("/"))))


def read_baseline(path: Path) -> Baseline:
    """YamlError with every mistake; OSError if the file cannot be read."""
    document, lines = read_yaml(path.read_bytes())
    try:
        entries = _File.model_validate({} if document is None else document, context=path.parent).channels
    except ValidationError as error:
        raise YamlError(list(_told(error, lines))) from None
    if mistakes := list(_repeated(entries, lines)):
        raise YamlError(mistakes)
    channels = tuple(Channel(entry.name, entry.port, entry.avro, entry.config) for entry in entries)
    return Baseline(path, channels, lines)


def _told(error: ValidationError, lines: Lines) -> Iterator[Mistake]:
    for part in error.errors():
        location = part["loc"]
        where = ".".join(map(str, location[2:] or location))
        yield Mistake(lines.of(location), f"{where}: {part['msg']}" if where else part["msg"])


def _repeated(entries: Sequence[_Entry], lines: Lines) -> Iterator[Mistake]:
    for field in ("name", "port"):
        seen: dict[Any, int] = {}
        for index, entry in enumerate(entries):
            value, line = getattr(entry, field), lines.of(("channels", index, field))
            if value in seen:
                yield Mistake(line, f"{field} {value} is declared a second time, first on line {seen[value]}")
            seen.setdefault(value, line)
