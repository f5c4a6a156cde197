"""Rows of executions, of the definitions that they follow, and of their history; and the writing of a move."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ballotcast_tools.runtime.storage.writer import Transaction

from .branches import BRANCHES, Branch
from .moves import Again, Break, End, Enter, Move, Pause, Perform, Spread

MACHINES_SCHEMA = f"""
    CREATE TABLE IF NOT EXISTS machine_definition (hash TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS machine_execution (
        id INTEGER PRIMARY KEY AUTOINCREMENT, machine TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL,
        status TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, began REAL NOT NULL, ended REAL,
        UNIQUE (machine, name)
    );
    CREATE INDEX IF NOT EXISTS machine_execution_ended ON machine_execution (ended) WHERE ended IS NOT NULL;
    CREATE TABLE IF NOT EXISTS machine_event (
        id INTEGER PRIMARY KEY, execution INTEGER NOT NULL, at REAL NOT NULL, type TEXT NOT NULL, state TEXT
    );
    CREATE INDEX IF NOT EXISTS machine_event_execution ON machine_event (execution, id);
    {BRANCHES}
"""
TOPIC = "machines"
"""Woken when a branch has something to do."""
KEPT = 90 * 86_400
"""Seconds that an execution is kept after its end, as on AWS."""
COLUMNS = "id, machine, name, definition, status, input, output, error, cause, began, ended"


@dataclass(frozen=True)
class Execution:
    """`machine`: its ARN. `definition`: hash of the one it follows. `input`, `output`: JSON text. Times: Unix."""

    id: int
    machine: str
    name: str
    definition: str
    status: str
    input: str
    output: str | None
    error: str | None
    cause: str | None
    began: float
    ended: float | None


def entered(transaction: Transaction, execution: int, kind: str, state: str | None, now: float) -> None:
    """Note an event of the history: `kind` as AWS names it, such as `WaitStateEntered`."""
    event = [execution, now, kind, state]
    transaction.execute("INSERT INTO machine_event (execution, at, type, state) VALUES (?, ?, ?, ?)", event)


def write_move(transaction: Transaction, branch: Branch, move: Move, kind: str, now: float) -> bool:
    """Write what becomes of a branch. Return False if it has moved on or has been stopped meanwhile.

    `kind`: the type of the state that is entered, if one is.
    """
    row = transaction.execute("SELECT 1 FROM machine_branch WHERE id = ? AND turn = ?", [branch.id, branch.turn])
    if row.fetchone() is None:
        return False
    if branch.phase in ("spread", "joined"):
        transaction.execute("DELETE FROM machine_branch WHERE parent = ?", [branch.id])
    match move:
        case Enter(state, data):
            _set(transaction, branch, phase="ready", state=state, data=json.dumps(data), due=now)
            entered(transaction, branch.execution, f"{kind}StateEntered", state, now)
        case Perform(token, due):
            _set(transaction, branch, phase="task", token=token, due=due, attempts=branch.attempts)
        case Pause(due):
            _set(transaction, branch, phase="waiting", due=due)
        case Again(due, attempts):
            _set(transaction, branch, phase="ready", due=due, attempts=attempts)
        case Spread():
            _set(transaction, branch, phase="spread", attempts=branch.attempts)
            _spread(transaction, branch, move, kind, now)
        case End(output) if branch.parent is not None:
            _set(transaction, branch, phase="done", data=json.dumps(output))
            _join(transaction, branch.parent, kind, now)
        case End(output):
            end_execution(transaction, branch.execution, "SUCCEEDED", now, output=json.dumps(output))
        case Break(error, cause):
            end_execution(transaction, branch.execution, "FAILED", now, error=error, cause=cause)
    transaction.wake(TOPIC)
    return True


def end_execution(transaction: Transaction, execution: int, status: str, now: float, **told: str | None) -> None:
    """End an execution that runs; `told`: output, or error and cause. Its tasks' results find no branch any more."""
    values = ", ".join(f"{name} = ?" for name in told)
    transaction.execute(
        f"UPDATE machine_execution SET status = ?, ended = ?, {values} WHERE id = ?",  # noqa: S608
        [status, now, *told.values(), execution],
    )
    transaction.execute("DELETE FROM machine_branch WHERE execution = ?", [execution])
    entered(transaction, execution, f"Execution{status.capitalize()}", None, now)


def forget(transaction: Transaction, now: float) -> None:
    """Delete what ended long ago, and definitions that no execution follows."""
    old = "SELECT id FROM machine_execution WHERE ended < ?"
    transaction.execute(f"DELETE FROM machine_event WHERE execution IN ({old})", [now - KEPT])  # noqa: S608
    transaction.execute("DELETE FROM machine_execution WHERE ended < ?", [now - KEPT])
    followed = "SELECT definition FROM machine_execution"
    transaction.execute(f"DELETE FROM machine_definition WHERE hash NOT IN ({followed})")  # noqa: S608


def _set(transaction: Transaction, branch: Branch, *, attempts: Sequence[int] = (), **values: Any) -> None:
    values = {"due": None, "token": None, **values, "attempts": json.dumps(attempts)}
    columns = ", ".join(f"{name} = ?" for name in values)
    transaction.execute(
        f"UPDATE machine_branch SET {columns}, turn = turn + 1 WHERE id = ?",  # noqa: S608
        [*values.values(), branch.id],
    )


def _spread(transaction: Transaction, parent: Branch, spread: Spread, kind: str, now: float) -> None:
    for position, data in enumerate(spread.inputs):
        runs = position < spread.at_once
        transaction.execute(
            "INSERT INTO machine_branch (execution, parent, map, position, state, data, phase, due) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(parent.execution, parent.id, spread.map, position, spread.state, json.dumps(data)),
                *(("ready", now) if runs else ("held", None)),
            ],
        )
        if runs:
            entered(transaction, parent.execution, f"{kind}StateEntered", spread.state, now)


def _join(transaction: Transaction, parent: int, kind: str, now: float) -> None:
    """An iteration has ended: begin the next one, or let the Map continue if it was the last."""
    held = transaction.execute(
        "SELECT id, execution, state FROM machine_branch WHERE parent = ? AND phase = 'held' ORDER BY position LIMIT 1",
        [parent],
    ).fetchone()
    if held is not None:
        transaction.execute("UPDATE machine_branch SET phase = 'ready', due = ? WHERE id = ?", [now, held[0]])
        entered(transaction, held[1], f"{kind}StateEntered", held[2], now)
        return
    rest = transaction.execute("SELECT 1 FROM machine_branch WHERE parent = ? AND phase != 'done' LIMIT 1", [parent])
    if rest.fetchone() is None:
        transaction.execute(
            "UPDATE machine_branch SET phase = 'joined', due = ?, turn = turn + 1 WHERE id = ?", [now, parent]
        )
