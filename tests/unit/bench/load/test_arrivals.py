"""Voters who come over a stretch of time: what they load, how their requests are told apart, what is told."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from ballotcast_tools.bench.load import told
from ballotcast_tools.bench.load.arrivals import Arrivals, kind_of, play
from ballotcast_tools.bench.load.figures import Tally
from ballotcast_tools.bench.load.voting import Errand

PAGE = """<link rel="stylesheet" href="/v1/static/0a/css/a.css" integrity="x"><script src="/v1/static/0b/js/vote.js">
</script><template><script src="/v1/static/0c/js/journey.js"></script></template><a href="/v1/check">"""


class _Site(BaseHTTPRequestHandler):
    """The page and what it names; no link is known."""

    def do_GET(self) -> None:
        self._answer(200, PAGE.encode() if self.path == "/v1/vote" else b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(404, json.dumps({"type": "urn:ballotcast:problem:unknown-link"}).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """A test's output is no place for it."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_everybody_loads_the_page_whole_and_a_failure_is_told_once(site: str) -> None:
    link = f"1.{'A' * 43}.{'A' * 43}.{'A' * 22}"
    acts: list[int] = []

    found = play(site, [Errand(number, link, [()]) for number in range(3)], 0.01, acts.append)

    assert len(acts) == 3
    named = ("css/a.css", "js/vote.js", "js/journey.js")
    loaded = dict.fromkeys(["GET /v1/vote", *(f"GET /static/{{hash}}/{name}" for name in named)], 3)
    assert {kind: tally.completed for kind, tally in found.requests.items() if tally.completed} == loaded
    assert found.requests["POST /v1/links"].errors == {"status 404": 3}
    assert found.opened.errors == {"404 unknown-link": 3}
    assert (found.cast.completed, found.cast.failed, found.receipts) == (0, 0, {})


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/elections/0123456789abcdef/ballots", "POST /v1/elections/{id}/ballots"),
        ("/v1/static/bacc44d5bd754e7e/js/vote/main.js", "POST /static/{hash}/js/vote/main.js"),
        ("/v1/links", "POST /v1/links"),
    ],
)
def test_a_kind_of_request_has_nothing_of_one_election_or_release(path: str, kind: str) -> None:
    assert kind_of("POST", path) == kind


def test_what_is_told() -> None:
    found = Arrivals(Tally(1.0, [0.1, 0.3]), Tally(1.0, [0.2]))
    found.requests["GET /v1/vote"] = Tally(1.0, [0.01, 0.02])

    lines = list(told.arrivals(found, 60))

    assert lines[0] == "everybody opened the page within 60 s, and then cast within 60 s"
    assert lines[1].split() == ["page", "to", "election", "2", "p50", "100.0", "ms", "p99", "300.0", "ms"]
    assert lines[3].split()[:3] == ["GET", "/v1/vote", "2"]
    document = told.arrivals_document(found, 60, "http://here", "local")
    assert document["requests"]["GET /v1/vote"] == {"completed": 2, "errors": {}, "p50": 10.0, "p99": 20.0}
