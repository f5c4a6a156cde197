"""All functions behind one address, as API Gateway puts them: each request goes to the app whose route takes it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI
from starlette.routing import Match

from asgi_client import TestClient

Message = MutableMapping[str, Any]


def gateway(*apps: FastAPI) -> TestClient:
    """A client of the apps together; what no route takes goes to the first."""

    async def route(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        taker = next((app for app in apps if _takes(app, scope)), apps[0])
        await taker(scope, receive, send)

    return TestClient(route, base_url="http://testserver")


def _takes(app: FastAPI, scope: Message) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in app.routes)
