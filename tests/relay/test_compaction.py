"""Compaction moves records and changes none."""

import pytest

from ballotcast.channels.config import ChannelConfig
from dying import DyingWiring, Killed
from relay.compaction import OPEN, compact
from relay.worker import Worker
from relayed import SCHEMA, Relayed
from world import World


def segments(lab: Relayed) -> list[int]:
    return [one.count for one in lab.wiring.segments.all(lab.channel, int(lab.deployment.clock().timestamp()))]


def test_a_period_that_is_over_becomes_one_object(lab: Relayed) -> None:
    worker = Worker(lab.wiring)
    for n in range(5):
        lab.deliver([lab.message(2 * n, 2)], worker)
    assert segments(lab) == [2] * 5
    lab.deployment.clock.advance(hours=1)
    lab.deliver([lab.message(10, 2)], worker)
    assert segments(lab) == [10, 2]
    assert lab.archived() == list(range(12))
    assert len(list(lab.wiring.blobs.keys("archive/30d/lab/"))) == 2


def test_many_small_ones_become_one_before_that(deployment: World) -> None:
    lab = Relayed(deployment, ChannelConfig(rotation="day"))
    worker = Worker(lab.wiring)
    for n in range(OPEN + 1):
        lab.deliver([lab.message(n, 1)], worker)
    assert segments(lab) == [OPEN, 1]
    assert lab.archived() == list(range(OPEN + 1))


@pytest.mark.parametrize("last", range(5))
def test_killed_at_any_act_it_loses_nothing(lab: Relayed, last: int) -> None:
    worker = Worker(lab.wiring)
    for n in range(3):
        lab.deliver([lab.message(n, 1)], worker)
    try:
        compact(DyingWiring(lab.deployment, last), lab.channel, SCHEMA, 0, 3)
    except Killed:
        assert lab.archived() == [0, 1, 2]
    compact(lab.wiring, lab.channel, SCHEMA, 0, 3)
    assert lab.archived() == [0, 1, 2]


def test_somebody_who_was_slower_changes_nothing(lab: Relayed) -> None:
    worker = Worker(lab.wiring)
    for n in range(3):
        lab.deliver([lab.message(n, 1)], worker)
    old = list(lab.wiring.segments.all(lab.channel, 0))
    compact(lab.wiring, lab.channel, SCHEMA, 0, 3)
    assert not lab.wiring.segments.replace(lab.channel, old, old[0])
    assert segments(lab) == [3]
