"""Figures for the operator: right, readable by Prometheus, for anyone who has the token, and no voter's clock."""

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.runtime import metrics as module
from ballotcast_tools.runtime.metrics import Metrics, MetricsPage, Requests, resident_memory


def test_the_text_is_prometheus() -> None:
    metrics = Metrics()
    metrics.register("ballotcast_commits_total", "counter", "Commits of the database.", lambda: 3)
    metrics.register(
        "ballotcast_queue_messages",
        "gauge",
        "Messages by queue.",
        lambda: {(("queue", "b"),): 0.25, (("queue", 'a"\\\n'),): 12345678901.0},
    )
    metrics.take()
    assert metrics.page().decode() == (
        "# HELP ballotcast_commits_total Commits of the database.\n"
        "# TYPE ballotcast_commits_total counter\n"
        "ballotcast_commits_total 3\n"
        "# HELP ballotcast_queue_messages Messages by queue.\n"
        "# TYPE ballotcast_queue_messages gauge\n"
        'ballotcast_queue_messages{queue="a\\"\\\\\\n"} 12345678901\n'
        'ballotcast_queue_messages{queue="b"} 0.25\n'
    )


@pytest.mark.parametrize("name", ["ballotcast_waiting", "other", "ballotcast_Upper", "ballotcast_a{b}"])
def test_a_name_is_taken_once_and_has_its_form(name: str) -> None:
    metrics = Metrics()
    metrics.register("ballotcast_waiting", "gauge", "Requests.", lambda: 0)
    with pytest.raises(ValueError, match="taken"):
        metrics.register(name, "gauge", "Requests.", lambda: 0)


def test_what_cannot_be_read_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    metrics.register("ballotcast_broken", "gauge", "Broken.", lambda: {}[()])
    metrics.register("ballotcast_waiting", "gauge", "Requests.", lambda: 7)
    metrics.take()
    assert b"broken" not in metrics.page()
    assert metrics.page().endswith(b"ballotcast_waiting 7\n")
    assert "ballotcast_broken cannot be read: KeyError" in caplog.text


def test_figures_are_those_of_the_last_whole_minute() -> None:
    """Anyone who reads each second learns no more than anyone who reads each minute."""
    metrics, waits, requests = Metrics(lambda: 1_000_030.0), list[float](), Requests()
    metrics.register("ballotcast_requests_total", "counter", "Requests.", requests.read)
    requests.count("VoteFunction", 201)
    assert metrics.page() == b""

    class Stopping:
        """Ends the second wait."""

        def wait(self, seconds: float) -> bool:
            waits.append(seconds)
            return len(waits) == 2

    metrics._stopping = Stopping()  # type: ignore[assignment]
    metrics._run()
    requests.count("VoteFunction", 201)
    assert waits == [60 - 1_000_030 % 60] * 2
    assert metrics.page().endswith(b'status="2xx"} 1\n')


def test_credentials_and_casts_cannot_be_told_apart() -> None:
    requests = Requests()
    for function, status in (
        ("RegisterFunction", 200),
        ("VoteFunction", 201),
        ("VoteFunction", 409),
        ("VoteFunction", 500),
        ("RegisterFunction", 503),
        ("OrganiseFunction", 200),
        ("", 404),
    ):
        requests.count(function, status)
    found = {tuple(value for _, value in labels): number for labels, number in requests.read().items()}
    assert found == {
        ("RegisterFunction+VoteFunction", "2xx"): 2,
        ("RegisterFunction+VoteFunction", "4xx"): 1,
        ("VoteFunction", "5xx"): 1,
        ("RegisterFunction", "5xx"): 1,
        ("OrganiseFunction", "2xx"): 1,
        ("", "4xx"): 1,
    }


def test_the_functions_that_voters_call_are_the_templates() -> None:
    template = (Path(__file__).parents[3] / "template.yaml").read_text()
    for function in module.VOTERS:
        assert f"\n  {function}:\n" in template


def test_memory_is_that_of_the_processes() -> None:
    by_process = resident_memory(lambda: [os.getpid(), 2**22 + 1])()
    assert isinstance(by_process, dict)
    main, workers = by_process[("process", "main"),], by_process[("process", "workers"),]
    assert 10e6 < main < 10e9
    assert workers == pytest.approx(main, rel=0.1)


TOKEN = "t0ken"


@pytest.mark.parametrize(
    ("method", "path", "hosts", "expected"),
    [
        ("GET", f"/{TOKEN}/metrics", ["127.0.0.1:4000"], 200),
        ("HEAD", f"/{TOKEN}/metrics", ["localhost:4000"], 200),
        ("POST", f"/{TOKEN}/metrics", ["127.0.0.1:4000"], 405),
        ("GET", "/metrics", ["127.0.0.1:4000"], 404),
        ("GET", "/wrong/metrics", ["127.0.0.1:4000"], 404),
        ("GET", f"/{TOKEN}/metrics/", ["127.0.0.1:4000"], 404),
        ("GET", f"/{TOKEN}/metrics", ["rebound.example:4000"], 421),
        ("GET", f"/{TOKEN}/metrics", ["127.0.0.1:4001"], 421),
        ("GET", f"/{TOKEN}/metrics", [], 421),
        ("GET", f"/{TOKEN}/metrics", ["127.0.0.1:4000", "127.0.0.1:4000"], 421),
    ],
)
def test_only_the_operator_reads_them(method: str, path: str, hosts: list[str], expected: int) -> None:
    metrics = Metrics()
    metrics.register("ballotcast_waiting", "gauge", "Requests.", lambda: 7)
    metrics.take()
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", host.encode()) for host in hosts]
    scope = {"type": "http", "method": method, "raw_path": path.encode(), "headers": headers}
    with contextlib.suppress(StopIteration):
        MetricsPage(TOKEN, 4000, metrics)(scope, None, send).send(None)  # it waits for nothing
    assert sent[0]["status"] == expected
    assert (b"waiting 7" in sent[1]["body"]) == (expected == 200 and method == "GET")
