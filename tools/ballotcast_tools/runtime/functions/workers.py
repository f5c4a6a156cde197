"""The worker processes: started when they are needed, killed when a call takes longer than it may."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Condition
from typing import Any

from ballotcast_tools.runtime.services.clients import Services
from ballotcast_tools.runtime.storage.deadline import ends_within
from ballotcast_tools.runtime.template.deployment import Function

from .messages import Disconnected, receive, send
from .outcomes import FunctionFailed, FunctionTimedOut
from .remote import answer

LONG = 120
"""Seconds: functions with such a timeout may take half the workers, so that short ones find one."""


class Workers:
    """At most `most` processes. `clients`: by function, what its role may do. `paths`: where modules are found."""

    def __init__(
        self, most: int, clients: Mapping[str, Services], paths: list[Path], environment: Mapping[str, str]
    ) -> None:
        self._most, self._clients = most, clients
        self._environment = {**environment, "PYTHONPATH": os.pathsep.join(map(str, paths))}
        self._free: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._running = self._running_long = 0
        self._changed = Condition()
        self._stopped = False

    def invoke(self, function: Function, event: Any) -> Any:
        """Run one call and return its result; waits for a worker. Raises FunctionFailed, FunctionTimedOut."""
        is_long = function.timeout >= LONG
        worker = self._take(is_long)
        try:
            return worker.call(function, event, self._clients[function.id])
        finally:
            self._give_back(worker, is_long)

    def stop(self) -> None:
        """Kill them all: what they were doing comes again at the next start."""
        with self._changed:
            self._stopped = True
            for worker in self._all:
                worker.kill()
            self._changed.notify_all()

    @property
    def pids(self) -> list[int]:
        with self._changed:
            return [worker.pid for worker in self._all]

    def _take(self, is_long: bool) -> "_Worker":
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._has_room(is_long))
            if self._stopped:
                raise FunctionFailed("Stopped", "the runtime stops")
            self._running += 1
            self._running_long += is_long
            if self._free:
                return self._free.pop()
            worker = _Worker(self._environment)
            self._all.add(worker)
            return worker

    def _has_room(self, is_long: bool) -> bool:
        return self._running < self._most and not (is_long and self._running_long >= max(1, self._most // 2))

    def _give_back(self, worker: "_Worker", is_long: bool) -> None:
        with self._changed:
            self._running -= 1
            self._running_long -= is_long
            if worker.is_alive and not self._stopped:
                self._free.append(worker)
            else:
                worker.kill()
                self._all.discard(worker)
            self._changed.notify_all()


class _Worker:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._connection, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "ballotcast_tools.runtime.functions.worker", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, env=dict(environment), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        self.is_alive = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(self, function: Function, event: Any, clients: Services) -> Any:
        ends_at = time.monotonic() + function.timeout
        call = {
            "function": function.id,
            "handler": function.handler,
            "environment": function.environment,
            "memory": function.memory,
            "timeout": function.timeout,
            "event": event,
        }
        try:
            send(self._connection, call)
            while True:
                self._connection.settimeout(max(0.001, ends_at - time.monotonic()))
                message = receive(self._connection)
                self._connection.settimeout(None)
                if "ask" not in message:
                    break
                with ends_within(ends_at - time.monotonic()):
                    answer(self._connection, message["ask"], clients)
        except TimeoutError:
            self.kill()
            raise FunctionTimedOut(f"{function.id} did not end within {function.timeout} s") from None
        except Disconnected:
            self.kill()
            raise FunctionFailed("Runtime.ExitError", f"the process of {function.id} ended") from None
        if "failed" in message:
            raise FunctionFailed(*message["failed"])
        return message["done"]

    def kill(self) -> None:
        self.is_alive = False
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._connection.close()
