"""Reads what calls functions: routes, streams, queues, schedules and topics."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from .deployment import Queue, QueueSource, Route, ScheduleSource, Source, StreamSource, Table
from .errors import TemplateError
from .properties import Properties
from .references import queue_named

_STREAM = (
    *("Stream", "StartingPosition", "BatchSize", "MaximumBatchingWindowInSeconds", "BisectBatchOnFunctionError"),
    *("MaximumRetryAttempts", "DestinationConfig", "FilterCriteria"),
)
_QUEUE = ("Queue", "BatchSize", "FunctionResponseTypes", "ScalingConfig")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_METHODS = ("ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass
class Callers:
    """What calls one function. `topics`: ARNs."""

    routes: list[Route] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SourceReader:
    """`api`: the name of the API that routes belong to."""

    tables: dict[str, Table]
    queues: dict[str, Queue]
    api: str

    def read(self, function: Properties) -> Callers:
        """Return what calls the function that has these properties."""
        found = Callers()
        events = function.within("Events", used=tuple(function.value("Events", {})))
        for name in events.names():
            event = events.within(name, used=("Type", "Properties"))
            source = function.where + name  # as SAM names it
            kind = event.one_of("Type", ("Api", "SQS", "DynamoDB", "Schedule", "SNS"))
            if kind == "Api":
                found.routes.append(self._route(event, function.where))
            elif kind == "SQS":
                found.sources.append(self._queue(source, event.within("Properties", used=_QUEUE)))
            elif kind == "DynamoDB":
                found.sources.append(self._stream(source, event.within("Properties", used=_STREAM)))
            elif kind == "Schedule":
                found.sources.append(_schedule(source, event.within("Properties", used=("Schedule",))))
            else:
                found.topics.append(event.within("Properties", used=("Topic",)).text("Topic"))
        return found

    def _route(self, event: Properties, function: str) -> Route:
        route = event.within("Properties", used=("RestApiId", "Path", "Method"))
        route.one_of("RestApiId", (self.api,))
        method = route.text("Method").upper()
        if method not in _METHODS:
            raise TemplateError(route.at("Method"), f"{method} is not a method")
        return Route(method, route.text("Path"), function)

    def _queue(self, name: str, source: Properties) -> QueueSource:
        reported = source.entries("FunctionResponseTypes")
        if reported not in ([], ["ReportBatchItemFailures"]):
            raise TemplateError(source.at("FunctionResponseTypes"), "must be ReportBatchItemFailures")
        scaling = source.within("ScalingConfig", used=("MaximumConcurrency",))
        return QueueSource(
            name=name,
            queue=self._known(source, "Queue"),
            batch_size=source.number("BatchSize", 10),
            reports_failures=bool(reported),
            concurrency=scaling.number("MaximumConcurrency") if "MaximumConcurrency" in scaling else None,
        )

    def _stream(self, name: str, source: Properties) -> StreamSource:
        source.one_of("StartingPosition", ("TRIM_HORIZON",))
        stream = source.text("Stream")
        tables = [table.name for table in self.tables.values() if table.stream_arn == stream]
        if not tables:
            raise TemplateError(source.at("Stream"), f"{stream} is not the stream of a table")
        destination = source.within("DestinationConfig", used=("OnFailure",))
        letters = destination.within("OnFailure", used=("Type", "Destination"))
        if "OnFailure" in destination:
            letters.one_of("Type", ("SQS",))
        filters = source.within("FilterCriteria", used=("Filters",)).each("Filters", used=("Pattern",))
        return StreamSource(
            name=name,
            table=tables[0],
            batch_size=source.number("BatchSize", 100),
            window_seconds=source.number("MaximumBatchingWindowInSeconds", 0),
            bisect=source.flag("BisectBatchOnFunctionError"),
            retries=source.number("MaximumRetryAttempts", -1),
            on_failure=self._known(letters, "Destination") if "OnFailure" in destination else None,
            patterns=tuple(_pattern(one) for one in filters),
        )

    def _known(self, properties: Properties, name: str) -> str:
        found = queue_named(properties.text(name), properties.at(name))
        if found not in self.queues:
            raise TemplateError(properties.at(name), f"there is no queue {found}")
        return found


def _pattern(entry: Properties) -> dict[str, Any]:
    try:
        pattern = json.loads(entry.text("Pattern"))
    except ValueError:
        raise TemplateError(entry.at("Pattern"), "is not JSON") from None
    if not isinstance(pattern, dict):
        raise TemplateError(entry.at("Pattern"), "is not an object")
    return pattern


def _schedule(name: str, source: Properties) -> ScheduleSource:
    rate = _RATE.fullmatch(source.text("Schedule"))
    if rate is None:
        raise TemplateError(source.at("Schedule"), "only rate(…) in minutes, hours or days is supported")
    return ScheduleSource(name, int(rate[1]) * _SECONDS[rate[2]])
