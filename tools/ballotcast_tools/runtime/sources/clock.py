"""What the clock calls: rules that fire every so often, and schedules that fire once."""

import logging
import time
from datetime import UTC, datetime
from threading import Event
from typing import Any
from uuid import uuid4

from ballotcast.clock import Clock
from ballotcast_tools.runtime.services.scheduler import TOPIC, Schedule, delete, first_due
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction
from ballotcast_tools.runtime.template.deployment import ScheduleSource
from ballotcast_tools.runtime.template.names import ACCOUNT, REGION, arn, name_in

from .calls import FAILURES, Invoke, kind_of
from .loop import PATIENCE, Loop

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""Calls of a schedule's function that fails; as Lambda repeats calls whose outcome nobody waits for."""
MINUTE = 60


class Rule:
    """Calls `function` at the start, and then every so often. A call that takes longer puts off the next.

    At the start because what became due meanwhile should not wait.
    """

    def __init__(self, function: str, source: ScheduleSource, invoke: Invoke, clock: Clock) -> None:
        self.name = source.name
        self._function = function
        self._every = source.every_seconds
        self._invoke = invoke
        self._clock = clock
        self._next = 0.0
        self.enabled = True
        self._loop = Loop(self.name, Event(), self._turn)

    def start(self) -> None:
        self._loop.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Return whether a call that ran has ended within `patience` seconds."""
        return self._loop.stop(patience)

    def _turn(self) -> float:
        left = self._next - time.monotonic()
        if left > 0:
            return left
        self._next = time.monotonic() + self._every
        if self.enabled:
            resource = arn("events", f"rule/{self.name}")
            _called(self._invoke, self._function, scheduled_event("aws.events", resource, self._clock(), {}), self.name)
        return max(0.0, self._next - time.monotonic())


class Timetable:
    """Fires the schedules that `services.scheduler` keeps: each when it is due, one after another.

    A kill between the call and its commit fires it again.
    """

    def __init__(self, database: Database, invoke: Invoke, clock: Clock) -> None:
        self._database = database
        self._invoke = invoke
        self._clock = clock
        self._loop = Loop("schedules", database.watch(TOPIC), self._turn)

    def start(self) -> None:
        self._loop.start()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Return whether a call that ran has ended within `patience` seconds."""
        return self._loop.stop(patience)

    def _turn(self) -> float | None:
        schedule = first_due(self._database.reader().execute)
        if schedule is None or schedule.due is None:
            return None
        now = self._clock()
        left = schedule.due - now.timestamp()
        if left > 0:
            return left
        function = name_in(str(schedule.target["Arn"]))
        event = scheduled_event("aws.scheduler", schedule.arn, now, "{}")
        fired = _called(self._invoke, function, event, schedule.name)
        again = self._clock().timestamp() + MINUTE * (schedule.attempts + 1)
        self._database.write(lambda transaction: _settle(transaction, schedule, again, fired=fired))
        return 0


def scheduled_event(source: str, resource: str, now: datetime, detail: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": source,
        "account": ACCOUNT,
        "time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [resource],
        "detail": detail,
    }


def _called(invoke: Invoke, function: str, event: dict[str, Any], name: str) -> bool:
    try:
        invoke(function, event)
    except FAILURES as error:
        log.warning("%s, called by %s, failed: %s", function, name, kind_of(error))
        return False
    return True


def _settle(transaction: Transaction, schedule: Schedule, again: float, *, fired: bool) -> None:
    key = (schedule.group, schedule.name)
    if not fired and schedule.attempts + 1 < ATTEMPTS:
        sql = "UPDATE schedule SET due = ?, attempts = attempts + 1 WHERE grp = ? AND name = ?"
        transaction.execute(sql, (again, *key))
    elif schedule.deletes:
        delete(transaction, *key)
    else:
        transaction.execute("UPDATE schedule SET due = NULL WHERE grp = ? AND name = ?", key)
