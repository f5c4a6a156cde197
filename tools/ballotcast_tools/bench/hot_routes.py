"""Plays an election in a folder and measures its hot routes: `python -m ballotcast_tools.bench.hot_routes ROUNDS`.

Each route is asked of its function's handler, and of the same app behind Mangum as it comes, with Powertools' three
decorators around it. The requests to DynamoDB and its units are those of one call when the function is warm
(scale/capacity.py charges them); for the times these answers are played back, so that they cost nothing. Prints JSON.
"""

import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from itertools import cycle
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI
from mangum import Mangum

from ballotcast.http.handler import http_handler
from ballotcast_tools.scale.capacity import Meter

from .playing import Deployment, Played, play
from .probe import CONTEXT
from .routes import Route, counted_routes, open_routes

Answering = Callable[[dict[str, Any], Any], dict[str, Any]]
SILENT = {"vote", "register"}
CALLS = 100


class PlayedBack:
    """A client that answers as another, and from `play_back` on what that answered since `begin`, over and over."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._answers: list[Any] = []
        self._again: Iterator[Any] | None = None

    def begin(self) -> None:
        self._answers.clear()

    def play_back(self) -> None:
        self._again = cycle(self._answers)

    def __getattr__(self, operation: str) -> Any:
        found, again = getattr(self._client, operation), self._again
        if not callable(found):
            return found
        if again is not None:
            return lambda **_asked: next(again)

        def noted(**asked: Any) -> Any:
            answer = found(**asked)
            self._answers.append(answer)
            return answer

        return noted


class Replayed(Deployment):
    """A deployment over the same folder whose table's answers can be played back."""

    def __init__(self, played: Deployment) -> None:
        super().__init__(played.path)
        self.moment = played.moment
        self.dynamodb = PlayedBack(self.client("dynamodb"))


def measure(played: Played, routes: Iterable[Route], rounds: int) -> list[dict[str, Any]]:
    return [measure_route(Replayed(played.wiring), route, rounds) for route in routes]


def measure_route(wiring: Replayed, route: Route, rounds: int) -> dict[str, Any]:
    """Requests, units, the largest item written (bytes), and CPU seconds of a call, of both ways, for each round."""
    app = importlib.import_module(f"{route.function}.app").create_app(wiring)
    ways = {"ours": http_handler(app, route.function, silent=route.function in SILENT), "usual": _usual(app)}
    _answer(ways["ours"], route.first, route)
    wiring.dynamodb.begin()
    vars(wiring.meter).update(vars(Meter()))
    _answer(ways["ours"], route.second, route)
    counted = {**vars(wiring.meter), "requests": dict(wiring.meter.requests)}
    wiring.dynamodb.play_back()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(_timed(way, route))
    return {"name": route.name, **counted, **times}


def _usual(app: FastAPI) -> Answering:
    logger, tracer, metrics = Logger(service="usual"), Tracer(service="usual"), Metrics(service="usual")
    run = Mangum(app)

    @logger.inject_lambda_context
    @tracer.capture_lambda_handler
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        metrics.add_metric("Requests", MetricUnit.Count, 1)
        return run(event, context)

    return handler


def _timed(way: Answering, route: Route) -> float:
    _answer(way, route.second, route)
    started = time.process_time()
    for _ in range(CALLS):
        way(route.second, CONTEXT)
    return (time.process_time() - started) / CALLS


def _answer(way: Answering, event: dict[str, Any], route: Route) -> None:
    answer = way(event, CONTEXT)
    if answer["statusCode"] != route.status:
        raise RuntimeError(f"{route.name}: {answer['statusCode']} instead of {route.status}: {answer['body'][:300]}")


def main(rounds: int) -> None:
    told = sys.stdout
    with (
        tempfile.TemporaryDirectory() as folder,
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
    ):
        played = play(Path(folder))
        found = measure(played, open_routes(played), rounds)
        played.count()
        found += measure(played, counted_routes(), rounds)
    json.dump(found, told)


if __name__ == "__main__":
    main(int(sys.argv[1]))
