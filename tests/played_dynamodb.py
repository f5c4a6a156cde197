"""DynamoDB as most tests of an API have it: the embedded runtime's, behind a client with the events of botocore.

It answers ten times as fast as moto, and the stores' tests hold both to the same. `TABLES=moto` has moto play it.
"""

import tempfile
import weakref
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError
from botocore.hooks import HierarchicalEmitter

from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.errors import EXCEPTIONS
from ballotcast_tools.runtime.services.items import from_text
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.scale.dynamodb import AnyTable

_free: list["PlayedTables"] = []


class PlayedTables:
    """The tables of one deployment. `take` gives empty ones, which the process made before if it could."""

    def __init__(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="tables-")
        path = Path(directory.name) / "tables"
        self._database = Database(path, [DYNAMODB_SCHEMA, STREAM_SCHEMA], synchronous="OFF")
        self.service = DynamoDB(self._database, AnyTable())
        weakref.finalize(self, _end, self._database, directory)

    @classmethod
    def take(cls) -> "PlayedTables":
        return _free.pop() if _free else cls()

    def give_back(self) -> None:
        self._database.write(lambda transaction: transaction.execute("DELETE FROM item"))
        self._database.write(lambda transaction: transaction.execute("DELETE FROM transaction_token"))
        _free.append(self)

    def rows(self, table: str) -> list[dict[str, Any]]:
        found = self._database.reader().execute("SELECT content FROM item WHERE tbl = ? ORDER BY pk, sk", (table,))
        return [from_text(text) for (text,) in found.fetchall()]


def _end(database: Database, directory: "tempfile.TemporaryDirectory[str]") -> None:
    database.close()
    directory.cleanup()


class PlayedDynamoDB:
    """A client as boto3's, of one process: hooks on its events see each request before and after, and may end it."""

    exceptions = EXCEPTIONS

    def __init__(self, tables: PlayedTables) -> None:
        self._tables = tables
        self._events = HierarchicalEmitter()
        self.meta = SimpleNamespace(events=self._events)

    def scan(self, **asked: Any) -> dict[str, Any]:
        """Only tests look at whole tables."""
        return {"Items": self._tables.rows(asked["TableName"])}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "scan", operation
        return SimpleNamespace(paginate=self._scan_pages)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        carry_out = getattr(self._tables.service, method)
        model = _model(method)

        def call(**asked: Any) -> Any:
            self._tell("before-parameter-build", model, params=asked)
            self._tell("before-call", model, params={"body": str(asked), "headers": {}})
            try:
                answer = carry_out(**asked)
            except ClientError as refusal:
                self._tell("after-call", model, parsed=refusal.response)
                raise
            self._tell("after-call", model, parsed=answer)
            return answer

        self.__dict__[method] = call
        return call

    def _tell(self, moment: str, model: Any, **told: Any) -> None:
        self._events.emit(f"{moment}.dynamodb.{model.name}", model=model, context={}, **told)

    def _scan_pages(self, **asked: Any) -> Iterator[dict[str, Any]]:
        yield self.scan(**asked)


@cache
def _model(method: str) -> Any:
    return SimpleNamespace(name="".join(part.capitalize() for part in method.split("_")))
