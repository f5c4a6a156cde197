"""Followers of a channel on the deployed stack: each gets every record once and in order, however it follows."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx2 as httpx
import pytest

from ballotcast.client.api import connect
from ballotcast.client.channels import Channels
from ballotcast_tools.stack.stack import Stack
from relays import Relays
from sensor import SENSOR, sample

pytestmark = pytest.mark.stack
RECORDS, BATCH, LISTENERS = 6000, 200, 8


@pytest.fixture(scope="module")
def relays(stack: Stack) -> Iterator[Relays]:
    relays = Relays(stack)
    yield relays
    relays.close()


def by_events(address: str, since: str, ready: Barrier) -> list[int]:
    """An EventSource: it comes again with the last place that it has, whenever its stream ends."""
    found, last = list[int](), since
    with httpx.Client(trust_env=False, timeout=30) as client:
        waits = True
        while len(found) < RECORDS:
            headers = {"Accept": "text/event-stream", "Last-Event-ID": last}
            with client.stream("GET", address, headers=headers) as answer:
                assert answer.status_code == 200
                if waits:
                    ready.wait(30)
                    waits = False
                for line in answer.iter_lines():
                    if line.startswith("id: "):
                        place = line.removeprefix("id: ")
                    if line.startswith("data: "):
                        found += [record["count"] for record in json.loads(line.removeprefix("data: "))["records"]]
                        last = place
                    if len(found) >= RECORDS:
                        break
    return found


def by_waiting(base: str, since: str, ready: Barrier) -> list[int]:
    found = list[int]()
    ready.wait(30)
    api = connect(base)
    with api.http:
        for page in Channels(api).follow("followed", since):
            found += [record["count"] for record in page.records]
            if len(found) >= RECORDS:
                break
    return found


def test_all_who_follow_get_every_record_once_while_it_is_published_and_merged(
    relays: Relays, stack: Stack, tell: Callable[[object], None]
) -> None:
    base = stack.outputs["ApiUrl"]
    relays.register("followed", schema=SENSOR, config={"decimation": 100})
    since = relays.api.get("/channels/followed/records").json()["next"]
    ready = Barrier(2 * LISTENERS + 1)
    with ThreadPoolExecutor(2 * LISTENERS) as threads:
        address = f"{base}/channels/followed/follow"
        followers = [threads.submit(by_events, address, since, ready) for _ in range(LISTENERS)]
        followers += [threads.submit(by_waiting, base, since, ready) for _ in range(LISTENERS)]
        ready.wait(30)
        began = time.monotonic()
        for first in range(0, RECORDS, BATCH):
            records = [sample(n) for n in range(first, first + BATCH)]
            answer = relays.api.post("/channels/followed/records", json={"records": records})
            assert answer.status_code == 202, answer.text
        published = time.monotonic()
        outcomes = [follower.result(120) for follower in followers]
        ended = time.monotonic()
    assert outcomes == [list(range(RECORDS))] * (2 * LISTENERS)
    tell(
        f"{2 * LISTENERS} followers had {RECORDS} records each {ended - published:.1f} s after the last was published, "
        f"which took {published - began:.1f} s"
    )
    assert ended - published < 15


def test_a_record_reaches_who_follows_within_a_few_seconds(
    relays: Relays, stack: Stack, tell: Callable[[object], None]
) -> None:
    relays.register("observed", schema=SENSOR)
    times = list[float]()
    address = f"{stack.outputs['ApiUrl']}/channels/observed/follow"
    with (
        httpx.Client(trust_env=False, timeout=30) as client,
        client.stream("GET", address, headers={"Accept": "text/event-stream"}) as answer,
    ):
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith("id: "))
        for number in range(5):
            began = time.monotonic()
            assert relays.api.post("/channels/observed/records", json={"records": [sample(number)]}).status_code == 202
            data = next(line for line in lines if line.startswith("data: "))
            times.append(time.monotonic() - began)
            assert [record["count"] for record in json.loads(data.removeprefix("data: "))["records"]] == [number]
    tell(f"from publish to event: {sorted(times)[2]:.2f} s (median of 5), at most {max(times):.2f} s")
    assert max(times) < 5
