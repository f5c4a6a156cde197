"""Reads functions, with what `Globals` says for all of them and what calls them."""

from collections.abc import Mapping
from typing import Any

from .deployment import Function, Queue, QueueSource, Route, Source, StreamSource, Table
from .errors import TemplateError
from .names import queue_arn
from .parameters import text
from .policies import role_of
from .properties import Properties
from .roles import Role
from .sources import SourceReader
from .values import Values

_USED = ("Handler", "Role", "Timeout", "MemorySize", "Environment", "Events", "CodeUri")
_IDLE = (
    *("Runtime", "Architectures", "Layers", "LoggingConfig", "ReservedConcurrentExecutions", "AutoPublishAlias"),
    *("AutoPublishAliasAllProperties", "SnapStart", "EphemeralStorage", "Description"),
)
CODE = "functions"
"""The folder, next to the template, that every handler is in."""


class FunctionReader:
    """Reads every function; afterwards `functions`, `routes` and `subscribers` (ids by topic) hold them."""

    def __init__(
        self, values: Values, roles: dict[str, Role], tables: dict[str, Table], queues: dict[str, Queue], api: str
    ) -> None:
        self.functions: dict[str, Function] = {}
        self.routes: list[Route] = []
        self.subscribers: dict[str, tuple[str, ...]] = {}
        self._values = values
        self._roles = roles
        self._tables = tables
        self._queues = queues
        self._sources = SourceReader(tables, queues, api)

    def read(self, common: Mapping[str, Any], overrides: Mapping[str, str]) -> None:
        """`common`: `Globals.Function`. `overrides`: values for variables that functions have, by name."""
        for name, written in self._values.of_type("AWS::Serverless::Function").items():
            properties = Properties(self._values, _merged(common, written), name, used=_USED, idle=_IDLE)
            self._read(name, properties, overrides)
        named = {variable for function in self.functions.values() for variable in function.environment}
        if unknown := set(overrides) - named:
            raise TemplateError(f"variable {sorted(unknown)[0]}", "no function has it in its environment")

    def _read(self, name: str, properties: Properties, overrides: Mapping[str, str]) -> None:
        properties.one_of("CodeUri", (CODE,))
        callers = self._sources.read(properties)
        environment = properties.within("Environment", used=("Variables",)).value("Variables", {})
        function = Function(
            id=name,
            handler=properties.text("Handler"),
            environment={key: overrides.get(key, text(value)) for key, value in environment.items()},
            role=role_of(properties, self._roles),
            timeout=properties.number("Timeout", 3),
            memory=properties.number("MemorySize", 128),
            sources=tuple(callers.sources),
        )
        for source in function.sources:
            self._check_rights(function, source)
        self.functions[name] = function
        for route in callers.routes:
            self._add(route)
        for topic in callers.topics:
            self.subscribers[topic] = (*self.subscribers.get(topic, ()), name)

    def _add(self, route: Route) -> None:
        if any((known.method, known.resource) == (route.method, route.resource) for known in self.routes):
            raise TemplateError(f"{route.function}.Events", f"{route.method} {route.resource} is routed twice")
        self.routes.append(route)

    def _check_rights(self, function: Function, source: Source) -> None:
        """Lambda reads a source with the function's own role, and AWS refuses to connect one that it may not read."""
        needed: list[tuple[str, str]] = []
        if isinstance(source, QueueSource):
            actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
            needed = [(action, self._queues[source.queue].arn) for action in actions]
        elif isinstance(source, StreamSource):
            actions = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
            needed = [(action, self._tables[source.table].stream_arn) for action in actions]
            if source.on_failure:
                needed.append(("sqs:SendMessage", queue_arn(source.on_failure)))
        for action, resource in needed:
            if not function.role.allows(action, resource, {}):
                raise TemplateError(function.role.name, f"{source.name} needs {action} on {resource}")


def _merged(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """SAM's rule: mappings are merged, anything else of the function's own replaces what is common."""
    merged = {**common, **own}
    for name in common.keys() & own.keys():
        if isinstance(common[name], Mapping) and isinstance(own[name], Mapping):
            merged[name] = _merged(common[name], own[name])
    return merged
