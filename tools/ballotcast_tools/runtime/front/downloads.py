"""Serves objects at presigned addresses, as S3 does; every other path goes to the front."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ballotcast_tools.runtime.services.downloads import PATH

from .app import Front, Send
from .bodies import Receive
from .events import Scope
from .guards import Guard
from .options import Options

Find = Callable[[str], tuple[Path, str, str] | None]
"""Of a path: the file, its media type and Content-Disposition; None if the address is forged, over or gone."""
CHUNK = 1 << 18


class WithDownloads:
    """An ASGI application around `front`."""

    def __init__(self, front: Front, options: Options, find: Find) -> None:
        self._front, self._find = front, find
        self._guard = Guard(options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await self._front(scope, receive, send)
            return
        path = scope["raw_path"].decode("latin-1")
        if refusal := self._guard.refuse(scope["method"], path, scope["headers"]):
            await send({"type": "http.response.start", "status": refusal.status, "headers": refusal.headers})
            await send({"type": "http.response.body", "body": refusal.body})
            return
        found = await asyncio.to_thread(self._find, path) if scope["method"] in ("GET", "HEAD") else None
        if not found:
            await _refuse(send)
            return
        await _send_file(*found, send, with_body=scope["method"] == "GET")


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"this address is not valid, or is valid no longer\n"})


async def _send_file(file: Path, kind: str, disposition: str, send: Send, *, with_body: bool) -> None:
    try:
        opened = await asyncio.to_thread(file.open, "rb")
    except FileNotFoundError:  # replaced in this moment: asking again finds the new one
        await _refuse(send)
        return
    with opened:
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(file.stat().st_size).encode()),
            (b"content-disposition", (disposition or "attachment").encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"content-security-policy", b"sandbox"),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while with_body and (chunk := await asyncio.to_thread(opened.read, CHUNK)):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body"})
