"""A worker process: runs one call of a background function at a time, with clients that ask the runtime.

    python -m ballotcast_tools.runtime.functions.worker DESCRIPTOR

DESCRIPTOR is a socket to the runtime. The process ends when the other side does, however that ended.
"""

import os
import socket
import sys
import traceback
from threading import Lock
from typing import Any

from ballotcast_tools.runtime.services.clients import Services

from .loading import FunctionWiring, LoadedFunction
from .messages import Disconnected, receive, send
from .remote import RemoteClient


class RemoteServices(dict[str, Any]):
    """A client for whatever service is asked for; the runtime refuses those that there are not."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection, self._turn = connection, Lock()

    def __missing__(self, service: str) -> RemoteClient:
        self[service] = client = RemoteClient(service, self._connection, self._turn)
        return client


def work(connection: socket.socket) -> None:
    """Carry out calls until the runtime is gone."""
    services, loaded = RemoteServices(connection), dict[str, LoadedFunction]()
    while True:
        call = receive(connection)
        try:
            result = _function(call, loaded, services)(call["event"])
        except Disconnected:
            raise
        except Exception as error:  # noqa: BLE001 - the edge: it is the caller's to judge
            traceback.print_exc()
            send(connection, {"failed": [type(error).__name__, str(error)]})
        else:
            send(connection, {"done": result})


def _function(call: dict[str, Any], loaded: dict[str, LoadedFunction], services: Services) -> LoadedFunction:
    name = call["function"]
    if name not in loaded:
        environment = call["environment"]
        loaded[name] = LoadedFunction(
            name, call["handler"], call["memory"], call["timeout"], lambda: FunctionWiring(environment, services)
        )
    return loaded[name]


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as opened:
        try:
            work(opened)
        except (Disconnected, KeyboardInterrupt):
            os._exit(0)  # nobody is left to whom anything could be said
