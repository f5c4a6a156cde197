"""Starting, stopping and reading executions."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from ballotcast_tools.runtime.storage.writer import Transaction

from .executions import COLUMNS, TOPIC, Execution, end_execution, entered
from .programs import Defined


class NameTaken(Exception):
    """The machine has an execution of that name, which has ended or has another input."""


def find_by_id(reader: sqlite3.Connection, execution: int) -> Execution | None:
    row = reader.execute(f"SELECT {COLUMNS} FROM machine_execution WHERE id = ?", [execution]).fetchone()  # noqa: S608
    return Execution(*row) if row else None


def find(reader: sqlite3.Connection | Transaction, machine: str, name: str) -> Execution | None:
    query = f"SELECT {COLUMNS} FROM machine_execution WHERE machine = ? AND name = ?"  # noqa: S608
    row = reader.execute(query, [machine, name]).fetchone()
    return Execution(*row) if row else None


def page(reader: sqlite3.Connection, machine: str, status: str | None, skip: int, most: int) -> list[Execution]:
    """Return executions of a machine, the newest first."""
    query = (
        f"SELECT {COLUMNS} FROM machine_execution WHERE machine = ? AND (? IS NULL OR status = ?) "  # noqa: S608
        "ORDER BY id DESC LIMIT ? OFFSET ?"
    )
    return [Execution(*row) for row in reader.execute(query, [machine, status, status, most, skip])]


def events(reader: sqlite3.Connection, execution: Execution) -> Sequence[tuple[float, str, str | None]]:
    """Return the history: time, type, and the state that was entered if one was."""
    query = "SELECT at, type, state FROM machine_event WHERE execution = ? ORDER BY id"
    return reader.execute(query, [execution.id]).fetchall()


def start(transaction: Transaction, machine: str, name: str, content: str, defined: Defined, now: float) -> Execution:
    """Start an execution; `content`: its input, as JSON text. One that runs with the same input is returned.

    Raises NameTaken.
    """
    found = find(transaction, machine, name)
    if found is not None:
        if found.status == "RUNNING" and found.input == content:
            return found
        raise NameTaken
    transaction.execute("INSERT OR IGNORE INTO machine_definition VALUES (?, ?)", [defined.hash, defined.content])
    started: Any = transaction.execute(
        "INSERT INTO machine_execution (machine, name, definition, status, input, began) VALUES (?, ?, ?, ?, ?, ?)",
        [machine, name, defined.hash, "RUNNING", content, now],
    ).lastrowid
    first = defined.program.start_at
    transaction.execute(
        "INSERT INTO machine_branch (execution, state, data, phase, due) VALUES (?, ?, ?, 'ready', ?)",
        [started, first, content, now],
    )
    entered(transaction, started, "ExecutionStarted", None, now)
    entered(transaction, started, f"{defined.program.states[first].kind}StateEntered", first, now)
    transaction.wake(TOPIC)
    return Execution(started, machine, name, defined.hash, "RUNNING", content, None, None, None, now, None)


def stop(transaction: Transaction, machine: str, name: str, now: float, **told: str | None) -> Execution | None:
    """End a running execution as ABORTED; `told`: error and cause. Return it as it then is, None if it is missing."""
    found = find(transaction, machine, name)
    if found is not None and found.status == "RUNNING":
        end_execution(transaction, found.id, "ABORTED", now, **told)
        found = find(transaction, machine, name)
    return found
