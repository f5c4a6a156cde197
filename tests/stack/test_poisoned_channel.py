"""A channel that has failed at a message that can never be relayed: every way out of it, on the deployed stack.

The outcomes are the table in docs/channels.md, "Ways out".
"""

from collections.abc import Iterator
from typing import Any

import pytest

from ballotcast.store.channel import Channel
from ballotcast_tools.stack.stack import Stack
from channel_rows import require_whole
from poisoned import poisoned
from relays import Relays, wait_for

pytestmark = pytest.mark.stack
SECONDS = {"type": "record", "name": "r", "fields": [{"name": "time", "type": "double", "unit": "s"}]}


@pytest.fixture(scope="module")
def relays(stack: Stack) -> Iterator[Relays]:
    relays = Relays(stack)
    relays.skip_waits()
    yield relays
    relays.restore()
    relays.close()


def failed(relays: Relays, name: str) -> Channel:
    relays.api.post("/channels", json={"name": name, "schema": SECONDS})
    channel = relays.find(name)
    assert channel
    return poisoned(relays, channel)


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
    failed(relays, name)
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
    channel = failed(relays, way)
    asked = {"drain": "false"} if way == "removed" else {}
    assert relays.api.delete(f"/channels/{way}", params=asked).status_code == 200
    assert require_whole(relays.rows(way, channel.port), way) == "gone"
