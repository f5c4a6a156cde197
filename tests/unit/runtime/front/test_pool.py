"""Many requests at once: a bounded number runs, a bounded number waits, and nothing is done for anyone who has gone."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event, Semaphore
from typing import Any

import httpx2 as httpx
import pytest

import loops
from ballotcast_tools.runtime.front.app import Front
from ballotcast_tools.runtime.front.pool import Full, GivenUp, Pool
from ballotcast_tools.runtime.template.deployment import Throttle
from front_requests import HERE, Functions, api, front_of, returned
from problem import assert_problem

SECONDS = 60.0
"""How long anything here may take at most."""


class Held:
    """Functions that begin, and end when the test lets them; `WebFunction` asks for `inner` first, if it is set."""

    def __init__(self) -> None:
        self.begun, self.let = Semaphore(0), Event()
        self.seen: list[str] = []
        self.inner: Callable[[], Any] | None = None

    def __call__(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        self.seen.append(event["path"])
        self.begun.release()
        if function == "WebFunction" and self.inner:
            return returned(str(self.inner()))
        assert self.let.wait(SECONDS)
        return returned()

    async def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert await asyncio.to_thread(self.begun.acquire, timeout=SECONDS)


def played(front: Front, play: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url=HERE) as client:
            await asyncio.wait_for(play(client), SECONDS)

    loops.run(run())
    assert front.close(SECONDS)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():
            await asyncio.sleep(0)


def test_what_neither_runs_nor_waits_is_refused_at_once() -> None:
    held = Held()
    front = front_of(Functions(held), api_threads=2, waiting=3)

    async def play(client: httpx.AsyncClient) -> None:
        tasks = [asyncio.ensure_future(client.get(f"/elections/{number}")) for number in range(5)]
        await held.wait_for(2)
        await until(lambda: front._calls.waiting == 3)
        refused = await client.get("/elections/refused")
        assert_problem(refused, 503, "busy")
        held.let.set()
        assert [answer.status_code for answer in await asyncio.gather(*tasks)] == [200] * 5
        assert (await client.get("/elections/again")).status_code == 200

    played(front, play)
    assert sorted(held.seen) == [f"/elections/{number}" for number in [*range(5), "again"]]


def test_pages_that_ask_the_api_do_not_wait_for_themselves() -> None:
    """As many pages as threads of both kinds, each of which asks the same server."""
    held = Held()
    held.let.set()
    front = front_of(Functions(held), api_threads=1, page_threads=2, waiting=50)

    async def play(client: httpx.AsyncClient) -> None:
        loop = asyncio.get_running_loop()

        def ask_api() -> int:
            asked = asyncio.run_coroutine_threadsafe(client.get("/elections"), loop)
            return asked.result(SECONDS).status_code

        held.inner = ask_api
        answers = await asyncio.gather(*(client.get(f"/page/{number}") for number in range(10)))
        assert {answer.text for answer in answers} == {"200"}

    played(front, play)


def test_log_ins_wait_for_each_other_and_voters_for_none_of_them() -> None:
    """Hashing a password takes a processor for a quarter of a second."""
    held = Held()
    log_ins = Throttle("POST", "/sessions", 10, 20)
    front = front_of(Functions(held), api(log_ins), api_threads=1, costly_threads=1, costly_waiting=2)

    async def play(client: httpx.AsyncClient) -> None:
        tasks = [asyncio.ensure_future(client.post("/sessions", json={"n": number})) for number in range(3)]
        await held.wait_for(1)
        await until(lambda: front.waiting == 2)
        assert_problem(await client.post("/sessions", json={}), 503, "busy")
        cast = asyncio.ensure_future(client.post("/elections/e/ballots", json={}))
        await held.wait_for(1)
        assert held.seen == ["/sessions", "/elections/e/ballots"]
        held.let.set()
        assert [answer.status_code for answer in await asyncio.gather(*tasks, cast)] == [200] * 4

    played(front, play)


def test_the_publics_pages_do_not_wait_for_organisers_log_ins() -> None:
    held = Held()
    front = front_of(Functions(held), page_threads=1)

    async def play(client: httpx.AsyncClient) -> None:
        log_in = asyncio.ensure_future(client.post("/manage/log-in"))
        await held.wait_for(1)
        result = asyncio.ensure_future(client.get("/results/e"))
        await held.wait_for(1)
        held.let.set()
        assert [answer.status_code for answer in await asyncio.gather(log_in, result)] == [200, 200]

    played(front, play)


@pytest.mark.parametrize("goes", [True, False])
def test_a_request_whose_client_has_gone_is_not_begun(goes: bool) -> None:
    held = Held()
    front = front_of(Functions(held), api_threads=1)
    left, sent = asyncio.Event(), list[Any]()

    async def receive_once_then_leave() -> dict[str, Any]:
        if not receive_once_then_leave.__dict__.setdefault("given", False):
            receive_once_then_leave.__dict__["given"] = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def play(client: httpx.AsyncClient) -> None:
        first = asyncio.ensure_future(client.get("/elections/first"))
        await held.wait_for(1)
        scope = {
            "type": "http",
            "method": "GET",
            "raw_path": b"/elections/second",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1:4700")],
            "client": None,
        }
        second = asyncio.ensure_future(front(scope, receive_once_then_leave, send))
        await until(lambda: front._calls.waiting == 1)
        if goes:
            left.set()
            await second
        held.let.set()
        await asyncio.gather(first, second)

    played(front, play)
    assert held.seen == ["/elections/first"] + ([] if goes else ["/elections/second"])
    assert bool(sent) is not goes


def test_a_slow_function_is_not_waited_for_and_what_waits_behind_it_is_not_begun() -> None:
    held = Held()
    front = front_of(Functions(held), api_threads=1, patience=0.05)

    async def play(client: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(client.get(f"/elections/{number}") for number in range(3)))
        for answer in answers:
            assert_problem(answer, 503, "busy")
        held.let.set()
        await until(lambda: front._calls._unfinished == 0)
        assert (await client.get("/elections/next")).status_code == 200

    played(front, play)
    assert held.seen == ["/elections/0", "/elections/next"]


def test_a_stopping_server_has_clients_come_again_and_ends_in_time() -> None:
    held = Held()
    front = front_of(Functions(held), api_threads=1)

    async def play(client: httpx.AsyncClient) -> None:
        tasks = [asyncio.ensure_future(client.get(f"/elections/{number}")) for number in range(2)]
        await held.wait_for(1)
        for task in tasks:
            task.cancel()  # as uvicorn does once the time for finishing is over
        for answer in await asyncio.gather(*tasks):
            assert_problem(answer, 503, "busy")
        assert not front.close(0.01), "the function still runs"
        held.let.set()

    played(front, play)
    assert held.seen == ["/elections/0"]


def test_an_error_in_a_thread_reaches_who_waits_and_the_thread_goes_on() -> None:
    def raise_exit() -> None:
        raise SystemExit

    async def run() -> None:
        pool = Pool[Any]("p", 1, 0)
        with pytest.raises(RuntimeError, match="SystemExit"):
            await pool.submit(raise_exit).outcome
        assert await pool.submit(lambda: 1).outcome == 1
        assert pool.close(SECONDS)

    loops.run(run())


def test_giving_up_ends_the_wait_once() -> None:
    async def run() -> None:
        pool, let = Pool[Any]("p", 1, 1), Event()
        first, second = pool.submit(let.wait), pool.submit(lambda: pytest.fail("it was given up"))
        with pytest.raises(Full):
            pool.submit(let.wait)
        second.give_up(GivenUp.GONE)
        second.give_up(GivenUp.LATE)
        assert await second.outcome is GivenUp.GONE
        let.set()
        assert await first.outcome is True
        assert pool.close(SECONDS)
        assert second.error is None

    loops.run(run())
