"""From a Lambda event to an app's answer: Mangum, with Powertools around it."""

import logging
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI
from mangum import Mangum

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
TEXT = ["text/", "application/json", "application/problem+json", "image/svg+xml"]
"""Types that leave as they are; API Gateway passes base64 on as bytes only to who asks for bytes first."""


def http_handler(app: FastAPI, service: str, *, silent: bool = False) -> Handler:
    """The Lambda handler of an app.

    `silent` is for the functions whose calls must not be told by time (register, vote): no log line, no metric and no
    trace for a call that went as it should or was refused; only a failure of ours is told, without who or what.
    """
    logging.getLogger("mangum").setLevel(logging.WARNING)  # it would tell every request at INFO
    logger, tracer = Logger(service=service), Tracer(service=service, auto_patch=False, disabled=silent or None)
    metrics = Metrics(namespace="Ballotcast", service=service)
    run = Mangum(app, lifespan="off", text_mime_types=TEXT)

    def count_failure(route: str) -> None:
        metrics.add_dimension("route", route)
        metrics.add_metric("Failure", MetricUnit.Count, 1)
        metrics.flush_metrics()

    app.state.on_failure = count_failure

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return run(event, context)

    if silent:
        return answer
    traced = tracer.capture_lambda_handler(capture_response=False, capture_error=False)(answer)
    handler: Handler = logger.inject_lambda_context(log_event=False)(traced)
    return handler
