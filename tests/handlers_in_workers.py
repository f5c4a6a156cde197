"""Handlers that behave in every way a function can; run in worker processes by the tests of the runtime."""

import os
import signal
import time
from typing import Any

from ballotcast.wiring import from_environment


class Refused(Exception):
    """A name that a state machine may match."""


def echo(event: Any, context: Any) -> Any:
    return {"event": event, "function": context.function_name, "pid": os.getpid()}


def put(event: dict[str, Any], _context: Any) -> Any:
    """Put an item whose bytes are not UTF-8, and read it back."""
    wiring = from_environment()
    wiring.board.put({"pk": event["pk"], "sk": "s", "b": b"\xff\x00"})
    found = wiring.board.get(event["pk"], "s")
    return found and found["b"].hex()


def read_object(_event: Any, _context: Any) -> Any:
    blobs = from_environment().blobs
    blobs.put("steps/a", b"\xff" * 10)
    found = blobs.get("steps/a")
    return [found and found.hex(), blobs.get("steps/none"), list(blobs.keys("steps/"))]


def fail(_event: Any, _context: Any) -> None:
    raise Refused("with these words")


def hang(_event: Any, _context: Any) -> None:
    time.sleep(600)


def die(_event: Any, _context: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def put_late(event: dict[str, Any], context: Any) -> Any:
    """Put an item when the function's time is over."""
    while context.get_remaining_time_in_millis():
        time.sleep(0.01)
    time.sleep(0.05)
    return put(event, context)
