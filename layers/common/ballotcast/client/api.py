"""One request to the API and its answer, tried again where that is safe.

A request is tried again if it got no response, or was turned away or broke off (502, 503, 504): the server may have
carried it out, and the same request again finishes it. All of ours may be: voters' requests are idempotent by content,
and every other POST that creates something carries an `Idempotency-Key`, made once for the call.
"""

import secrets
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import httpx2 as httpx

from ballotcast.client.errors import ApiError, Unreachable, Untrusted

WAITS = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each further attempt, unless the server asks for more."""
UNDER_WAY = (8.0, 16.0)
"""The same, further on, while the first sending of this request is under way: the server waits 30 seconds for it."""
LONGEST_WAIT = 30.0
TURNED_AWAY = frozenset({502, 503, 504})
COUNTING = "count-under-way"
"""503 to a cast: the count decides. That takes longer than these attempts; `Voter.cast` waits for it."""
CONNECT = 5
TIMEOUT = httpx.Timeout(35, connect=CONNECT)
"""A little over what API Gateway waits for a function."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""Seconds between two looks at something that is to come."""

Found = TypeVar("Found")
Sleep = Callable[[float], None]


class Api:
    """The API at the base URL of `http`. Answers of 400 and above are ApiError; no answer at all is Unreachable.

    `http` keeps no cookies from then on: a server could mark a voter with one, and know them again when they cast.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        sleep: Sleep = time.sleep,
        within: float | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`within`: seconds for each request with all that is tried again, where somebody waits; None: all it takes."""
        http.cookies.clear()
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.http = http
        self.sleep = sleep
        self._within = within
        self._now = now

    @property
    def address(self) -> str:
        """Without a trailing slash."""
        return str(self.http.base_url).rstrip("/")

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Return a POST that is idempotent by its content."""
        return self.send("POST", path, **options)

    def post_last(self, path: str, **options: Any) -> httpx.Response:
        """The same, as the last request of its connection.

        What carries a link and what carries a ballot go so, because one connection for both would join them.
        """
        return self.post(path, headers={"Connection": "close"}, **options)

    def post_once(self, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """Return a POST that counts once, however often it has to be sent."""
        return self.post(path, headers={**(headers or {}), "Idempotency-Key": secrets.token_urlsafe(16)}, **options)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """`path` below the API's address, or a whole URL; `options` as httpx takes them."""
        end = None if self._within is None else self._now() + self._within
        for attempt, wait in enumerate((*WAITS, *UNDER_WAY, None)):
            spent = attempt >= len(WAITS)
            try:
                response = self.http.request(method, path, follow_redirects=False, **options, **self._limit(end))
            except httpx.TransportError as failure:
                if wait is None or spent or self._over(end, wait):
                    raise Unreachable(f"{self.address} does not answer ({type(failure).__name__})") from None
                self.sleep(wait)
                continue
            error = ApiError.of(response) if response.status_code >= 400 else None
            if error is None:
                return response
            if wait is None or not _worth_repeating(error, spent):
                raise error
            pause = min(max(wait, error.retry_after or 0), LONGEST_WAIT)
            if self._over(end, pause):
                raise error
            self.sleep(pause)
        raise AssertionError("the last attempt answers or raises")

    def _over(self, end: float | None, pause: float) -> bool:
        return end is not None and self._now() + pause >= end

    def _limit(self, end: float | None) -> dict[str, Any]:
        """Return what is left of the time, as httpx takes it."""
        return {} if end is None else {"timeout": httpx.Timeout(end - self._now(), connect=CONNECT)}

    def wait_for(self, look: Callable[[], Found | None], patience: float) -> Found | None:
        """Return what `look` finds, looking again with growing pauses of `patience` seconds in all; else None."""
        waited, pause = 0.0, FIRST_PAUSE
        while (found := look()) is None and waited < patience:
            pause = min(pause, patience - waited)
            self.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, LONGEST_PAUSE)
        return found


def _worth_repeating(error: ApiError, spent: bool) -> bool:
    """Turned away or broken off, or the first sending of this very request is still under way."""
    if error.slug in ("in-progress", COUNTING):
        return error.slug == "in-progress"
    return error.status in TURNED_AWAY and not spent


def member(answer: httpx.Response, name: str, kind: type[Found]) -> Found:
    """Return a member of a JSON answer. Raises Untrusted if there is none of this kind."""
    try:
        value = answer.json()[name]
    except (ValueError, TypeError, LookupError):
        value = None
    if not isinstance(value, kind):
        raise Untrusted(f"the server's answer has no {name}: is this the address of a Ballotcast API?")
    return value


def connect(address: str, *, within: float | None = None) -> Api:
    """Return the API at this address, over a client of its own with kept connections; `within` as for Api."""
    return Api(httpx.Client(base_url=address, timeout=TIMEOUT), within=within)
