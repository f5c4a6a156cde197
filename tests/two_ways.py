"""One event by two ways, the fast path and the stock path, and what each makes of it."""

from typing import Any, NamedTuple

from fastapi import FastAPI

from api_events import Event, invoke, without_signature
from ballotcast.http.fastpath import Handler, fast_handler
from ballotcast.http.handler import stock_handler


class Answers(NamedTuple):
    """`by_itself`: the fast path did not hand the call on."""

    fast: Any
    stock: Any
    by_itself: bool


class TwoWays:
    def __init__(self, app: FastAPI) -> None:
        self.stock = stock_handler(app)
        self.fast = fast_handler(app, self._handed_on)
        self._was_handed_on = False

    def send(self, event: Event) -> Answers:
        self._was_handed_on = False
        fast = outcome(self.fast, event)
        return Answers(fast, outcome(self.stock, event), not self._was_handed_on)

    def _handed_on(self, event: Event, context: Any) -> dict[str, Any]:
        self._was_handed_on = True
        return self.stock(event, context)


def outcome(handler: Handler, event: Event) -> Any:
    """The answer, or what the invocation fails with."""
    try:
        return without_signature(invoke(handler, event))
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same by both ways
        return type(error), str(error)
