"""A Unix socket by which the owner's commands and tests use the services as an operator would: everything is allowed.

Only the owner can open the socket, because nobody else may enter its folder.
"""

import contextlib
import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from .functions.messages import Disconnected, receive
from .functions.remote import RemoteClient, answer

log = logging.getLogger(__name__)


class Control:
    """Serves `services` (by boto3's names) at `path` until `stop`."""

    def __init__(self, path: Path, services: Mapping[str, Any]) -> None:
        self._path, self._services = path, services
        path.unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(_short(path))
        path.chmod(0o600)
        self._listening.listen()
        Thread(target=self._accept, name="control", daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:  # stopped
                return
            Thread(target=self._serve, args=[connection], name="control-connection", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(Disconnected):
            while True:
                answer(connection, receive(connection)["ask"], self._services)


class ControlClient(RemoteClient):
    """The client of a service over a connection of its own. Raises OSError if no runtime serves `path`."""

    def __init__(self, path: Path, service: str) -> None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(_short(path))
        except OSError:
            connection.close()
            raise
        super().__init__(service, connection, Lock())

    def close(self) -> None:
        self._connection.close()


def _short(path: Path) -> str:
    """From the current folder, if that is shorter: the path of a socket has about a hundred characters at most."""
    return min(str(path), os.path.relpath(path), key=len)
