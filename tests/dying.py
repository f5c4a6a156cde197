"""A process that is killed before its n-th act upon the world: for every n, what is left must be made whole again."""

from typing import Any

from world import World, WorldWiring

ACTS = ("Put", "Update", "Delete", "Transact", "Send", "Create", "Start")


class Killed(BaseException):
    """Not an Exception: a killed process handles nothing."""


class DyingWiring(WorldWiring):
    """Counts acts (writes, messages, executions; not reads) and dies before the one numbered `last` (from 0)."""

    def __init__(self, deployment: World, last: int) -> None:
        super().__init__(deployment)
        self._left = last

    def client(self, service: Any) -> Any:
        client = super().client(service)
        if service != "kms":
            client.meta.events.register("before-call", self._act)
        return client

    def _act(self, model: Any, **_: Any) -> None:
        if model.name.startswith(ACTS):
            if self._left == 0:
                raise Killed
            self._left -= 1
