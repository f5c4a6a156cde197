"""From a Lambda event to an app's answer: the fast path or Mangum, with Powertools around them."""

import logging

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI
from mangum import Mangum

from ballotcast.http.call import TEXT
from ballotcast.http.fastpath import Handler, fast_handler


def http_handler(app: FastAPI, service: str, *, silent: bool = False) -> Handler:
    """The Lambda handler of an app.

    `silent` is for the functions whose calls must not be told by time (register, vote): no log line, no metric and no
    trace for a call that went as it should or was refused; only a failure of ours is told, without who or what.
    """
    logger, tracer = Logger(service=service), Tracer(service=service, auto_patch=False, disabled=silent or None)
    metrics = Metrics(namespace="Ballotcast", service=service)
    run = fast_handler(app, stock_handler(app))

    def count_failure(route: str) -> None:
        metrics.add_dimension("route", route)
        metrics.add_metric("Failure", MetricUnit.Count, 1)
        metrics.flush_metrics()

    app.state.on_failure = count_failure
    if silent:
        return run
    traced = tracer.capture_lambda_handler(capture_response=False, capture_error=False)(run)
    handler: Handler = logger.inject_lambda_context(log_event=False)(traced)
    return handler


def stock_handler(app: FastAPI) -> Handler:
    """An app as Mangum and FastAPI run it, whatever the route."""
    logging.getLogger("mangum").setLevel(logging.WARNING)  # it would tell every request at INFO
    return Mangum(app, lifespan="off", text_mime_types=TEXT)
