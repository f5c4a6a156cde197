"""Boto3 clients that are made once and lent to one deployment after another: making one takes longer than a test."""

import weakref
from collections import defaultdict
from collections.abc import Callable
from typing import Any

_free: defaultdict[str, list[Any]] = defaultdict(list)
REGISTER = ("register", "register_first", "register_last")


class LentClients:
    """What one deployment has borrowed; each loan is a client that nobody else has at the time."""

    def __init__(self) -> None:
        self._lent: list[tuple[str, Any]] = []
        self._hooks: list[tuple[Any, Any, Any]] = []
        self._idle: defaultdict[str, list[Any]] = defaultdict(list)

    def lend(self, service: str, make: Callable[[], Any], borrower: object = None) -> Any:
        """A client as `make` makes it. Hooks that are registered on its events end with the loan.

        The loan ends with the deployment; or with the borrower, if there were no hooks: tests start many processes.
        """
        client = self._idle[service].pop() if self._idle[service] else self._borrow(service, make)
        if borrower:
            weakref.finalize(borrower, self._rest, service, client)
        return client

    def _rest(self, service: str, client: Any) -> None:
        if not self.watched(client):
            self._idle[service].append(client)

    def _borrow(self, service: str, make: Callable[[], Any]) -> Any:
        client = _free[service].pop() if _free[service] else make()
        self._lent.append((service, client))
        for name in REGISTER:
            self._note(client.meta.events, name)
        return client

    def watched(self, client: Any) -> bool:
        """Whether hooks were registered on this client's events during its loan."""
        return any(events is client.meta.events for events, _, _ in self._hooks)

    def take_back(self) -> None:
        for events, name, handler in reversed(self._hooks):
            events.unregister(name, handler)
        for service, client in self._lent:
            for name in REGISTER:
                delattr(client.meta.events, name)
            _free[service].append(client)
        self._lent, self._hooks = [], []
        self._idle.clear()

    def _note(self, events: Any, name: str) -> None:
        register = getattr(events, name)

        def noted(event: str, handler: Any, *given: Any, **options: Any) -> None:
            register(event, handler, *given, **options)
            self._hooks.append((events, event, handler))

        setattr(events, name, noted)
