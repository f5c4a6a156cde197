"""The pages' static files on a port of their own, with the policy that the pages have, and an empty page at `/`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any, BinaryIO

from checkout import ROOT

STATIC = ROOT / "functions" / "web" / "static"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
EMPTY_PAGE = b"<!doctype html><html lang=en><title>Modules</title>"


@dataclass(frozen=True)
class Seen:
    """A request, and the port at the browser's end of the connection it came by."""

    path: str
    port: int
    headers: Mapping[str, str]


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, as those of a real server

    def __init__(self, *args: Any, seen: list[Seen], **options: Any) -> None:
        self._seen = seen
        super().__init__(*args, **options)

    def send_head(self) -> BytesIO | BinaryIO | None:
        self._seen.append(Seen(self.path, self.client_address[1], dict(self.headers)))
        if self.path != "/":
            return super().send_head()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(EMPTY_PAGE)))
        self.end_headers()
        return BytesIO(EMPTY_PAGE)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """A test's output is no place for it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a kept connection waits for ever

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that is closed resets its connections."""


@contextmanager
def static_site(seen: list[Seen] | None = None) -> Iterator[str]:
    """Its address, without a trailing slash. `seen` gets every request."""
    handler = partial(_Handler, seen=[] if seen is None else seen, directory=str(STATIC))
    with _Server(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
