"""From a Lambda event to an app's answer: the fast path or Mangum, with Powertools around them."""

import logging
import os
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI
from mangum import Mangum

from ballotcast.http.call import TEXT
from ballotcast.http.fastpath import Handler, fast_handler


def http_handler(app: FastAPI, service: str, *, silent: bool = False, measured: bool = False) -> Handler:
    """The Lambda handler of an app.

    `silent` is for the functions whose calls must not be told by time (register, vote): no log line, no metric and no
    trace for a call that went as it should or was refused; only a failure of ours is told, without who or what.
    `measured` is for those that no voter calls: a line of metrics for each call.
    """
    logger = Logger(service=service)
    metrics = Metrics(namespace="Ballotcast", service=service)
    run = fast_handler(app, stock_handler(app))

    def count_failure(route: str) -> None:
        metrics.add_metric("Failure", MetricUnit.Count, 1)
        if not measured:
            metrics.add_dimension("route", route)
            metrics.flush_metrics()

    app.state.on_failure = count_failure
    if silent:
        return run
    handler: Handler = logger.inject_lambda_context(log_event=False)(_measured(run, metrics) if measured else run)
    if os.environ.get("POWERTOOLS_TRACE_DISABLED") == "true":
        return handler  # a tracer that is off takes 10 ms to make, and 1 MB
    tracer = Tracer(service=service, auto_patch=False)
    traced: Handler = tracer.capture_lambda_handler(capture_response=False, capture_error=False)(handler)
    return traced


def stock_handler(app: FastAPI) -> Handler:
    """An app as Mangum and FastAPI run it, whatever the route."""
    logging.getLogger("mangum").setLevel(logging.WARNING)  # it would tell every request at INFO
    return Mangum(app, lifespan="off", text_mime_types=TEXT)


def _measured(run: Handler, metrics: Metrics) -> Handler:
    """Latency (ms), by API Gateway's name of the route, with what endpoints counted and the first call's ColdStart.

    One line on standard output (EMF), which Lambda takes to CloudWatch: no request of ours, nothing to wait for.
    """
    cold = True

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        nonlocal cold
        started = perf_counter()
        given = run(event, context)
        metrics.add_dimension("route", f"{event.get('httpMethod')} {event.get('resource')}")
        metrics.add_metric("Latency", MetricUnit.Milliseconds, round((perf_counter() - started) * 1000, 3))
        if cold:
            metrics.add_metric("ColdStart", MetricUnit.Count, 1)
            cold = False
        metrics.flush_metrics()
        return given

    return answer
