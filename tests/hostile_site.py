"""A site of somebody else: pages whose scripts do what an attacker's would, and a record of what reached it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PAGE = b"<!doctype html><html lang=en><title>Free cake</title>"

POST_FORM = """([url, encoding, fields]) => {
  const target = `frame ${frames.length}`;
  document.body.append(Object.assign(document.createElement("iframe"), { name: target }));
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url, enctype: encoding, target });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}"""
"""Into a frame of its own, so that the page stays."""

FETCH = """async ([url, options]) => {
  try {
    const answer = await fetch(url, { credentials: "include", ...options });
    return [answer.type, answer.status, await answer.text()];
  } catch (error) {
    return [error.name, 0, ""];
  }
}"""
"""Type (or the error's name), status and text: what the script gets to see."""

FRAME = """(url) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.onload = () => resolve();
  frame.src = url;
  document.body.append(frame);
})"""

SOCKET = """(url) => new Promise((resolve) => {
  const socket = new WebSocket(url);
  socket.onopen = () => resolve("open");
  socket.onmessage = (message) => resolve(message.data);
  socket.onerror = () => resolve("refused");
})"""


class _Handler(BaseHTTPRequestHandler):
    """Also shows the cookies that it gets."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        shown = PAGE + self.headers.get("Cookie", "").encode()
        self.send_header("Content-Length", str(len(shown)))
        self.end_headers()
        self.wfile.write(shown)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """A test's output is no place for it."""


@contextmanager
def hostile_site() -> Iterator[int]:
    """Its port, on the loopback interface."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
