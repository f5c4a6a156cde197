"""What becomes of a branch: the outcomes of a transition, before they are written."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Enter:
    """Goes to another state, with this input."""

    state: str
    data: Any


@dataclass(frozen=True)
class Perform:
    """A task begins. `token` if it waits for one; `due`: its timeout, in Unix time."""

    token: str | None
    due: float | None


@dataclass(frozen=True)
class Pause:
    """A Wait begins."""

    due: float


@dataclass(frozen=True)
class Spread:
    """A Map begins: an iteration for each of the inputs, `at_once` of them at the same time."""

    map: str
    state: str
    inputs: tuple[Any, ...]
    at_once: int


@dataclass(frozen=True)
class Again:
    """The state begins once more when it is due."""

    due: float
    attempts: tuple[int, ...]


@dataclass(frozen=True)
class End:
    output: Any


@dataclass(frozen=True)
class Break:
    """Failed, and nothing catches it."""

    error: str | None
    cause: str | None


Move = Enter | Perform | Pause | Spread | Again | End | Break
