"""Clients at the other end of a socket: what a worker, or an inspector, asks of the runtime's services."""

import logging
import socket
from collections.abc import Callable
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from ballotcast_tools.runtime.services.clients import Services
from ballotcast_tools.runtime.services.errors import EXCEPTIONS, named
from ballotcast_tools.runtime.services.s3 import Pages
from ballotcast_tools.runtime.storage.deadline import TooLate
from ballotcast_tools.runtime.storage.writer import StorageFailed

from .messages import Disconnected, receive, send

log = logging.getLogger(__name__)


class RemoteClient:
    """The client of a service; all clients of a process share its one connection, and take turns."""

    exceptions = EXCEPTIONS

    def __init__(self, name: str, connection: socket.socket, turn: Lock) -> None:
        self._name, self._connection, self._turn = name, connection, turn

    def get_paginator(self, operation: str) -> Pages:
        assert operation == "list_objects_v2", operation
        return Pages(self)

    def list_objects_v2(self, **asked: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("list_objects_v2", (), asked)
        return found

    def close(self) -> None:
        """A boto3 client lets go of its connections here; this one belongs to the process."""

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*positional: Any, **arguments: Any) -> Any:
            return self._ask(method, positional, arguments)

        self.__dict__[method] = call
        return call

    def _ask(self, method: str, positional: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
        with self._turn:
            send(self._connection, {"ask": [self._name, method, positional, arguments]})
            answer = receive(self._connection)
        if "error" in answer:
            code, response, operation = answer["error"]
            raise named(code)(response, operation)
        if "timed_out" in answer:
            raise ReadTimeoutError(endpoint_url=answer["timed_out"])
        return answer["result"]


def answer(connection: socket.socket, asked: list[Any], clients: Services) -> None:
    """Carry out what a RemoteClient asked for, and send it what came of it.

    A client's attributes are not for the other side, which could give itself another role by them.
    """
    service, method, positional, arguments = asked
    try:
        if method.startswith("_"):
            raise LookupError(method)
        send(connection, {"result": getattr(clients[service], method)(*positional, **arguments)})
    except Disconnected:
        raise
    except ClientError as refused:
        code = str(refused.response.get("Error", {}).get("Code", ""))
        send(connection, {"error": [code, dict(refused.response), refused.operation_name]})
    except (StorageFailed, TooLate) as failed:
        response = {"Error": {"Code": "ServiceUnavailable", "Message": str(failed)}}
        send(connection, {"error": ["ServiceUnavailable", response, method]})
    except ReadTimeoutError:  # only where tests ask for it (runtime/faults.py)
        send(connection, {"timed_out": service})
    except Exception as error:
        log.exception("a service failed: %s %s", service, method)
        response = {"Error": {"Code": "InternalFailure", "Message": type(error).__name__}}
        send(connection, {"error": ["InternalFailure", response, method]})
