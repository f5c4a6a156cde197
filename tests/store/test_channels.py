"""Channels, leases and what lies with them, on each engine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ballotcast.channels.config import ChannelConfig
from ballotcast.store.blobs import Blobs
from ballotcast.store.channel import META, Channel, channel_pk, new_channel
from ballotcast.store.channels import Channels, Taken
from ballotcast.store.dead_letters import DeadLetter, DeadLetters
from ballotcast.store.leases import LEASE, FencedOff, Lease, Leases, Stuck
from ballotcast.store.live import ROWS, SECONDS, Live, LiveRow
from ballotcast.store.publishes import DAY, Publishes
from ballotcast.store.segments import Segment, Segments
from ballotcast.store.table import Table
from ballotcast.store.transaction import transact
from sensor import sensor

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECOND = int(NOW.timestamp())
SCHEMA = sensor()


@pytest.fixture
def table(board: Table) -> Table:
    return board


@pytest.fixture
def blobs() -> Iterator[Blobs]:
    with mock_aws():
        client = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        client.create_bucket(Bucket="bucket")
        yield Blobs(client, "bucket")
        client.close()


@pytest.fixture
def channels(table: Table, blobs: Blobs) -> Channels:
    return Channels(table, blobs)


def made(name: str = "lab", port: int | None = 26001, **changes: Any) -> Channel:
    options = {"owner": "o1", "key_hash": "", "config": ChannelConfig(), **changes}
    return new_channel(name=name, port=port, schema=SCHEMA, now=NOW, **options)


def test_a_channel_is_what_was_registered(channels: Channels) -> None:
    channel = made(config=ChannelConfig(decimation=3, algorithm="rms", rotation="day", retention=7))
    channels.register(channel, SCHEMA)
    assert channels.find("lab") == channel
    assert channels.schema(channel) == SCHEMA
    assert channels.find("other") is None


def test_names_and_ports_are_claimed_together_or_not_at_all(channels: Channels) -> None:
    channels.register(made(), SCHEMA)
    with pytest.raises(Taken) as name:
        channels.register(made(port=26002), SCHEMA)
    assert (name.value.holder, name.value.port) == ("lab", None)
    with pytest.raises(Taken) as port:
        channels.register(made("other"), SCHEMA)
    assert (port.value.holder, port.value.port) == ("lab", 26001)
    assert channels.find("other") is None
    assert channels.holders(range(26000, 26010)) == {26001: "lab"}
    assert (channels.holder(26001), channels.holder(26002)) == ("lab", None)
    channels.register(made("portless", None), SCHEMA)


def test_ports_of_several_partitions_are_found(channels: Channels) -> None:
    for port in (26999, 27000, 28001):
        channels.register(made(f"c{port}", port), SCHEMA)
    assert channels.holders(range(26990, 28002)) == {port: f"c{port}" for port in (26999, 27000, 28001)}
    assert channels.holders(range(27001, 28001)) == {}


def test_pages_are_in_order_over_all_shards(channels: Channels) -> None:
    for n in range(9):
        channels.register(made(f"c{n}", 26000 + n), SCHEMA)
    names, after = [], None
    while True:
        page, after = channels.page("registering", after, 4)
        names += [channel.name for channel in page]
        if after is None:
            break
    assert names == [f"c{n}" for n in range(9)]
    assert channels.page("active", None, 4)[0] == []


def test_a_saga_begins_once(channels: Channels) -> None:
    channel = made()
    channels.register(channel, SCHEMA)
    begun = channels.begin(channel, "stopping", NOW)
    assert begun
    assert (begun.status, begun.generation) == ("stopping", channel.generation + 1)
    assert channels.find("lab") == begun
    assert channels.begin(channel, "stopping", NOW) is None, "it was moved since"
    assert channels.page("stopping", None, 9)[0] == [begun]


def test_a_new_key_and_configuration_only_for_the_same_channel(channels: Channels) -> None:
    channel = made()
    channels.register(channel, SCHEMA)
    assert channels.rotate_key(channel, "hash", "", NOW)
    found = channels.find("lab")
    assert found
    assert found.key_hash == "hash"
    later = new_channel(
        name="lab",
        port=1025,
        owner="",
        key_hash="",
        schema=SCHEMA,
        config=ChannelConfig(),
        now=datetime(2026, 11, 21, tzinfo=UTC),
    )
    assert not channels.rotate_key(later, "other", "", NOW)


def leased(table: Table, leases: Leases) -> Lease:
    row = {"relay": "lab#1", "generation": 1, "queue": 0, "born": 1, "cursor": 0}
    table.put({"pk": channel_pk("lab"), "sk": LEASE, **row})
    lease = leases.find("lab")
    assert lease
    return lease


def moved(lease: Lease, cursor: int, **changes: Any) -> Lease:
    return Lease(**{**vars(lease), "cursor": cursor, "records": lease.records + 1, **changes})


def test_a_lease_moves_with_what_lies_beside_it_or_not_at_all(table: Table) -> None:
    leases = Leases(table)
    lease = leased(table, leases)
    beside = [table.putting({"pk": "x", "sk": "1"})]
    after = leases.move(lease, moved(lease, 7, bucket={"n": 1.5}), beside)
    assert leases.find("lab") == after
    assert table.get("x", "1")
    with pytest.raises(FencedOff):
        leases.move(lease, moved(lease, 8), [table.putting({"pk": "x", "sk": "2"})])
    assert table.get("x", "2") is None
    assert leases.find("lab") == after


def test_what_a_lease_is_stuck_at_follows_the_cursor(table: Table) -> None:
    leases = Leases(table)
    lease = leased(table, leases)
    leases.get_stuck(lease, Stuck({"m1": 3, "m2": 5}, "why"))
    lease = leases.find("lab") or lease
    assert lease.stuck
    assert lease.stuck.first == 3
    lease = leases.move(lease, moved(lease, 3), [])
    assert lease == leases.find("lab")
    assert lease.stuck == Stuck({"m2": 5}, "why")
    assert leases.move(lease, moved(lease, 5), []).stuck is None
    leases.get_stuck(lease, Stuck({"m3": 9}, "too late: it was moved"))
    assert (leases.find("lab") or lease).stuck is None


def test_a_lease_of_another_generation_is_not_moved(table: Table) -> None:
    leases = Leases(table)
    lease = leased(table, leases)
    table.put({"pk": channel_pk("lab"), "sk": LEASE, "relay": "lab#2", "queue": 0, "born": 1, "cursor": 0})
    with pytest.raises(FencedOff):
        leases.move(lease, moved(lease, 1), [])


def test_keys_are_remembered_for_a_day(table: Table) -> None:
    publishes, channel = Publishes(table), made()
    first = publishes.remember(channel, "k", "body", NOW)
    assert (first.fresh, first.done) == (True, False)
    assert not publishes.remember(channel, "k", "other", NOW).fresh
    assert publishes.remember(channel, "k", "other", NOW).body == "body"
    assert publishes.done(channel, [first.id, "unknown"]) == {first.id: False}
    transact(table.client, [publishes.finishing(channel, first.id)])
    assert publishes.done(channel, [first.id]) == {first.id: True}
    over = datetime.fromtimestamp(SECOND + DAY, UTC)
    assert publishes.remember(channel, "k", "other", over).fresh


def test_publishes_are_counted(table: Table) -> None:
    publishes, channel = Publishes(table), made()
    assert publishes.sent(channel) == 0
    for _ in range(3):
        publishes.count_sent(channel)
    assert publishes.sent(channel) == 3


def test_segments_are_in_order_and_end(table: Table, blobs: Blobs) -> None:
    segments, channel = Segments(table, blobs), made()
    rows = [Segment(first, 10, f"o{first}", 1, -first, 2**62, 0, SECOND + first + 1) for first in (0, 10, 100, 1000)]
    for row in reversed(rows):
        transact(table.client, [segments.adding(channel, row)])
    assert list(segments.all(channel, SECOND)) == rows
    assert list(segments.all(channel, SECOND, first=10, limit=2)) == rows[1:3]
    assert list(segments.all(channel, SECOND + 50)) == rows[2:]
    merged = Segment(0, 20, "merged", 1, -10, 2**62, 0, SECOND + 11)
    assert segments.replace(channel, rows[:2], merged)
    assert list(segments.all(channel, SECOND)) == [merged, *rows[2:]]
    assert not segments.replace(channel, rows[:2], merged)


def test_the_live_window_is_its_newest_rows(table: Table) -> None:
    live, channel = Live(table), made()
    rows = [LiveRow(n, b"points", 1) for n in range(ROWS + 5)]
    for row in rows:
        transact(table.client, [live.adding(channel, row, SECOND)])
    assert live.since(channel, None, SECOND) == rows[5:]
    assert live.since(channel, 0, SECOND) == rows[:ROWS]
    assert live.since(channel, ROWS, SECOND) == rows[ROWS:]
    assert live.since(channel, None, SECOND + SECONDS) == []


def test_dead_letters(table: Table, blobs: Blobs) -> None:
    letters = DeadLetters(table, blobs)
    two = [DeadLetter(f"m{n}", n, "lab#1", "2026-11-20T09:00:00Z", "why", 3, SECOND) for n in (10, 9)]
    for letter in two:
        letters.park("lab", 1, letter, "body")
        letters.park("lab", 1, letter, "body")
    assert letters.parked("lab", 1) == two[::-1]
    letters.settle("lab", 1, two[1], "refused", "never")
    assert letters.parked("lab", 1) == two[:1]
    letters.park("lab", 1, two[1], "body")
    assert [letter.state for letter in letters.newest("lab", 1)] == ["parked", "refused"]
    assert letters.body("lab", two[0]) == "body"
    assert letters.parked("lab", 2) == []


def test_the_secret_key_is_not_in_the_row(channels: Channels, table: Table) -> None:
    channels.register(made(key_hash="hash"), SCHEMA)
    row = table.get(channel_pk("lab"), META)
    assert row
    assert row["key_hash"] == "hash"
    assert "hash" not in repr(channels.find("lab"))
