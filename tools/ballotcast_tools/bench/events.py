"""API Gateway's events (REST, proxy integration) of the requests that are measured."""

import json
from typing import Any


def event(
    method: str,
    resource: str,
    parameters: dict[str, str],
    *,
    body: object = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What Lambda is given for a request; `resource`: the route's template, `parameters`: what stands in its braces."""
    path = resource
    for name, value in parameters.items():
        path = path.replace("{" + name + "}", value).replace("{" + name + "+}", value)
    sent = {"Accept": "application/json", "Host": "api.example.org", "User-Agent": "bench", **(headers or {})}
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "bench"},
            "path": f"/v1{path}",
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "20/Nov/2026:09:00:00 +0000",
            "requestTimeEpoch": 1795165200000,
            "resourceId": "abc123",
            "resourcePath": resource,
            "stage": "v1",
        },
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }
