"""Functions that the tests of sources call, and records of streams."""

import json
import threading
from collections.abc import Callable
from typing import Any

from ballotcast_tools.runtime.functions.outcomes import FunctionFailed
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction

PATIENCE = 60
Handler = Callable[[dict[str, Any]], Any]


class Calls:
    """Is the `invoke` of sources: it keeps each event, and lets `handler` respond; `failing` is an error's text."""

    def __init__(self, handler: Handler = lambda _: None) -> None:
        self.handler = handler
        self.events: list[dict[str, Any]] = []
        self.functions: list[str] = []
        self._changed = threading.Condition()

    def __call__(self, function: str, event: dict[str, Any]) -> Any:
        try:
            return self.handler(event)
        finally:
            with self._changed:
                self.events.append(event)
                self.functions.append(function)
                self._changed.notify_all()

    def wait_for(self, number: int) -> list[dict[str, Any]]:
        """Return the events once so many calls have ended."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.events) >= number, PATIENCE), self.events
            return list(self.events)


def fail(_: dict[str, Any]) -> None:
    raise FunctionFailed("ValueError", "of the function")


def until(condition: Callable[[], bool], database: Database, *topics: str) -> None:
    """Wait for what a commit makes true."""
    news = database.watch(*topics)
    for _ in range(PATIENCE * 20):
        news.clear()
        if condition():
            return
        news.wait(0.05)
    raise AssertionError("it did not come true")


def add_records(database: Database, table: str, *names: str, at: float = 1_795_165_200.5) -> None:
    """As DynamoDB writes them: one INSERT for each name, whose `pk` is the name."""

    def write(transaction: Transaction) -> None:
        for name in names:
            keys = {"pk": {"S": name}, "sk": {"S": "x"}}
            new = {**keys, "b": {"B": "AAEC"}, "n": {"N": "7"}}
            sql = "INSERT INTO stream (tbl, event, keys, old, new, at) VALUES (?, 'INSERT', ?, NULL, ?, ?)"
            transaction.execute(sql, (table, json.dumps(keys), json.dumps(new), at))
        transaction.wake(f"stream:{table}")

    database.write(write)


def names(event: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]


def bodies(event: dict[str, Any]) -> list[str]:
    return [record["body"] for record in event["Records"]]
