"""Request bodies: not too long, not too slow, and not too many at once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from threading import Event
from typing import Any

import httpx2 as httpx
import pytest

import loops
from ballotcast_tools.runtime.front.bodies import Bodies, Gone, NoRoom, TooLarge
from front_requests import Functions, ask, front_of, returned
from problem import assert_problem


class Arriving:
    """A body that comes in parts; counts those that were read. After the last, the client leaves."""

    def __init__(self, *parts: bytes, more: bool = False) -> None:
        self._parts, self._more = iter(parts), more
        self._left = len(parts)
        self.read = 0

    async def __call__(self) -> dict[str, Any]:
        if not self._left:
            return {"type": "http.disconnect"}
        self._left -= 1
        self.read += 1
        return {"type": "http.request", "body": next(self._parts), "more_body": self._more or self._left > 0}


CHUNKED = {b"transfer-encoding": b"chunked"}


def read(bodies: Bodies, receive: Any, headers: dict[bytes, bytes] = CHUNKED) -> bytes:
    return loops.run(bodies.read(headers, receive))


def test_parts_are_joined() -> None:
    assert read(Bodies(10, 10, 5), Arriving(b"ab", b"", b"cd")) == b"abcd"


def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    arriving = Arriving(b"x" * 11)
    with pytest.raises(TooLarge):
        read(Bodies(10, 100, 5), arriving, {b"content-length": b"11"})
    assert arriving.read == 0


def test_one_that_does_not_say_so_is_read_up_to_the_limit() -> None:
    bodies, arriving = Bodies(10, 100, 5), Arriving(*[b"12345"] * 100)
    with pytest.raises(TooLarge):
        read(bodies, arriving)
    assert arriving.read == 3
    assert read(bodies, Arriving(*[b"12345"] * 2)) == b"1234512345"


def test_bodies_together_have_a_limit_until_they_are_released() -> None:
    bodies = Bodies(10, 15, 5)
    first = read(bodies, Arriving(b"x" * 10))
    with pytest.raises(NoRoom):
        read(bodies, Arriving(b"x" * 6))
    assert read(bodies, Arriving(b"x" * 5))
    bodies.release(first)
    assert read(bodies, Arriving(b"x" * 10))


def test_a_client_that_leaves_frees_what_it_took() -> None:
    bodies = Bodies(10, 10, 5)
    with pytest.raises(Gone):
        read(bodies, Arriving(b"x" * 10, more=True))
    assert read(bodies, Arriving(b"x" * 10))


def test_a_body_that_never_comes_is_not_waited_for() -> None:
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    with pytest.raises(NoRoom):
        read(Bodies(10, 10, 0.01), never)


def test_too_long_a_body_is_a_problem_document_and_ends_the_connection() -> None:
    functions = Functions()
    front = front_of(functions, body_bytes=1000)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 500

    for content in (b"x" * 1001, parts()):
        response = ask(front, "POST", "/sessions", content=content)
        assert_problem(response, 413, "body-too-large")
        assert response.headers["connection"] == "close"
    assert functions.calls == []
    assert ask(front, "POST", "/sessions", content=b"x" * 1000).status_code == 200


@pytest.fixture
def let() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def test_a_body_is_held_until_its_response(let: Event) -> None:
    def wait(function: str, event: dict[str, Any]) -> dict[str, Any]:
        assert let.wait(20)
        return returned()

    functions = Functions(wait)
    front = front_of(functions, held_bytes=1500)

    async def run() -> None:
        transport = httpx.ASGITransport(front)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4700") as client:
            first = asyncio.ensure_future(client.post("/sessions", content=b"x" * 1000))
            async with asyncio.timeout(20):
                while not functions.calls:
                    await asyncio.sleep(0)
            assert_problem(await client.post("/sessions", content=b"x" * 1000), 503, "busy")
            let.set()
            assert (await first).status_code == 200
            assert (await client.post("/sessions", content=b"x" * 1000)).status_code == 200

    loops.run(run())
