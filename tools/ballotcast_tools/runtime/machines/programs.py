"""The definitions of machines: one that an execution starts with now, and those that older executions follow."""

import json
import sqlite3
from collections.abc import Mapping
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from .definition import load
from .errors import InvalidDefinition
from .states import Program

if TYPE_CHECKING:
    from ballotcast_tools.runtime.template.deployment import Machine


class Defined(NamedTuple):
    """`hash`: of `content`, the definition as JSON text."""

    hash: str
    content: str
    program: Program


class Programs:
    """`machines` by ARN. Raises InvalidDefinition if one of them cannot be run."""

    def __init__(self, machines: Mapping[str, "Machine"]) -> None:
        self._lock = Lock()
        self._current: dict[str, Defined] = {}
        self._loaded: dict[str, Program] = {}
        for arn, machine in machines.items():
            try:
                self.replace(arn, machine.definition)
            except InvalidDefinition as error:
                raise InvalidDefinition(f"{machine.name}: {error}") from error

    def replace(self, arn: str, definition: Any) -> None:
        """Let executions that start from now on follow another definition, until the process ends."""
        content = json.dumps(definition)
        defined = Defined(sha256(content.encode()).hexdigest(), content, load(definition))
        with self._lock:
            self._current[arn] = defined
            self._loaded[defined.hash] = defined.program

    def current(self, arn: str) -> Defined:
        return self._current[arn]

    def followed(self, reader: sqlite3.Connection, definition: str) -> Program:
        """Return the program with that hash. Raises InvalidDefinition if this release cannot run it any more."""
        found = self._loaded.get(definition)
        if found is None:
            row = reader.execute("SELECT content FROM machine_definition WHERE hash = ?", [definition]).fetchone()
            found = load(json.loads(row[0]))
            with self._lock:
                self._loaded[definition] = found
        return found
