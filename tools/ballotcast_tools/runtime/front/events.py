"""Requests as events of API Gateway's REST API (proxy integration), as far as anything here reads them.

    path                 as on the wire: percent-encoded, with a trailing slash if there was one
    pathParameters       as on the wire, too
    query parameters     decoded; the single one of a repeated name is the last
    body                 text, or base64 for the API's binary types and whatever is not UTF-8

The path of `requestContext` is the same: no stage and no base path comes before it. An event has no time.
"""

from base64 import b64encode
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from ballotcast_tools.runtime.template.deployment import Api

from .options import LOOPBACK, Options
from .routing import Match

Event = dict[str, Any]
Scope = Any
API_ID, ACCOUNT = "ballotcast", "000000000000"
AT_GATEWAY = frozenset(
    {
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "proxy-connection",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)
"""Headers that API Gateway does not pass on."""
CLAIMED = frozenset({"forwarded", "x-real-ip"})
"""Headers for a proxy to set, like those that begin with FORWARDED; from a client they are claims."""
FORWARDED = "x-forwarded-"


class Events:
    """Makes events; used by several threads."""

    def __init__(self, api: Api, options: Options) -> None:
        self._stage = api.stage
        self._binary = frozenset(api.binary_types)
        self._trusted = options.trusted_header.lower()
        self._dropped = (AT_GATEWAY | CLAIMED) - {self._trusted}
        self._public_hosts = options.public_hosts
        self._public = options.public_scheme, str(options.public_port)
        self._local = "http", str(options.port)
        self._domain = options.public_host

    def event(self, scope: Scope, path: str, match: Match, body: bytes) -> Event:
        """Return the event of a request. `scope`: ASGI's; `path`: as on the wire."""
        headers, many = self._headers(scope["headers"])
        source = self._source(scope, many.pop(self._trusted, None) if self._trusted else None)
        headers.pop(self._trusted, None)
        scheme, port = self._public if headers.get("host", "").lower() in self._public_hosts else self._local
        for name, value in (("for", source), ("proto", scheme), ("port", port)):
            headers[FORWARDED + name] = value
            many[FORWARDED + name] = [value]
        query = _query(scope["query_string"])
        text, encoded = self._content(body, headers.get("content-type", ""))
        return {
            "resource": match.route.resource,
            "path": path,
            "httpMethod": scope["method"],
            "headers": headers,
            "multiValueHeaders": many,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} if query else None,
            "multiValueQueryStringParameters": query,
            "pathParameters": match.parameters,
            "stageVariables": None,
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": API_ID,
                "domainName": self._domain,
                "httpMethod": scope["method"],
                "identity": {"sourceIp": source, "userAgent": headers.get("user-agent")},
                "path": path,
                "protocol": "HTTP/1.1",
                "requestId": str(uuid4()),
                "resourcePath": match.route.resource,
                "stage": self._stage,
            },
            "body": text,
            "isBase64Encoded": encoded,
        }

    def _headers(self, given: list[tuple[bytes, bytes]]) -> tuple[dict[str, str], dict[str, list[str]]]:
        """Single and repeated headers, without those that stop here."""
        single: dict[str, str] = {}
        many: dict[str, list[str]] = {}
        for raw_name, raw_value in given:
            name = raw_name.decode("latin-1")
            if name in self._dropped or (name.startswith(FORWARDED) and name != self._trusted):
                continue
            value = raw_value.decode("latin-1")
            if name in single:
                many[name].append(value)
            else:
                many[name] = [value]
            single[name] = value
        return single, many

    def _source(self, scope: Scope, appended: list[str] | None) -> str:
        """The address that the trusted proxy saw, else that of the connection."""
        if appended:
            last = appended[-1].rpartition(",")[2].strip()
            try:
                return str(ip_address(last))
            except ValueError:
                pass
        client = scope.get("client")
        return client[0] if client else LOOPBACK[0]

    def _content(self, body: bytes, content_type: str) -> tuple[str | None, bool]:
        """The body in the event, and whether it is base64."""
        if not body:
            return None, False
        if content_type and content_type.partition(";")[0].strip().lower() in self._binary:
            return b64encode(body).decode(), True
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            return b64encode(body).decode(), True


def _query(given: bytes) -> dict[str, list[str]] | None:
    if not given:
        return None
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(given.decode(errors="replace"), keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found or None
