"""Where this deployment is reached, as seen from a request: what links and the log's origin start with."""

from fastapi import Request

from ballotcast.settings import Settings


def base_url(request: Request, settings: Settings) -> str:
    """Without a trailing slash. Never from the Host header: on AWS a caller could choose it."""
    if settings.public_url:
        return settings.public_url
    context = request.scope.get("aws.event", {}).get("requestContext")
    if not context:
        return str(request.base_url).rstrip("/")
    stage = context["stage"]
    if settings.is_local and settings.endpoint_url:
        return f"{settings.endpoint_url.rstrip('/')}/restapis/{context['apiId']}/{stage}/_user_request_"
    return f"https://{context['domainName']}/{stage}"
