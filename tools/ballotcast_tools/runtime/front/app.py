"""The ASGI application that stands where API Gateway stands on AWS."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any

from ballotcast_tools.runtime.functions.outcomes import FunctionFailed, FunctionTimedOut
from ballotcast_tools.runtime.template.deployment import Api, Route

from .bodies import Bodies, Gone, Message, NoRoom, Receive, TooLarge
from .events import Event, Events, Scope
from .following import RESOURCE as FOLLOW
from .following import Following
from .guards import Guard
from .options import Options
from .pool import Full, GivenUp, Job, Patience, Pool
from .refusals import GatewayResponses, Kind, json_answer, problem
from .responses import Answer, Malformed, Responses
from .routing import Match, Router
from .throttles import Throttles

COSTLY = 20.0
"""Requests a second: what the template throttles below that costs much CPU, as hashing a password does."""
OWN_PAGES = "/manage"
"""Organisers’ pages. Log-ins among them wait for passwords to be hashed; the public’s pages do not wait for them."""
HEALTH = "/health"
"""The runtime's own; template.yaml has `/<function>/health`."""
Send = Callable[[Message], Awaitable[None]]
Asked = dict[bytes, bytes]
logger = logging.getLogger("ballotcast.front")


class Front:
    """Serves the API.

    Args:
        routes: What the template declares.
        api: The template's settings of the API.
        options: How it is reached, and how much it takes on at once.
        invoke: Calls a function with an event and returns its response. Called in several threads at once; raises
            FunctionFailed or FunctionTimedOut.
        healthy: Returns the document of `/health`, or None if something is wrong. Called in a thread of its own.
        count: Told of each response: the function's id and the status. For figures.
        clock: Monotonic seconds, for throttles.

    Raises:
        ValueError: If the template uses something that the front cannot do.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        api: Api,
        options: Options,
        invoke: Callable[[str, Event], dict[str, Any]],
        healthy: Callable[[], dict[str, Any] | None],
        count: Callable[[str, int], None] = lambda _function, _status: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._router = Router(routes)
        if HEALTH in self._router.resources:
            raise ValueError(f"{HEALTH} is the runtime's own address, and the template declares it")
        self._invoke, self._healthy, self._count = invoke, healthy, count
        self._guard = Guard(options)
        self._throttles = Throttles(api.throttles, clock)
        self._bodies = Bodies(options.body_bytes, options.held_bytes, options.body_seconds)
        self._events = Events(api, options)
        self._responses = Responses(api.binary_types, api.compress_from)
        self._refusals = GatewayResponses(api.responses)
        self._page_functions = options.page_functions
        self._pages = Pool[Answer]("page", options.page_threads, options.waiting)
        self._own_pages = Pool[Answer]("own-page", options.page_threads, options.waiting)
        self._costly = Pool[Answer]("costly", options.costly_threads, options.costly_waiting)
        self._costly_routes = {(one.method, one.resource) for one in api.throttles if one.rate <= COSTLY}
        self._calls = Pool[Answer]("api", options.api_threads, options.waiting)
        self._patience = Patience(options.patience)
        self._following = Following(self._ask)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served, not {scope['type']}")
        path = scope["raw_path"].decode("latin-1")
        try:
            answer = await self._answer(scope, path, receive, send)
        except Gone:
            return
        except TooLarge:
            refusal = self._refusals.answer(Kind.TOO_LARGE, path)
            headers = [*refusal.headers, (b"connection", b"close")]
            await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
            await send({"type": "http.response.body", "body": refusal.body, "more_body": True})
            await self._bodies.discard(receive)
            await send({"type": "http.response.body"})
            return
        except asyncio.CancelledError:  # the server stops and waits no longer; the client may send it again
            answer = self._refusals.answer(Kind.THROTTLED, path)
        if answer is None:
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body if scope["method"] != "HEAD" else b""})

    @property
    def waiting(self) -> int:
        """Requests that wait for a thread."""
        return sum(pool.waiting for pool in (self._pages, self._own_pages, self._costly, self._calls))

    def end_following(self) -> None:
        """As the server begins to stop: who follows a channel would hold it up."""
        self._following.stop()

    def close(self, seconds: float) -> bool:
        """After the server has stopped: wait for calls that run. False if some still run after `seconds`."""
        deadline = monotonic() + seconds
        pools = (self._pages, self._own_pages, self._costly, self._calls)
        closed = [pool.close(max(0.0, deadline - monotonic())) for pool in pools]
        return all(closed)

    async def _answer(self, scope: Scope, path: str, receive: Receive, send: Send) -> Answer | None:
        """Return None if it was sent as events. Raises Gone or TooLarge."""
        method = scope["method"]
        if refusal := self._guard.refuse(method, path, scope["headers"]):
            return refusal
        if path == HEALTH and method in ("GET", "HEAD"):
            return await self._health()
        match = self._router.find(method, path)
        if match is None:
            return self._refusals.answer(Kind.UNKNOWN, path)
        answer: Answer | None
        if match.route.resource == FOLLOW and method in ("GET", "HEAD"):
            answer = await self._following.serve(scope, path, receive, send)
        else:
            answer = await self._serve(scope, path, match, receive)
        self._count(match.route.function, answer.status if answer else HTTPStatus.OK)
        return answer

    async def _ask(self, scope: Scope, path: str) -> Answer:
        """The answer of a function to a GET that the front asks for itself."""
        match = self._router.find("GET", path)
        assert match is not None
        return await self._serve(scope, path, match, _nobody())

    async def _serve(self, scope: Scope, path: str, match: Match, receive: Receive) -> Answer:
        """Raises Gone or TooLarge."""
        if not self._throttles.admits(scope["method"], match.route.resource):
            return self._refusals.answer(Kind.THROTTLED, path)
        asked: Asked = dict(scope["headers"])
        try:
            body = await self._bodies.read(asked, receive)
        except NoRoom:
            return self._refusals.answer(Kind.THROTTLED, path)
        try:
            return await self._call(partial(self._work, scope, path, match, asked, body), match, path, receive)
        finally:
            self._bodies.release(body)

    def _pool(self, match: Match) -> Pool[Answer]:
        if match.route.function in self._page_functions:
            return self._own_pages if match.route.resource.startswith(OWN_PAGES) else self._pages
        return self._costly if (match.route.method, match.route.resource) in self._costly_routes else self._calls

    async def _call(self, work: Callable[[], Answer], match: Match, path: str, receive: Receive) -> Answer:
        """Have a thread do it, and wait as long as API Gateway would. Raises Gone."""
        pool = self._pool(match)
        try:
            job = pool.submit(work)
        except Full:
            return self._refusals.answer(Kind.THROTTLED, path)
        self._patience.watch(job)
        listening = asyncio.ensure_future(_listen(receive, job)) if pool.waiting else None
        try:
            outcome = await job.outcome
        finally:
            job.give_up(GivenUp.STOPPING)
            self._patience.forget(job)
            if listening:
                listening.cancel()
        if outcome is GivenUp.GONE:
            raise Gone
        if isinstance(outcome, GivenUp):
            return self._refusals.answer(Kind.TIMED_OUT, path)
        return outcome

    def _work(self, scope: Scope, path: str, match: Match, asked: Asked, body: bytes) -> Answer:
        """In a thread: from the request to the response. Logs failures by function and resource alone."""
        function, resource = match.route.function, match.route.resource
        try:
            returned = self._invoke(function, self._events.event(scope, path, match, body))
            return self._responses.answer(returned, asked, head=scope["method"] == "HEAD")
        except FunctionTimedOut:
            logger.error("%s timed out: %s %s", function, scope["method"], resource)
            return self._refusals.answer(Kind.TIMED_OUT, path)
        except (FunctionFailed, Malformed) as error:
            logger.error("%s failed: %s %s: %s", function, scope["method"], resource, type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the edge; its message may hold what the request held
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("the front failed: %s %s: %s\n%s", scope["method"], resource, type(error).__name__, frames)
        return self._refusals.answer(Kind.FAILED, path)

    async def _health(self) -> Answer:
        document = await asyncio.to_thread(self._healthy)
        if document is None:
            detail = "this server cannot do its work at present; its log has the reason"
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "unhealthy", detail, HEALTH)
        return json_answer(document)


def _nobody() -> Receive:
    """Return what a client without a body sends who never leaves."""
    sent: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return sent.pop() if sent else await asyncio.Future[Message]()

    return receive


async def _listen(receive: Receive, job: Job[Answer]) -> None:
    """Give the job up if the client closes the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
    job.give_up(GivenUp.GONE)
