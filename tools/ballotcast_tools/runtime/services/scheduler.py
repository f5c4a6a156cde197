"""EventBridge Scheduler by the methods of its boto3 client that our code calls: schedules that fire once."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction
from ballotcast_tools.runtime.template.names import arn

from .errors import EXCEPTIONS, error

SCHEDULE_SCHEMA = """
CREATE TABLE IF NOT EXISTS schedule (
    grp TEXT NOT NULL, name TEXT NOT NULL, moment TEXT NOT NULL, target TEXT NOT NULL, due REAL,
    attempts INTEGER NOT NULL DEFAULT 0, deletes INTEGER NOT NULL, PRIMARY KEY (grp, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS schedule_due ON schedule (due) WHERE due IS NOT NULL;
"""
"""`moment`: as in the expression; `target`: JSON. `due`: seconds since 1970, null once it has fired."""

TOPIC = "schedules"
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


@dataclass(frozen=True)
class Schedule:
    group: str
    name: str
    moment: str
    target: dict[str, Any]
    due: float | None
    attempts: int
    deletes: bool

    @property
    def arn(self) -> str:
        return arn("scheduler", f"schedule/{self.group}/{self.name}")


class Scheduler:
    exceptions = EXCEPTIONS

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_schedule(
        self,
        *,
        Name: str,
        ScheduleExpression: str,
        FlexibleTimeWindow: Mapping[str, Any],
        Target: Mapping[str, Any],
        GroupName: str = "default",
        ActionAfterCompletion: str = "NONE",
    ) -> dict[str, Any]:
        """Raises ConflictException if there is one of that name, ValidationException for what is not supported here."""
        due = _moment(ScheduleExpression)
        if due is None or FlexibleTimeWindow.get("Mode") != "OFF":
            raise error("ValidationException", "CreateSchedule", "Only at(…) without a flexible window is supported.")
        made = Schedule(
            GroupName, Name, ScheduleExpression[3:-1], dict(Target), due, 0, ActionAfterCompletion == "DELETE"
        )

        def create(transaction: Transaction) -> None:
            if find(transaction.execute, GroupName, Name):
                raise error("ConflictException", "CreateSchedule", f"Schedule {Name} already exists.")
            values = (
                made.group,
                made.name,
                made.moment,
                json.dumps(made.target),
                made.due,
                made.attempts,
                made.deletes,
            )
            transaction.execute("INSERT INTO schedule VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            transaction.wake(TOPIC)

        self._database.write(create)
        return {"ScheduleArn": made.arn}

    def get_schedule(self, *, Name: str, GroupName: str = "default") -> dict[str, Any]:
        """Raises ResourceNotFoundException."""
        found = find(self._database.reader().execute, GroupName, Name)
        if found is None:
            raise error("ResourceNotFoundException", "GetSchedule", f"Schedule {Name} does not exist.")
        return {
            "Arn": found.arn,
            "Name": found.name,
            "GroupName": found.group,
            "ScheduleExpression": f"at({found.moment})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": "ENABLED",
            "ActionAfterCompletion": "DELETE" if found.deletes else "NONE",
            "Target": found.target,
        }

    def list_schedules(self, *, NamePrefix: str = "") -> dict[str, Any]:
        sql = "SELECT grp, name FROM schedule WHERE substr(name, 1, ?) = ? ORDER BY name"
        found = self._database.reader().execute(sql, (len(NamePrefix), NamePrefix))
        return {"Schedules": [{"GroupName": group, "Name": name, "State": "ENABLED"} for group, name in found]}

    def delete_schedule(self, *, Name: str, GroupName: str = "default") -> dict[str, Any]:
        """Raises ResourceNotFoundException."""
        if not self._database.write(lambda transaction: delete(transaction, GroupName, Name)):
            raise error("ResourceNotFoundException", "DeleteSchedule", f"Schedule {Name} does not exist.")
        return {}


def delete(transaction: Transaction, group: str, name: str) -> int:
    return transaction.execute("DELETE FROM schedule WHERE grp = ? AND name = ?", (group, name)).rowcount


def find(execute: Callable[..., Any], group: str, name: str) -> Schedule | None:
    found = execute("SELECT * FROM schedule WHERE grp = ? AND name = ?", (group, name)).fetchone()
    return _schedule(found) if found else None


def first_due(execute: Callable[..., Any]) -> Schedule | None:
    """Return the schedule that is to fire before all others."""
    found = execute("SELECT * FROM schedule WHERE due IS NOT NULL ORDER BY due LIMIT 1").fetchone()
    return _schedule(found) if found else None


def _schedule(found: Any) -> Schedule:
    group, name, moment, target, due, attempts, deletes = found
    return Schedule(group, name, moment, json.loads(target), due, attempts, bool(deletes))


def _moment(expression: str) -> float | None:
    found = _AT.fullmatch(expression)
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp() if found else None
    except ValueError:
        return None
