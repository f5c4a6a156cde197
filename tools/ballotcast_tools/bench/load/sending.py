"""Sends requests as fast as a number of connections can, each waiting for its response before it sends the next.

What the server turns away is sent again as the real client does (ballotcast.client.api): same pauses, same attempts.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ballotcast.client.api import LONGEST_WAIT, TURNED_AWAY, WAITS

from .figures import Tally
from .http1 import Connection, Response

TIMEOUT = 35.0
"""Seconds for one response, as in the real client."""


class Wanted(NamedTuple):
    """A request (its bytes) and what becomes of its response: `take` returns an error's name, empty if all is well."""

    request: bytes
    take: Callable[[Response], str]


def send(address: str, wanted: Iterator[Wanted], at_once: int, seconds: float | None = None) -> Tally:
    """Send all that `wanted` yields over `at_once` connections; nothing more is begun after `seconds`."""
    # asyncio.run would take the thread's own event loop away from anyone who set one, as Mangum does.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(_send(address, wanted, at_once, seconds))


async def _send(address: str, wanted: Iterator[Wanted], at_once: int, seconds: float | None) -> Tally:
    tally = Tally()
    started = time.perf_counter()
    end = None if seconds is None else started + seconds

    async def one_after_another() -> None:
        connection = Connection(address)
        try:
            for one in wanted:
                begun = time.perf_counter()
                error = await _send_one(connection, one, tally)
                if error:
                    tally.errors[error] += 1
                else:
                    tally.latencies.append(time.perf_counter() - begun)
                if end is not None and time.perf_counter() >= end:
                    break
        finally:
            connection.close()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(one_after_another())
    tally.seconds = time.perf_counter() - started
    return tally


async def _send_one(connection: Connection, one: Wanted, tally: Tally) -> str:
    """Return the name of the error with which it failed in the end, or an empty string."""
    for wait in (*WAITS, None):
        pause = wait
        try:
            async with asyncio.timeout(TIMEOUT):
                response = await connection.ask(one.request)
        except (OSError, TimeoutError) as failure:
            error = type(failure).__name__
        else:
            if response.status not in TURNED_AWAY:
                return one.take(response)
            error = f"status {response.status}"
            pause = None if wait is None else min(max(wait, response.retry_after), LONGEST_WAIT)
        if pause is not None:
            tally.retries += 1
            await asyncio.sleep(pause)
    return error
