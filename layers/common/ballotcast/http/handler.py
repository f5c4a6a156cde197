"""From a Lambda event to an app's response: the fast path or Mangum, with Powertools around them.

Every event gets a response: one that cannot be read a 400, one that fails where no route sees it a 500.
"""

import logging
import os
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import Any
from uuid import uuid4

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI, Response
from mangum import Mangum
from mangum.protocols import HTTPCycle

from ballotcast.http import measuring, problems
from ballotcast.http.app import HEADERS
from ballotcast.http.call import TEXT
from ballotcast.http.fastpath import Handler, fast_handler
from ballotcast.http.gateway import readable


def http_handler(app: FastAPI, service: str, *, silent: bool = False, measured: bool = False) -> Handler:
    """Return the Lambda handler of an app.

    `silent` is for the functions whose calls must not be told by time (register, vote): no log line, no metric and no
    trace for a call that went as it should or was refused; only a failure of ours is told, without who or what.
    `measured` is for those that no voter calls: a line of metrics for each call.
    """
    logger = Logger(service=service)
    run = _answering(fast_handler(app, stock_handler(app)), app, logger)

    app.state.on_failure = partial(measuring.count_failure, service)
    if silent:
        return run
    handler: Handler = logger.inject_lambda_context(log_event=False)(_measured(run, service) if measured else run)
    if os.environ.get("POWERTOOLS_TRACE_DISABLED") == "true":
        return handler  # a tracer that is off takes 10 ms to make, and 1 MB
    tracer = Tracer(service=service, auto_patch=False)
    traced: Handler = tracer.capture_lambda_handler(capture_response=False, capture_error=False)(handler)
    return traced


def stock_handler(app: FastAPI) -> Handler:
    """Return an app as Mangum and FastAPI run it, whatever the route."""
    logging.getLogger("mangum").setLevel(logging.WARNING)  # it would tell every request at INFO
    return Stock(app, lifespan="off", text_mime_types=TEXT)


class Stock(Mangum):
    """Mangum, with a problem document for an event that it cannot read."""

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            handler = self.infer(readable(event), context)
            scope, body = handler.scope, handler.body
            scope["path"].encode()  # no half characters
        except Exception:  # noqa: BLE001 - nothing was done yet, and all of it is the event's doing
            unreadable = "this request cannot be read: a header, its path, its query or its body is damaged"
            return _problem(problems.problem(HTTPStatus.BAD_REQUEST, "bad-request", unreadable, instance=_path(event)))
        return handler(HTTPCycle(scope, body)(self.app))


def _answering(run: Handler, app: FastAPI, logger: Logger) -> Handler:
    """Return the handler with a 500 for what fails outside of a route: Lambda would make it a 502 without words."""

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            return run(event, context)
        except Exception:
            correlation_id = getattr(context, "aws_request_id", None) or str(uuid4())
            logger.exception("unexpected", extra={"correlation_id": correlation_id})
            app.state.on_failure("")
            return _problem(problems.internal(correlation_id, _path(event)))

    return answer


def _path(event: dict[str, Any]) -> str:
    """For a problem document: as it came, where it is text that can be written."""
    path = event.get("path")
    return path.encode(errors="replace").decode() if isinstance(path, str) else "/"


def _problem(response: Response) -> dict[str, Any]:
    headers = {**dict(response.headers), **{name.lower(): value for name, value in HEADERS.items()}}
    return {
        "statusCode": response.status_code,
        "headers": headers,
        "multiValueHeaders": {},
        "body": bytes(response.body).decode(),
        "isBase64Encoded": False,
    }


def _measured(run: Handler, service: str) -> Handler:
    """Latency (ms), by API Gateway's name of the route, with what endpoints counted and the first call's ColdStart.

    One line on standard output (EMF), which Lambda takes to CloudWatch: no request of ours, nothing to wait for.
    """
    cold = True

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        nonlocal cold
        started = perf_counter()
        with measuring.measured(service, f"{event.get('httpMethod')} {event.get('resource')}") as metrics:
            given = run(event, context)
            metrics.add_metric("Latency", MetricUnit.Milliseconds, round((perf_counter() - started) * 1000, 3))
            if cold:
                metrics.add_metric("ColdStart", MetricUnit.Count, 1)
                cold = False
        return given

    return answer
