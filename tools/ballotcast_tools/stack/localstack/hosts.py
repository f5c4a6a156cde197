"""Only requests to this machine's own names and from its own pages: no other site may read the mailbox.

LocalStack itself refuses requests with a foreign `Origin`, but not from pages of its makers. A name that is rebound to
127.0.0.1 (DNS rebinding) becomes the page's own origin, so there the host name is checked.
"""

import re
from typing import Any

_THIS_MACHINE = re.compile(
    r"(?:localhost|127\.0\.0\.1|\[::1\]|(?:[\w.-]+\.)?localhost\.localstack\.cloud)(?::\d+)?", re.ASCII
)
_REFUSAL = b"This server is for programs and pages of this machine only.\n"


def is_this_machine(host: str) -> bool:
    """Return whether a Host header names this machine, at any port."""
    return _THIS_MACHINE.fullmatch(host) is not None


def patch_hosts() -> None:
    """Have `LocalstackAwsGateway` begin with the check, and allow no origin but its own."""
    from localstack import config
    from localstack.aws.app import LocalstackAwsGateway
    from localstack.aws.handlers import cors

    cors.ALLOWED_CORS_ORIGINS[:] = [f"http://{listen.host}:{listen.port}" for listen in config.GATEWAY_LISTEN]
    cors.DYNAMIC_INTERNAL_ORIGINS = ()

    make = LocalstackAwsGateway.__init__

    def make_and_check(gateway: Any, *arguments: Any) -> None:
        make(gateway, *arguments)
        gateway.request_handlers.insert(0, _check)

    LocalstackAwsGateway.__init__ = make_and_check


def _check(chain: Any, context: Any, response: Any) -> None:
    if not is_this_machine(context.request.headers.get("Host", "")):
        response.status_code = 403
        response.data = _REFUSAL
        chain.terminate()
