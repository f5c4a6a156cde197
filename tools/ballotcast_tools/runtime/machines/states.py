"""The states of a machine, checked and ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .intrinsics import Expression
from .paths import Path, ResultPath
from .retries import Catcher, Retrier

WITH_TOKEN = ".waitForTaskToken"  # noqa: S105 - the end of a resource's name


@dataclass(frozen=True)
class Pass:
    """`output` None: the input. `next` None, here and below: the state ends its machine."""

    kind: ClassVar = "Pass"
    output: Expression | None
    result_path: ResultPath
    next: str | None


@dataclass(frozen=True)
class Task:
    """`parameters` None: the input. `timeout` in seconds."""

    kind: ClassVar = "Task"
    resource: str
    parameters: Expression | None
    timeout: int | None
    result_path: ResultPath
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]
    next: str | None

    @property
    def waits_for_token(self) -> bool:
        return self.resource.endswith(WITH_TOKEN)


@dataclass(frozen=True)
class Rule:
    """Goes to `next` if there is a value at `variable`, or if there is none (`present` False)."""

    variable: Path
    present: bool
    next: str


@dataclass(frozen=True)
class Choice:
    kind: ClassVar = "Choice"
    rules: tuple[Rule, ...]
    default: str | None


@dataclass(frozen=True)
class Wait:
    """`seconds`: or where in the input they are."""

    kind: ClassVar = "Wait"
    seconds: int | Path
    next: str | None


@dataclass(frozen=True)
class Map:
    """`at_once`: iterations that run at the same time; 0 for all."""

    kind: ClassVar = "Map"
    items: Path
    at_once: int
    selector: Expression | None
    processor: "Program"
    result_path: ResultPath
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]
    next: str | None


@dataclass(frozen=True)
class Succeed:
    kind: ClassVar = "Succeed"


@dataclass(frozen=True)
class Fail:
    """`error`, `cause`: text, or where in the input it is."""

    kind: ClassVar = "Fail"
    error: str | Path | None
    cause: str | Path | None


State = Pass | Task | Choice | Wait | Map | Succeed | Fail


@dataclass(frozen=True)
class Program:
    start_at: str
    states: Mapping[str, State]
