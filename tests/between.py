"""Somebody between client and server, who may lose, alter or replace what passes."""

from collections.abc import Callable

import httpx2 as httpx

from ballotcast.client.api import Api

Send = Callable[[], httpx.Response]
Passing = Callable[[httpx.Request, Send], httpx.Response]
"""Given a request and what sends it on, returns what the client gets; or raises what the client meets."""


class Between(httpx.BaseTransport):
    def __init__(self, server: httpx.Client, passing: Passing) -> None:
        self._server = server
        self._passing = passing

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._passing(request, lambda: self._forward(request))

    def _forward(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        answer = self._server.request(
            request.method, path, content=request.content, headers=dict(request.headers), follow_redirects=False
        )
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


def api_through(server: httpx.Client, passing: Passing) -> Api:
    """A client whose requests go that way; it does not wait between attempts, and follows redirects unless told."""
    http = httpx.Client(base_url=str(server.base_url), transport=Between(server, passing), follow_redirects=True)
    return Api(http, sleep=lambda seconds: None)
