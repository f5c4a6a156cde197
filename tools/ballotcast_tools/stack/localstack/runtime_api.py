"""Lambda's Runtime API for one execution environment, on a port of its own.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html: the runtime in the environment asks for the next
event, and posts the response or the error. One event is under way at a time.
"""

import queue
import re
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

HOST = "127.0.0.1"
_RUNTIME = "/2018-06-01/runtime"
_INVOCATION = re.compile(rf"{_RUNTIME}/invocation/(?P<id>[^/]+)/(?P<end>response|error)")
_ACCEPTED = b'{"status":"OK"}'


class Outcome(NamedTuple):
    """The outcome of an event: the function's response, or the error (`errorType`, `errorMessage`) as JSON."""

    body: bytes
    failed: bool


@dataclass(frozen=True)
class Invocation:
    """One event for the runtime. `deadline` is in milliseconds since 1970."""

    id: str
    event: bytes
    deadline: int
    function_arn: str
    trace_id: str = ""
    outcome: "Future[Outcome]" = field(default_factory=Future)


class RuntimeApi:
    """Serves from the moment it is made until `close`."""

    def __init__(self) -> None:
        self.initialised: Future[Outcome | None] = Future()
        """None once the runtime asks for its first event; the error if it reports one before that."""
        self._waiting: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._current: Invocation | None = None
        self._server = _Server((HOST, 0), _Handler)
        self._server.api = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API: host and port."""
        return f"{HOST}:{self._server.server_port}"

    def hand_over(self, invocation: Invocation) -> None:
        self._waiting.put(invocation)

    def next(self) -> Invocation | None:
        """Wait for the next event; None when the environment ends."""
        if not self.initialised.done():
            self.initialised.set_result(None)
        self._current = self._waiting.get()
        return self._current

    def fail_initialisation(self, error: bytes) -> None:
        if not self.initialised.done():
            self.initialised.set_result(Outcome(error, failed=True))

    def end(self, invocation_id: str, outcome: Outcome) -> bool:
        """Take the outcome of the event under way. False if `invocation_id` is not that event."""
        current = self._current
        if current is None or current.id != invocation_id or current.outcome.done():
            return False
        current.outcome.set_result(outcome)
        return True

    def close(self) -> None:
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    api: RuntimeApi


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def parse_request(self) -> bool:
        """Refuse what a browser sends: the events hold sessions, links and ballots."""
        if not super().parse_request():
            return False
        if self.headers.get("Host") == self.server.api.address and "Origin" not in self.headers:
            return True
        self._respond(403)
        return False

    def do_GET(self) -> None:
        if self.path != f"{_RUNTIME}/invocation/next":
            self._respond(404)
            return
        invocation = self.server.api.next()
        if invocation is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
        }
        if invocation.trace_id:
            headers["Lambda-Runtime-Trace-Id"] = invocation.trace_id
        self._respond(200, invocation.event, headers)

    def do_POST(self) -> None:
        body = self._body()
        if self.path == f"{_RUNTIME}/init/error":
            self.server.api.fail_initialisation(body)
            self._respond(202, _ACCEPTED)
        elif posted := _INVOCATION.fullmatch(self.path):
            taken = self.server.api.end(posted["id"], Outcome(body, failed=posted["end"] == "error"))
            self._respond(202 if taken else 400, _ACCEPTED)
        else:
            self._respond(404)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _respond(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Requests are not logged."""
