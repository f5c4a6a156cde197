"""What the fault matrix of docs/channels.md has a row for: each saga with each of its steps."""

from typing import Any

from ballotcast.store.channel import Channel, Status
from ballotcast.store.channels import Channels
from machine_faults import steps

MACHINES = {
    "spawn": "spawn",
    "stop": "stop",
    "repair": "repair",
    "resume": "repair",
    "resume around": "repair",
    "remove": "stop",
}
"""Saga → the state machine that does it. The first three begin by themselves, the others are ways out of a failure."""
STATUS: dict[str, Status] = {"spawn": "registering", "stop": "stopping", "repair": "repairing"}
"""By machine."""
UNDRAINED = ("ReadLease", "Remove")
"""The steps of `stop` that removing comes by."""


def steps_of(saga: str, definition: dict[str, Any]) -> list[str]:
    return [step for step in steps(definition) if saga != "remove" or step in UNDRAINED]


def begin(saga: str, channels: Channels, channel: Channel, now: Any) -> Channel:
    """Begin a saga of a channel that is there, as the API does; a way out begins at a channel that has failed."""
    changes: dict[str, Any] = {"repairs": 1} if MACHINES[saga] == "repair" else {}
    if MACHINES[saga] != saga and channel.status == "active":
        failed = channels.begin(channel, "failed", now, reason="repaired 5 times in vain")
        assert failed
        channel = failed
    if saga in ("resume", "resume around"):
        changes["around"] = saga == "resume around"
    if saga == "remove":
        changes["drain"] = False
    begun = channels.begin(channel, STATUS[MACHINES[saga]], now, **changes)
    assert begun
    return begun
