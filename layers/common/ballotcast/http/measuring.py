"""What a call counts, written as one line of metrics when it ends (CloudWatch's embedded metric format).

Each call has its own set: calls that run at once in one process must not write each other's numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Ballotcast"
_writing = Lock()
_current: ContextVar[EphemeralMetrics | None] = ContextVar("metrics", default=None)


@contextmanager
def measured(service: str, route: str) -> Iterator[EphemeralMetrics]:
    """The metrics of one call of a route; they are written even if the call raises."""
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=service)
    metrics.add_dimension("route", route)
    token = _current.set(metrics)
    try:
        yield metrics
    finally:
        _current.reset(token)
        with _writing:  # or two lines become one: a line and its end are written one after the other
            metrics.flush_metrics()


def count(name: str, number: int = 1) -> None:
    """Add to a count of the call that is running; nothing where calls are not measured."""
    if metrics := _current.get():
        metrics.add_metric(name, MetricUnit.Count, number)


def count_failure(service: str, route: str) -> None:
    """Count a failure of ours: with the call's own metrics, or in a line of its own where calls are not measured."""
    if _current.get():
        count("Failure")
        return
    with measured(service, route) as metrics:
        metrics.add_metric("Failure", MetricUnit.Count, 1)
