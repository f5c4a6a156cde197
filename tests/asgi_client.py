"""An httpx client of an app (ASGI) that is run where the test runs: FastAPI's starts a thread for each request.

An answer is complete before it is given; an app that streams for ever is tried on a server.
"""

import asyncio
from collections.abc import Awaitable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from threading import current_thread, main_thread
from typing import Any
from urllib.parse import unquote

import httpx2 as httpx
from starlette.types import ASGIApp

Message = MutableMapping[str, Any]


class TestClient(httpx.Client):
    """As FastAPI's, without lifespans: no app of ours has one."""

    __test__ = False

    def __init__(
        self,
        app: ASGIApp,
        base_url: str = "http://testserver",
        *,
        raise_server_exceptions: bool = True,
        headers: dict[str, str] | None = None,
        follow_redirects: bool = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.app = app
        super().__init__(
            base_url=base_url,
            headers={"user-agent": "testclient", **(headers or {})},
            transport=transport or AppTransport(app, raise_server_exceptions),
            follow_redirects=follow_redirects,
        )


class AppTransport(httpx.BaseTransport):
    def __init__(self, app: ASGIApp, raises: bool) -> None:
        self._app, self._raises = app, raises

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        started: list[Message] = []
        content: list[bytes] = []
        body = [request.read()]

        async def receive() -> Message:
            if body:
                return {"type": "http.request", "body": body.pop()}
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
            else:
                content.append(bytes(message.get("body", b"")))

        try:
            run(self._app(_scope(request), receive, send))
        except Exception:
            if self._raises:
                raise
        if not started:
            return httpx.Response(500, request=request)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in started[0]["headers"]]
        whole = b"" if request.method == "HEAD" else b"".join(content)
        stream = httpx.ByteStream(whole)
        return httpx.Response(started[0]["status"], headers=headers, stream=stream, request=request)


def run(call: Awaitable[None]) -> None:
    """In this thread's loop, or in a loop of its own: of another thread, or where this thread's runs already."""
    if current_thread() is main_thread() and asyncio._get_running_loop() is None:
        asyncio.get_event_loop_policy().get_event_loop().run_until_complete(call)
        return
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_run_alone, call).result()


def _run_alone(call: Awaitable[None]) -> None:
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(call)
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


def _scope(request: httpx.Request) -> Message:
    url = request.url
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.partition(b"?")[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("testclient", 50000),
        "server": (url.host, url.port or {"http": 80, "https": 443}[url.scheme]),
        "extensions": {},
        "state": {},
    }
