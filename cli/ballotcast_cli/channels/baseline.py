"""The baseline file: which channels there are to be. Everything wrong with it is told at once, each with its line.

channels:
  - name: engine
    port: 26001
    schema: engine.avsc       # a file next to this one, or the schema itself
    config: {decimation: 10, algorithm: minmax}
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from ballotcast.channels.config import MOST_QUOTA, MOST_SILENCE, Algorithm, Retention, Rotation
from ballotcast.channels.names import name_errors, port_errors
from ballotcast.channels.schemas import ChannelSchema, SchemaError
from ballotcast.errors import FieldError
from ballotcast.unique_json import loads

from .plan import Channel
from .yaml_lines import Lines, Mistake, YamlError, read_yaml

Value = TypeVar("Value")


def read_schema(file: Path) -> dict[str, Any]:
    """Return the Avro schema of a channel in a JSON file (.avsc).

    Raises SchemaError if it is not one, or there is no such file.
    """
    try:
        return ChannelSchema.parse(loads(file.read_bytes())).json
    except OSError as error:
        raise SchemaError(f"{file}: {error.strerror}") from None
    except SchemaError as error:
        raise SchemaError(f"{file}: {error}") from None
    except ValueError as error:
        raise SchemaError(f"{file}: not JSON: {error}") from None


def _schema(given: Any, info: ValidationInfo) -> dict[str, Any]:
    try:
        if isinstance(given, str):
            return read_schema(Path(info.context or ".", given))
        return ChannelSchema.parse(given).json
    except SchemaError as error:
        raise _mistaken(str(error)) from None


def _name(name: str) -> str:
    return _without(name_errors(name), name)


def _port(port: int) -> int:
    return _without(port_errors(port), port)


def _without(errors: Sequence[FieldError], value: Value) -> Value:
    if errors:
        raise _mistaken(errors[0].detail)
    return value


def _mistaken(reason: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{reason}", {"reason": reason})


class _Config(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    decimation: Annotated[int, Field(ge=1, le=100_000)] = 1
    algorithm: Algorithm = "downsample"
    rotation: Rotation = "hour"
    retention: Retention = 1
    silence: Annotated[int, Field(ge=0, le=MOST_SILENCE)] = 0
    quota: Annotated[int, Field(ge=0, le=MOST_QUOTA)] = 0


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: Annotated[str, AfterValidator(_name)]
    port: Annotated[int, AfterValidator(_port)]
    avro: Annotated[dict[str, Any], PlainValidator(_schema), Field(alias="schema")]
    config: _Config = _Config()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    channels: list[_Entry]


@dataclass(frozen=True)
class Baseline:
    path: Path
    channels: tuple[Channel, ...]
    lines: Lines

    def line_of(self, name: str, pointer: str = "") -> int:
        """Return where a channel stands, or the part of it that a JSON pointer of the API's names."""
        index = next(index for index, channel in enumerate(self.channels) if channel.name == name)
        return self.lines.of(("channels", index, *filter(None, pointer.split("/"))))


def read_baseline(path: Path) -> Baseline:
    """YamlError with every mistake; raises OSError if the file cannot be read."""
    document, lines = read_yaml(path.read_bytes())
    try:
        entries = _File.model_validate({} if document is None else document, context=path.parent).channels
    except ValidationError as error:
        raise YamlError(list(_told(error, lines))) from None
    if mistakes := list(_repeated(entries, lines)):
        raise YamlError(mistakes)
    channels = tuple(
        Channel(entry.name, entry.port, entry.avro, entry.config.model_dump(exclude_unset=True)) for entry in entries
    )
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
