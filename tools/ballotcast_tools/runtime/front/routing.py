"""From method and path to a route, as API Gateway finds it.

A path belongs to one resource: the one whose segments match exactly, from the left, before `{name}`, before `{name+}`.
A resource that lacks the method is not passed over for a more general one. Segments are compared as they are on the
wire, percent-encoded; trailing slashes do not count. Parameters are passed as they are on the wire, too.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ballotcast_tools.runtime.template.deployment import Route

ANY = "ANY"


class Match(NamedTuple):
    """`parameters` is None where the resource has none."""

    route: Route
    parameters: dict[str, str] | None


class _Node:
    """What follows a segment. `names`: the parameters of the resource that ends here, from the left."""

    def __init__(self) -> None:
        self.exact: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.greedy: _Node | None = None
        self.methods: dict[str, Route] = {}
        self.names: list[str] = []


class Router:
    """Raises ValueError for two routes of one method and resource, and for a greedy segment that is not the last."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self.resources = set[str]()
        for route in routes:
            self._add(route)

    def find(self, method: str, path: str) -> Match | None:
        """Return the route of a request; None if there is none. `path` is as on the wire, without the query."""
        values: list[str] = []
        node = _descend(self._root, path.rstrip("/").split("/"), 1, values)
        if node is None:
            return None
        route = node.methods.get(method) or node.methods.get(ANY)
        if route is None:
            return None
        return Match(route, dict(zip(node.names, values, strict=True)) if values else None)

    def _add(self, route: Route) -> None:
        node, names = self._root, []
        parts = route.resource.split("/")[1:] if route.resource != "/" else []
        for part in parts:
            if part.startswith("{"):
                names.append(part.strip("{+}"))
            node = _child(node, part)
        if "+}" in route.resource.removesuffix("+}"):
            raise ValueError(f"{route.resource}: nothing may follow a greedy segment")
        if route.method in node.methods:
            raise ValueError(f"{route.method} {route.resource} is declared twice")
        node.methods[route.method] = route
        node.names = names
        self.resources.add(route.resource)


def _child(node: _Node, part: str) -> _Node:
    if part.endswith("+}"):
        node.greedy = node.greedy or _Node()
        return node.greedy
    if part.startswith("{"):
        node.parameter = node.parameter or _Node()
        return node.parameter
    return node.exact.setdefault(part, _Node())


def _descend(node: _Node, parts: list[str], at: int, values: list[str]) -> _Node | None:
    """Return the node of the resource that takes `parts[at:]`, if any, and append its parameters to `values`."""
    if at == len(parts):
        return node if node.methods else None
    part, known = parts[at], len(values)
    if (child := node.exact.get(part)) and (found := _descend(child, parts, at + 1, values)):
        return found
    if part and (child := node.parameter):
        values.append(part)
        if found := _descend(child, parts, at + 1, values):
            return found
        del values[known:]
    if node.greedy:
        values.append("/".join(parts[at:]))
        return node.greedy
    return None
