"""Publishers at once on a channel while the runtime is killed: each accepted record once, in order by publisher."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from ballotcast.channels.containers import read_container
from ballotcast.channels.records import decode
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.client.api import TIMEOUT, Api
from ballotcast.client.channels import Channels
from campaigns.election import Election
from campaigns.insisting import insist
from campaigns.service import Service

pytestmark = [pytest.mark.stack, pytest.mark.only_on("local")]
SCHEMA = {
    "type": "record",
    "name": "Reading",
    "fields": [
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "publisher", "type": "int"},
        {"name": "number", "type": "int"},
    ],
}
PER_CALL = 25
NAME = "readings"


@dataclass(frozen=True)
class Size:
    publishers: int
    calls: int
    kills: int
    uptime: tuple[float, float]


SMALL = Size(publishers=3, calls=8, kills=1, uptime=(0.0, 0.2))
LARGE = Size(publishers=8, calls=400, kills=15, uptime=(0.2, 2.0))


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)], ids=["small", "large"])
def test_a_channel_survives_kills_at_any_moment(size: Size, tmp_path: Path, tell: Callable[[object], None]) -> None:
    chance = random.Random(20_264)
    again: Counter[str] = Counter()
    with Service(tmp_path, chance) as service, httpx.Client(base_url=service.address, timeout=TIMEOUT) as client:
        owner = Election(Api(client), service.mails, chance, 0)
        owner.sign_in()
        channels = Channels(owner.api, owner.organiser.token)
        key = owner.insist(lambda: channels.register_channel(NAME, None, SCHEMA))["api_key"]

        def publish(publisher: int) -> None:
            with httpx.Client(base_url=service.address, timeout=TIMEOUT) as line:
                keyed = Channels(Api(line), key)
                for call in range(size.calls):
                    some = [reading(publisher, call * PER_CALL + at) for at in range(PER_CALL)]
                    name = f"{publisher}-{call}"
                    insist(lambda some=some, name=name: keyed.publish(NAME, some, key=name), count(again))

        with service.killed(size.kills, size.uptime), ThreadPoolExecutor(size.publishers) as pool:
            list(pool.map(publish, range(size.publishers)))
        total = size.publishers * size.calls * PER_CALL
        owner.wait_for(lambda: relayed(channels, total))
        archive = tmp_path / "export.avro"
        owner.insist(lambda: channels.export(NAME, archive))
        shown = channels.get_channel(NAME)
    found = exported(archive)
    tell(
        f"{total} records acknowledged, {service.kills} kills ({service.idle} idle), {dict(again)} asked again, "
        f"{total - len(set(found))} lost, {len(found) - len(set(found))} doubled"
    )
    for publisher in range(size.publishers):
        assert [number for who, number in found if who == publisher] == list(range(size.calls * PER_CALL))
    assert len(found) == total
    assert shown["dead_letters"] == []


def count(again: Counter[str]) -> Callable[[Exception], None]:
    return lambda error: again.update([getattr(error, "slug", "") or type(error).__name__])


def reading(publisher: int, number: int) -> dict[str, int]:
    return {"time": 1_795_168_800_000 + number, "publisher": publisher, "number": number}


def relayed(channels: Channels, count: int) -> bool | None:
    shown = insist(lambda: channels.get_channel(NAME))
    return True if (shown["relay"] or {"records": 0})["records"] >= count else None


def exported(archive: Path) -> list[tuple[int, int]]:
    written, batches = read_container(archive.read_bytes())
    schema = ChannelSchema.parse(written)
    return [(record["publisher"], record["number"]) for batch in batches for record in decode(schema, batch)]
