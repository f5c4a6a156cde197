"""A channel that has failed at a message that can never be relayed: every way out of it, on the deployed stack.

The outcomes are the table in docs/channels.md, "Ways out".
"""

import struct
from collections.abc import Iterator
from typing import Any

import pytest

from ballotcast.channels.containers import Batch
from ballotcast.store.channels import Channel
from ballotcast.store.dead_letters import DeadLetter
from ballotcast.store.leases import Stuck
from ballotcast.store.relay_queues import RecordsMessage
from ballotcast_cli.stack.stack import Stack
from channel_rows import require_whole
from relays import Relays, wait_for

pytestmark = pytest.mark.stack
SECONDS = {"type": "record", "name": "r", "fields": [{"name": "time", "type": "double", "unit": "s"}]}
NEVER = struct.pack("<d", 1e40)
"""A time of 1e40 as a double: a publish refuses it, and no row of the table takes it."""


@pytest.fixture(scope="module")
def relays(stack: Stack) -> Iterator[Relays]:
    relays = Relays(stack)
    relays.skip_waits()
    yield relays
    relays.restore()
    relays.close()


def poisoned(relays: Relays, name: str) -> Channel:
    """As a channel of a version was that accepted such a time: five repairs were in vain."""
    relays.api.post("/channels", json={"name": name, "schema": SECONDS})
    channel, lease = relays.find(name), relays.wiring.leases.find(name)
    assert channel
    assert channel.relay
    assert lease
    letter = DeadLetter("m1", 1, channel.relay, "2026-11-20T09:00:00Z", "Rounded", 1, 2**40, lease.cursor + 1)
    body = RecordsMessage(channel.relay, channel.born, Batch(1, NEVER)).as_json()
    relays.wiring.leases.get_stuck(lease, Stuck({letter.message: letter.sequence}, letter.reason))
    relays.wiring.dead_letters.park(name, channel.born, letter, body)
    failed = relays.wiring.channels.begin(channel, "failed", relays.wiring.clock(), reason="repaired 5 times in vain")
    assert failed
    return failed


def shown(relays: Relays, name: str) -> dict[str, Any]:
    found: dict[str, Any] = relays.api.get(f"/channels/{name}").json()
    return found


def publishes(relays: Relays, name: str) -> bool:
    return relays.api.post(f"/channels/{name}/records", json={"records": [{"time": 1.5}]}).status_code == 202


@pytest.mark.parametrize(
    ("way", "reason"),
    [("resumed", "cannot be kept"), ("resumed around it", "Rounded; left out by the owner's word")],
)
def test_it_is_resumed(relays: Relays, way: str, reason: str) -> None:
    name = way.replace(" ", "-")
    poisoned(relays, name)
    order = {"around": way != "resumed"}
    assert relays.api.post(f"/channels/{name}/resume", json=order).status_code == 202
    wait_for(lambda: shown(relays, name)["status"] == "active")
    [letter] = shown(relays, name)["dead_letters"]
    assert (letter["state"], letter["reason"].partition(": ")[0]) == ("refused", reason)
    wait_for(lambda: publishes(relays, name))
    wait_for(lambda: shown(relays, name)["relay"]["records"] == 1)
    assert relays.api.delete(f"/channels/{name}").status_code == 200


@pytest.mark.parametrize("way", ["drained", "removed"])
def test_it_is_gone(relays: Relays, way: str) -> None:
    channel = poisoned(relays, way)
    asked = {"drain": "false"} if way == "removed" else {}
    assert relays.api.delete(f"/channels/{way}", params=asked).status_code == 200
    assert require_whole(relays.rows(way, channel.port), way) == "gone"
