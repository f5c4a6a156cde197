"""Events of API Gateway's REST API: where they came in, and what is mended before Mangum reads them.

A custom domain may map a base path to the API (`https://vote.example.org/b`). API Gateway then leaves the base path in
`path`, while `resource` names the route as the template does:

    resource  /ports/{port}/status        path  /b/ports/26001/status        requestContext.path  /b/ports/26001/status

Headers come as clients send them. Mangum and Starlette take an address out of `Host`, `X-Forwarded-Port` and
`X-Forwarded-Proto`, and raise for one that is not an address. Nothing here needs them, so such a header is cut to its
name, or left out.
"""

import re
from typing import Any

Event = dict[str, Any]

_PREFIX = re.compile(r"(?:/[\w.~-]+)*", re.ASCII)
"""Of an address: names between single slashes. `//` would begin another host's."""
_PORT = re.compile(r"[0-9]{1,5}")
HOST = re.compile(r"[A-Za-z0-9.-]*")
HOST_AND_PORT = re.compile(rf"{HOST.pattern}(?::[0-9]{{1,5}})?")


def below_base_path(event: Event) -> Event:
    """Return the event with `path` as `resource` has it; what stood before it becomes `basePath`."""
    path = event["path"] or "/"
    base = _base_path(path, event["resource"], event.get("pathParameters") or {})
    if not base or not _PREFIX.fullmatch(base):
        return event
    return {**event, "path": path[len(base) :] or "/", "basePath": base}


def _base_path(path: str, resource: str, parameters: dict[str, str]) -> str:
    """Return what stands before the part of `path` that `resource` describes, without a trailing slash; often
    nothing.
    """
    if resource == "/":
        return path.rstrip("/")
    given, wanted = path.split("/")[1:], resource.split("/")[1:]
    greedy = wanted[-1].endswith("+}")
    if greedy and len(wanted) == 1:
        rest = f"/{parameters.get(wanted[0][1:-2], '')}"
        return path.removesuffix(rest) if len(rest) > 1 and path.endswith(rest) else ""
    spare = len(given) - len(wanted)
    for start in range(spare + 1) if greedy else [spare]:
        if start >= 0 and all(
            name == part or name[:1] == "{" for name, part in zip(wanted, given[start:], strict=False)
        ):
            return "".join(f"/{part}" for part in given[:start])
    return ""


def address_prefix(event: Event) -> str:
    """Return what stands before every path of ours at the address that was asked: a stage, a base path, both, or
    nothing.
    """
    context, path = event["requestContext"], event["path"] or "/"
    asked = context.get("path") or ""
    if asked.endswith(path) or (path == "/" and asked):
        prefix = asked.removesuffix("/") if path == "/" else asked[: -len(path)]
        if _PREFIX.fullmatch(prefix):
            return str(prefix)
    return event.get("basePath") or f"/{context['stage']}"


def readable(event: Event) -> Event:
    """Return the event as Mangum can read it; whatever else is wrong with it, Mangum raises."""
    event = below_base_path(event) if event.get("resource") else event
    headers = _headers(event)
    mended = {name: value for name, value in headers.items() if isinstance(value, str)}
    host = mended.get("host", "")
    if not HOST_AND_PORT.fullmatch(host):
        name = host.partition(":")[0]
        mended["host"] = name if HOST.fullmatch(name) else ""
    if not _PORT.fullmatch(mended.get("x-forwarded-port", "443")):
        del mended["x-forwarded-port"]
    if mended.get("x-forwarded-proto", "https") not in ("https", "http"):
        del mended["x-forwarded-proto"]
    return event if mended == headers else {**event, "headers": mended, "multiValueHeaders": {}}


def _headers(event: Event) -> dict[str, Any]:
    """By lower-case name, with repeated ones joined as Mangum joins them."""
    found = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    for name, values in (event.get("multiValueHeaders") or {}).items():
        texts = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
        found[name.lower()] = ", ".join(texts)
    return found
