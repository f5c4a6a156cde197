"""Where this deployment is reached, as seen from a request: what links and the log's origin start with."""

import re
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request

from ballotcast.http.gateway import address_prefix
from ballotcast.settings import Settings

_THIS_MACHINE = re.compile(
    r"(?:localhost|127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost\.localstack\.cloud)(?::\d{1,5})?", re.ASCII
)
"""Hosts at which an emulator is reached, with a port; `localhost.localstack.cloud` resolves to 127.0.0.1."""


def base_url(request: Request, settings: Settings) -> str:
    """Return the public address, without a trailing slash.

    It never comes from the Host header on AWS, where a caller could choose it. On an emulator it does, if that names
    this machine: only the caller knows the port at which a container's gateway is published.
    """
    if settings.public_url:
        return settings.public_url
    context = _context(request)
    if not context:
        return str(request.base_url).rstrip("/")
    if not (settings.is_local and settings.endpoint_url):
        return f"https://{context['domainName']}{address_prefix(request.scope['aws.event'])}"
    host = request.headers.get("host", "")
    if not _THIS_MACHINE.fullmatch(host):
        host = urlsplit(settings.endpoint_url).netloc
    if host.startswith(f"{context['apiId']}."):
        return f"http://{host}/{context['stage']}"
    return _emulated(f"http://{host}", context)


def own_url(request: Request, settings: Settings) -> str:
    """Return the address at which this process itself reaches the API: from inside a container, not the public one."""
    if settings.api_url:
        return settings.api_url
    context = _context(request)
    if context and settings.is_local and settings.endpoint_url:
        return _emulated(settings.endpoint_url.rstrip("/"), context)
    return base_url(request, settings)


def _context(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = request.scope.get("aws.event", {}).get("requestContext") or {}
    return found


def _emulated(gateway: str, context: dict[str, Any]) -> str:
    """LocalStack's address of an API by path (https://docs.localstack.cloud/aws/services/apigateway/)."""
    return f"{gateway}/_aws/execute-api/{context['apiId']}/{context['stage']}"
