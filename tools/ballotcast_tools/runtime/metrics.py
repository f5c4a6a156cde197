"""Figures of a runtime for its operator, in Prometheus' text format, at a loopback address with a token.

What an operator could join decides what is shown. A figure that moves with a single request shows when somebody acted:
read each second, the counters of `register` and `vote` give the second of each credential and of each cast, and so do
commits, queue depths, waiting requests and stream lag of an otherwise quiet machine. Anyone who holds the machine can
see that anyway while it happens; a monitoring system would keep it for years, and elsewhere. Therefore:

- All figures are a snapshot of the last whole minute, however often they are read: what CloudWatch records on AWS.
- `register` and `vote` share one counter, except for their faults (5xx): a minute with one credential and a later one
  with one cast would otherwise be one voter's, in a small election.
- No label holds an election, a channel, a voter, a route, a path's parameter or an address: only ids of functions,
  queues, sources and machines, which template.yaml has.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import hmac
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Literal

from .front.options import local_hosts

EVERY = 60
"""Seconds between two snapshots, at the same seconds of the clock whenever the runtime was started."""
VOTERS = frozenset({"RegisterFunction", "VoteFunction"})
TOGETHER = "RegisterFunction+VoteFunction"
KIND = "text/plain; version=0.0.4; charset=utf-8"
_NAME = re.compile(r"ballotcast_[a-z_]+")
log = logging.getLogger(__name__)

Labels = tuple[tuple[str, str], ...]
"""Name and value of each."""
Values = float | Mapping[Labels, float]


@dataclass(frozen=True)
class _Metric:
    name: str
    kind: Literal["counter", "gauge"]
    about: str
    read: Callable[[], Values]


class Metrics:
    """`clock`: seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._metrics: dict[str, _Metric] = {}
        self._snapshot = b""
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="metrics", daemon=True)

    def register(self, name: str, kind: Literal["counter", "gauge"], about: str, read: Callable[[], Values]) -> None:
        """Add a metric. `read` is called once a minute, in one thread; it returns a number, or numbers by labels.

        Raises ValueError if the name is taken or not of the form `ballotcast_words`.
        """
        if name in self._metrics or not _NAME.fullmatch(name):
            raise ValueError(f"{name} is taken, or not a name of a metric here")
        self._metrics[name] = _Metric(name, kind, about, read)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def page(self) -> bytes:
        """Return the last snapshot; nothing within the first minute."""
        return self._snapshot

    def take(self) -> None:
        """Take a snapshot now. A metric that cannot be read is left out."""
        lines: list[str] = []
        for metric in self._metrics.values():
            try:
                lines += _lines(metric)
            except Exception as error:  # noqa: BLE001 - the edge: one figure less, and the others stay
                log.warning("%s cannot be read: %s", metric.name, type(error).__name__)
        self._snapshot = "".join(f"{line}\n" for line in lines).encode()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY - self._clock() % EVERY):
            self.take()


class Requests:
    """Counts responses by function and class of status; called by many threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def count(self, function: str, status: int) -> None:
        """`function`: its id in template.yaml; empty for what the runtime refused itself."""
        fault = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        shown = function if fault or function not in VOTERS else TOGETHER
        with self._lock:
            self._counts[shown, f"{status // 100}xx"] += 1

    def read(self) -> dict[Labels, float]:
        with self._lock:
            counts = dict(self._counts)
        return {(("function", function), ("status", status)): number for (function, status), number in counts.items()}


def resident_memory(pids: Callable[[], list[int]]) -> Callable[[], Values]:
    """Return a reader of bytes in memory by process: `main` and the `workers` together. For Linux only."""

    def read() -> Values:
        return {
            (("process", "main"),): _resident("self"),
            (("process", "workers"),): sum(_resident(str(pid)) for pid in pids()),
        }

    return read


class MetricsPage:
    """An ASGI application: `GET /<token>/metrics`.

    Args:
        token: What only the operator knows; the mailbox's.
        port: The port of the loopback interface that it is served on.
    """

    def __init__(self, token: str, port: int, metrics: Metrics) -> None:
        self._path = f"/{token}/metrics".encode()
        self._hosts = {host.encode() for host in local_hosts(port)}
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served, not {scope['type']}")
        status, body = self._answer(scope)
        headers = {"content-type": KIND, "content-length": str(len(body)), "cache-control": "no-store"}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})

    def _answer(self, scope: Any) -> tuple[int, bytes]:
        hosts = [value.lower() for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            status = HTTPStatus.MISDIRECTED_REQUEST
        elif not hmac.compare_digest(scope["raw_path"], self._path):
            status = HTTPStatus.NOT_FOUND
        elif scope["method"] not in ("GET", "HEAD"):
            status = HTTPStatus.METHOD_NOT_ALLOWED
        else:
            return HTTPStatus.OK, self._metrics.page()
        return status, status.phrase.encode()


def _lines(metric: _Metric) -> list[str]:
    values = metric.read()
    by_labels = values if isinstance(values, Mapping) else {(): values}
    lines = [f"# HELP {metric.name} {metric.about}", f"# TYPE {metric.name} {metric.kind}"]
    for labels, value in sorted(by_labels.items()):
        written = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        lines.append(f"{metric.name}{{{written}}} {value:.12g}" if written else f"{metric.name} {value:.12g}")
    return lines


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _resident(process: str) -> float:
    """Return bytes; 0 if the process has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
