"""Channels on the deployed stack, as publishers and viewers meet them; the times are those that are promised."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import count
from typing import Any

import fastavro
import httpx2 as httpx
import pytest

from ballotcast.elections import broadcast
from ballotcast.settings import Settings
from ballotcast.store.channel import Channel, new_channel
from ballotcast.store.log import Log, SignedCheckpoint
from ballotcast.store.table import Table
from ballotcast.store.transaction import transact
from ballotcast_tools.stack.stack import Stack
from machine_faults import without_waits
from relays import Relays, StackWiring, wait_for
from sensor import SENSOR, sample
from this_machine import on_this_machine

pytestmark = pytest.mark.stack
_number = count()


@pytest.fixture(scope="module")
def relays(stack: Stack) -> Iterator[Relays]:
    relays = Relays(stack)
    yield relays
    relays.close()


@pytest.fixture
def name(relays: Relays) -> str:
    """An active channel of its own."""
    name = f"channel{next(_number)}"
    relays.register(name, schema=SENSOR)
    return name


def publish(relays: Relays, name: str, first: int, number: int) -> httpx.Response:
    records = [sample(n) for n in range(first, first + number)]
    return relays.api.post(f"/channels/{name}/records", json={"records": records})


def exported(relays: Relays, name: str) -> list[int]:
    answer = relays.api.get(f"/channels/{name}/export", headers={"Accept": "application/avro"})
    assert answer.status_code == 200, answer.text
    return [record["count"] for record in fastavro.reader(BytesIO(answer.content))]


def is_repaired(relays: Relays, before: Channel) -> bool:
    """Whether another relay has taken over; a repair that has failed is said with its reason."""
    found = relays.find(before.name)
    assert found
    assert found.status in ("active", "repairing"), (found.status, found.reason)
    return found.relay != before.relay and found.status == "active"


def relayed(relays: Relays, name: str) -> int:
    records: int = relays.api.get(f"/channels/{name}").json()["relay"]["records"]
    return records


@pytest.mark.essential
def test_registered_is_active_within_five_seconds(relays: Relays, name: str) -> None:
    """Once functions are warm, as the channel before has made them."""
    began = time.monotonic()
    made = relays.api.post("/channels", json={"name": "quick", "port": 40000, "schema": SENSOR})
    assert made.status_code == 201, made.text
    assert time.monotonic() - began < on_this_machine(5)
    assert relays.rows("quick", 40000)["lease"]["relay"] == made.json()["pid"]


def test_of_sixteen_at_once_one_gets_the_name(relays: Relays) -> None:
    def register(number: int) -> httpx.Response:
        draft = {"name": "race", "port": 41000 + number, "schema": SENSOR}
        return relays.api.post("/channels", json=draft)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(register, range(16)))
    assert sorted(answer.status_code in (201, 202) for answer in answers) == [False] * 15 + [True]
    assert {answer.json()["used_by"] for answer in answers if answer.status_code == 409} == {"race"}


def test_of_sixteen_at_once_one_gets_the_port(relays: Relays) -> None:
    def register(number: int) -> httpx.Response:
        return relays.api.post("/channels", json={"name": f"racer{number}", "port": 42000, "schema": SENSOR})

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(register, range(16)))
    won = [answer.json()["name"] for answer in answers if answer.status_code in (201, 202)]
    assert len(won) == 1
    assert {answer.json()["used_by"] for answer in answers if answer.status_code == 409} == set(won)


def test_a_thousand_records_are_live_within_three_seconds(relays: Relays, name: str) -> None:
    began = time.monotonic()
    assert publish(relays, name, 0, 1000).status_code == 202
    wait_for(lambda: relays.api.get(f"/channels/{name}/live").json()["records"])
    assert time.monotonic() - began < on_this_machine(3)
    assert exported(relays, name) == list(range(1000))


@pytest.mark.essential
def test_publishers_at_once_lose_and_double_nothing(relays: Relays, name: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: publish(relays, name, 10 * n, 10), range(40)))
    assert {answer.status_code for answer in answers} == {202}
    wait_for(lambda: relayed(relays, name) == 400)
    found = exported(relays, name)
    assert sorted(found) == list(range(400))
    assert all(found[at : at + 10] == list(range(found[at], found[at] + 10)) for at in range(0, 400, 10))


def test_deregistering_drains_what_is_in_flight(relays: Relays, name: str) -> None:
    channel = relays.find(name)
    assert channel
    for n in range(20):
        assert publish(relays, name, 5 * n, 5).status_code == 202
    assert relays.api.delete(f"/channels/{name}").status_code == 200
    segments = relays.wiring.segments.all(channel, int(time.time()))
    assert sum(segment.count for segment in segments) == 100
    assert relays.rows(name, None) == {}
    assert relays.api.delete(f"/channels/{name}").status_code == 404


def test_a_poisoned_relay_is_repaired_and_loses_nothing_else(relays: Relays, name: str) -> None:
    channel = relays.find(name)
    assert channel
    assert channel.relay
    relays.define("repair", without_waits(relays.definitions["repair"]))
    assert publish(relays, name, 0, 5).status_code == 202
    url = relays.wiring.settings.relay_queues[channel.saga["queue"]]
    poison: dict[str, Any] = {"QueueUrl": url, "MessageGroupId": channel.relay, "MessageDeduplicationId": name}
    relays.wiring.client("sqs").send_message(**poison, MessageBody=json.dumps({"kind": "gossip"}))
    assert publish(relays, name, 5, 5).status_code == 202
    wait_for(lambda: relays.api.get(f"/channels/{name}").json()["dead_letters"], 90)
    wait_for(lambda: is_repaired(relays, channel), 240)
    letters = relays.api.get(f"/channels/{name}").json()["dead_letters"]
    refused = [letter["reason"] for letter in letters if letter["state"] == "refused"]
    assert refused == ["not a relay's message: of no known kind"]
    wait_for(lambda: publish(relays, name, 10, 5).status_code == 202)
    wait_for(lambda: relayed(relays, name) == 15)
    assert exported(relays, name) == list(range(15))
    relays.restore()


def test_an_elections_channel_starts_by_itself_and_tells_turnout(relays: Relays, stack: Stack) -> None:
    """Nobody starts its machine but the channels' stream, and nobody publishes but the board's.

    Its spawn is late, so that turnout is told before there is a lease: it must not stand in the probe's way.
    """
    late = {**relays.definitions["spawn"], "StartAt": "Late"}
    wait = {"Type": "Wait", "Seconds": 3, "Next": relays.definitions["spawn"]["StartAt"]}
    relays.define("spawn", {**late, "States": {**late["States"], "Late": wait}})
    election = "0123456789abcdef"
    channel = new_channel(
        name=broadcast.channel_name(election),
        port=None,
        owner="",
        key_hash="",
        schema=broadcast.SCHEMA,
        config=broadcast.CONFIG,
        now=relays.wiring.clock(),
    )
    wiring = StackWiring(Settings({}), stack)
    board = Table(wiring.client("dynamodb"), stack.outputs["BoardTable"])
    transact(relays.wiring.dynamodb, relays.wiring.channels.registering(channel, broadcast.SCHEMA))
    Log(board).add(election, "issued", 22, "batch")
    Log(board).publish(election, SignedCheckpoint(b"note", 24, issued=22, cast=21, final=True))
    wait_for(lambda: (found := relays.find(channel.name)) and found.status == "active")
    live = f"/channels/{channel.name}/live"
    wait_for(lambda: len(relays.api.get(live).json().get("records", [])) == 2)
    shown = relays.api.get(live).json()["records"]
    assert [(one["event"], one["issued"], one["cast"]) for one in shown] == [("turnout", 20, 0), ("turnout", 22, 21)]
    assert relays.api.delete(f"/channels/{channel.name}").status_code == 403
    relays.restore()
