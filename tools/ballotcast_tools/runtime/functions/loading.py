"""Imports a function's handler with an environment, clients and caches of its own.

All functions are in one process, but each is a module of its own that makes its wiring once: `from_environment` asks
the context for it, and the context is the function's.
"""

import asyncio
import contextvars
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import uuid4

from ballotcast.settings import Settings
from ballotcast.wiring import Wiring, maker
from ballotcast_tools.runtime.services.clients import Services
from ballotcast_tools.runtime.storage.deadline import ends_within

Handler = Callable[[dict[str, Any], Any], Any]


class FunctionWiring(Wiring):
    """A function's settings and clients."""

    def __init__(self, environment: Mapping[str, str], clients: Services) -> None:
        super().__init__(Settings(environment))
        self._clients = clients

    def client(self, service: Any) -> Any:
        return self._clients[service]


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda tells a handler next to the event; `ends_at` is by the monotonic clock."""

    function_name: str
    memory_limit_in_mb: int
    ends_at: float
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:eu-west-1:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.ends_at - time.monotonic()) * 1000))


class LoadedFunction:
    """A handler, and the context it runs in. `handler`: as the template names it (`vote.app.handler`)."""

    def __init__(self, name: str, handler: str, memory: int, timeout: float, wiring: Callable[[], Wiring]) -> None:
        self._name, self._memory, self._timeout = name, memory, timeout
        _give_loop()
        self._context = contextvars.copy_context()
        self._context.run(maker.set, wiring)
        module, _, attribute = handler.rpartition(".")
        self._handler: Handler = self._context.run(lambda: getattr(import_module(module), attribute))

    def __call__(self, event: dict[str, Any]) -> Any:
        """Return what the handler returns; raises what it raises. Several threads may call at once."""
        _give_loop()
        context = LambdaContext(self._name, self._memory, time.monotonic() + self._timeout)
        return self._context.copy().run(self._run, event, context)

    def _run(self, event: dict[str, Any], context: LambdaContext) -> Any:
        with ends_within(self._timeout):
            return self._handler(event, context)


_thread = threading.local()


def _give_loop() -> None:
    """Mangum runs an app in its thread's event loop, and asks for one: on Lambda there is just the main thread."""
    if not hasattr(_thread, "loop"):
        _thread.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_thread.loop)
        weakref.finalize(threading.current_thread(), _thread.loop.close)  # it holds sockets
