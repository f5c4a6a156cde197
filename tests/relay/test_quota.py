"""Retention by size: the oldest records go, and the newest stay whatever happens."""

import pytest

from ballotcast.channels.config import ChannelConfig
from relay import compaction
from relayed import Relayed
from world import World

HOUR = 3600


@pytest.fixture
def limited(deployment: World, monkeypatch: pytest.MonkeyPatch) -> Relayed:
    """A megabyte is 1,000 bytes here: one batch is a little over 500."""
    monkeypatch.setattr(compaction, "MEGABYTE", 1000)
    return Relayed(deployment, ChannelConfig(decimation=100, quota=3))


def fill(lab: Relayed, hours: int, batches: int = 2) -> int:
    """So many hours, each of some batches of 30 records, and the first of the next hour; how many records."""
    sent = lab.found.records
    for _ in range(hours):
        for _ in range(batches):
            assert lab.deliver([lab.message(sent, 30)]) == []
            sent += 30
        lab.deployment.clock.advance(seconds=HOUR)
    return sent


def kept_bytes(lab: Relayed) -> int:
    now = int(lab.deployment.clock().timestamp())
    return sum(len(lab.wiring.segments.read(one)) for one in lab.wiring.segments.all(lab.channel, now))


def test_the_oldest_records_go_and_the_newest_stay_in_order(limited: Relayed) -> None:
    records = fill(limited, 12)
    kept = limited.archived()
    assert kept == list(range(kept[0], records))
    assert 0 < kept[0] < records
    assert kept_bytes(limited) <= 3000 + 2 * 1000, "the quota, and what was not merged yet"
    objects = list(limited.wiring.segments.objects(limited.channel))
    now = int(limited.deployment.clock().timestamp())
    assert sorted(objects) == sorted(one.object for one in limited.wiring.segments.all(limited.channel, now))
    assert limited.found.records == records


def test_without_a_quota_nothing_goes(deployment: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "MEGABYTE", 1)
    lab = Relayed(deployment, ChannelConfig(decimation=100))
    records = fill(lab, 6)
    assert lab.archived() == list(range(records))


def test_a_quota_that_is_lowered_holds_from_the_next_merge_on(limited: Relayed) -> None:
    records = fill(limited, 6)
    before = limited.archived()[0]
    channel = limited.status()
    assert limited.wiring.channels.configure(channel, ChannelConfig(decimation=100, quota=1))
    records = fill(limited, 2)
    assert before < limited.archived()[0] <= records - 60


def test_rows_whose_days_are_over_do_not_keep_the_newer_ones(limited: Relayed, monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB removes them days later; as many as are looked at once stood before those beyond the quota."""
    monkeypatch.setattr(compaction, "TRIMMED", 4)
    fill(limited, 6)
    limited.deployment.clock.advance(seconds=31 * 24 * HOUR)
    records = fill(limited, 12)
    assert limited.archived()[-1] == records - 1
    assert kept_bytes(limited) <= 3000 + 2 * 1000


def test_one_object_larger_than_the_quota_stays_until_another_is_there(limited: Relayed) -> None:
    fill(limited, 1, batches=20)
    records = fill(limited, 1)
    assert limited.archived() == list(range(records)), "its newest records are within the quota"
    records = fill(limited, 8)
    assert limited.archived()[0] >= 600


def test_somebody_who_merged_meanwhile_loses_nothing(limited: Relayed) -> None:
    fill(limited, 2)
    now = int(limited.deployment.clock().timestamp())
    [stale, *_] = limited.wiring.segments.all(limited.channel, now)
    table = limited.wiring.channels_table
    [row] = [one for one in table.query("CHANNEL#lab", prefix="SEG#") if one["first"] == stale.first]
    limited.wiring.blobs.put("archive/other.avro", limited.wiring.segments.read(stale))
    table.put({**row, "object": "archive/other.avro"})
    before = limited.archived()
    limited.wiring.segments.remove(limited.channel, stale)
    assert limited.archived() == before
