"""The gateway on the address of GATEWAY_LISTEN only: LocalStack takes just the port from it and listens on all."""

from types import SimpleNamespace
from typing import Any


def patch_listening() -> None:
    """Replace the endpoints that `localstack.runtime.server.twisted` makes."""
    from localstack import config
    from localstack.runtime.server import twisted as server
    from twisted.internet import endpoints

    host_of = {listen.port: listen.host for listen in config.GATEWAY_LISTEN}

    def endpoint(reactor: Any, port: int) -> Any:
        return endpoints.TCP4ServerEndpoint(reactor, port, interface=host_of[port])

    server.endpoints = SimpleNamespace(TCP4ServerEndpoint=endpoint, TCP6ServerEndpoint=endpoints.TCP6ServerEndpoint)
