"""A client of DynamoDB or S3 that notes its calls, and whose writes fail when told to, before or after their effect."""

from collections.abc import Callable
from typing import Any, Literal

WRITES = frozenset({"put_item", "update_item", "delete_item", "transact_write_items", "put_object"})
Side = Literal["before", "after"]


class LostConnection(Exception):
    """What the caller sees; it cannot tell the two sides apart."""


class FaultyWrites:
    """`plan` maps the number of a write (from 0) to what happens to it, or to what somebody does just before it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.plan: dict[int, Side | Callable[[], None]] = {}
        self.calls: list[str] = []
        self._written = 0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)
        if name == "exceptions":
            return operation

        def call(**request: Any) -> Any:
            self.calls.append(name)
            return self._write(operation, request) if name in WRITES else operation(**request)

        return call

    def _write(self, operation: Callable[..., Any], request: dict[str, Any]) -> Any:
        fault = self.plan.pop(self._written, None)
        self._written += 1
        if fault == "before":
            raise LostConnection
        if callable(fault):
            fault()
        answer = operation(**request)
        if fault == "after":
            raise LostConnection
        return answer
