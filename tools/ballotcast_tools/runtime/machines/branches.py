"""Rows of branches: where an execution is. Each has one branch of its own, and one for each iteration of its Map.

Phases, and what ends them:

    ready     a state is to begin, now or after a retry's delay   its due time
    task      a task is begun and performed                       its result, or the timeout at the due time
    sent      a message with the token is sent                    the answer to it, or the timeout
    waiting   a Wait state                                        its due time
    spread    a Map has iterations                                the last of them
    joined    the iterations of a Map are done                    its due time, which is now
    held      an iteration has no room yet                        the end of another
    done      an iteration has ended, `data` is its output        the end of the Map
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Phase = Literal["ready", "task", "sent", "waiting", "spread", "joined", "held", "done"]
COLUMNS = "id, execution, parent, map, state, data, phase, due, token, attempts, turn"
BRANCHES = """
    CREATE TABLE IF NOT EXISTS machine_branch (
        id INTEGER PRIMARY KEY AUTOINCREMENT, execution INTEGER NOT NULL, parent INTEGER, map TEXT, position INTEGER,
        state TEXT NOT NULL, data TEXT NOT NULL, phase TEXT NOT NULL, due REAL, token TEXT UNIQUE,
        attempts TEXT NOT NULL DEFAULT '[]', turn INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS machine_branch_due ON machine_branch (due) WHERE due IS NOT NULL;
    CREATE INDEX IF NOT EXISTS machine_branch_parent ON machine_branch (parent, phase, position)
        WHERE parent IS NOT NULL;
    CREATE INDEX IF NOT EXISTS machine_branch_execution ON machine_branch (execution);
"""
"""Ids are never used again: a late result finds no branch that it is not for."""


@dataclass(frozen=True)
class Branch:
    """`map`: the Map state whose processor it runs, None for the execution's own branch. `data`: JSON text, the input
    of the state. `due`: Unix time. `attempts`: of each retrier of the state. `turn` grows with each of its transitions.
    """

    id: int
    execution: int
    parent: int | None
    map: str | None
    state: str
    data: str
    phase: Phase
    due: float | None
    token: str | None
    attempts: tuple[int, ...]
    turn: int

    @property
    def input(self) -> Any:
        return json.loads(self.data)


def branch_of(row: Sequence[Any]) -> Branch:
    *before, attempts, turn = row
    return Branch(*[*before, tuple(json.loads(attempts)), turn])


def find(reader: sqlite3.Connection, branch: int) -> Branch | None:
    row = reader.execute(f"SELECT {COLUMNS} FROM machine_branch WHERE id = ?", [branch]).fetchone()  # noqa: S608
    return branch_of(row) if row else None


def find_by_token(reader: sqlite3.Connection, token: str) -> Branch | None:
    row = reader.execute(f"SELECT {COLUMNS} FROM machine_branch WHERE token = ?", [token]).fetchone()  # noqa: S608
    return branch_of(row) if row else None


def due(reader: sqlite3.Connection, now: float, most: int) -> list[Branch]:
    """Return what is due, the longest overdue first."""
    query = f"SELECT {COLUMNS} FROM machine_branch WHERE due <= ? ORDER BY due, id LIMIT ?"  # noqa: S608
    return [branch_of(row) for row in reader.execute(query, [now, most])]


def next_due(reader: sqlite3.Connection) -> float | None:
    """Return the Unix time when something is due next."""
    found: float | None = reader.execute("SELECT min(due) FROM machine_branch WHERE due IS NOT NULL").fetchone()[0]
    return found


def performed(reader: sqlite3.Connection) -> list[Branch]:
    """Return the branches whose task is begun and has no result."""
    query = f"SELECT {COLUMNS} FROM machine_branch WHERE phase = 'task' ORDER BY id"  # noqa: S608
    return [branch_of(row) for row in reader.execute(query)]


def outputs(reader: sqlite3.Connection, parent: Branch) -> list[Any]:
    """Return what the iterations of a Map gave, in the order of its items."""
    query = "SELECT data FROM machine_branch WHERE parent = ? ORDER BY position"
    return [json.loads(data) for (data,) in reader.execute(query, [parent.id])]
