"""The worker: each record once and in order, however messages are delivered and anyone who dies."""

import random

import pytest

from ballotcast.channels.config import ChannelConfig
from ballotcast.store.publishes import Publishes
from dying import DyingWiring, Killed
from relay.worker import Worker
from relayed import Relayed, again
from world import World


def test_records_are_archived_and_shown(lab: Relayed) -> None:
    assert lab.deliver([lab.message(0, 5), lab.message(5, 5)]) == []
    assert lab.archived() == list(range(10))
    assert lab.shown() == [0, 2, 4, 6, 8]
    assert (lab.found.records, lab.found.rows, lab.found.applied) == (10, 1, 2)


def test_a_message_delivered_again_changes_nothing(lab: Relayed) -> None:
    messages = [lab.message(n, 1) for n in range(4)]
    lab.deliver(messages[:2])
    before = lab.found
    assert lab.deliver([again(one) for one in messages[:2]]) == []
    assert lab.found == before
    assert lab.deliver([again(messages[1]), *messages[2:]]) == []
    assert lab.archived() == [0, 1, 2, 3]


@pytest.mark.parametrize("seed", range(3))
def test_any_regrouping_gives_the_same(deployment: World, seed: int) -> None:
    """As SQS may: any run of messages again, as long as none is passed over."""
    lab = Relayed(deployment, ChannelConfig(decimation=3, algorithm="average"))
    messages = [lab.message(3 * n, 3, key=f"k{n}" if n % 2 else None) for n in range(8)]
    worker, chance, done = Worker(lab.wiring), random.Random(seed), 0
    while done < len(messages):
        first = chance.randint(0, done)
        end = min(first + chance.randint(1, 8), len(messages))
        assert lab.deliver([again(one) for one in messages[first:end]], worker) == []
        done = max(done, end)
    assert lab.archived() == list(range(24))
    assert lab.shown() == [3 * n + 1 for n in range(8)]


@pytest.mark.parametrize("last", range(4))
def test_killed_before_any_of_its_acts_nothing_is_lost_or_doubled(deployment: World, last: int) -> None:
    lab = Relayed(deployment, ChannelConfig(decimation=2))
    lab.wiring.publishes.remember(lab.channel, "k", "body", deployment.clock())
    messages = [lab.message(0, 3), lab.message(3, 3, key=_key(lab.wiring.publishes, lab))]
    try:
        lab.deliver(messages, Worker(DyingWiring(deployment, last)))
    except Killed:
        assert lab.archived() in ([], list(range(6)))
    assert lab.deliver([again(one) for one in messages]) == []
    assert lab.archived() == list(range(6))
    assert lab.shown() == [0, 2, 4]


def _key(publishes: Publishes, lab: Relayed) -> str:
    return publishes.remember(lab.channel, "k", "body", lab.deployment.clock()).id


def test_the_same_publish_sent_twice_counts_once(lab: Relayed) -> None:
    """A publisher that heard no answer sends again after the queue has forgotten the first."""
    key = _key(lab.wiring.publishes, lab)
    assert lab.deliver([lab.message(0, 2, key), lab.message(2, 2)]) == []
    assert lab.deliver([lab.message(0, 2, key), lab.message(4, 2)]) == []
    assert lab.archived() == list(range(6))
    assert lab.wiring.publishes.remember(lab.channel, "k", "body", lab.deployment.clock()).done


def test_the_same_publish_twice_in_one_batch_counts_once(lab: Relayed) -> None:
    key = _key(lab.wiring.publishes, lab)
    assert lab.deliver([lab.message(0, 2, key), lab.message(0, 2, key)]) == []
    assert lab.archived() == [0, 1]


def test_after_what_cannot_be_read_the_rest_of_its_group_comes_again(lab: Relayed) -> None:
    good, bad, behind = lab.message(0, 1), lab.raw("{}"), lab.message(1, 1)
    assert lab.deliver([good, bad, behind]) == [bad["messageId"], behind["messageId"]]
    assert lab.archived() == [0]
    stuck = lab.found.stuck
    assert stuck
    assert stuck.messages == {bad["messageId"]: 2, behind["messageId"]: 3}
    assert "not a relay's message" in stuck.reason
    assert lab.deliver([again(behind)]) == [behind["messageId"]], "nothing passes what is stuck"


def test_records_that_are_not_what_they_say_are_told_apart_from_those_before_them(lab: Relayed) -> None:
    good, bad, behind = lab.message(0, 2), lab.message(2, 2), lab.message(4, 1)
    bad["body"] = bad["body"].replace('"count": 2', '"count": 3')
    assert lab.deliver([good, bad, behind]) == [bad["messageId"], behind["messageId"]]
    assert lab.archived() == [0, 1]
    assert lab.found.stuck
    assert lab.found.stuck.first == 2


def test_one_channels_trouble_is_not_anothers(lab: Relayed) -> None:
    other = lab.message(0, 1, relay="other#1")
    assert lab.deliver([other, lab.message(0, 1)]) == [other["messageId"]]
    assert lab.archived() == [0]


def test_who_died_of_a_message_leaves_it_stuck_for_the_next(lab: Relayed) -> None:
    """Even if every worker dies of it, nothing behind it gets past."""
    deadly, behind = lab.message(0, 1), lab.message(1, 1)
    with pytest.raises(Killed):
        lab.deliver([again(deadly)], Worker(DyingWiring(lab.deployment, 1)))
    assert lab.found.stuck
    assert lab.deliver([behind]) == [behind["messageId"]]
    assert lab.deliver([again(deadly, 3), again(behind)]) == []
    assert lab.archived() == [0, 1]
    assert lab.found.stuck is None


def test_records_of_a_generation_that_is_over_join_the_present_one(lab: Relayed) -> None:
    old = lab.message(0, 2)
    lab.lease(lab.channel.generation + 1)
    assert lab.deliver([old]) == []
    assert lab.archived() == []
    sent = [message for queue in range(4) for message in _waiting(lab.deployment, queue)]
    assert sent[0]["relay"] == f"lab#{lab.channel.generation + 1}"


def _waiting(deployment: World, queue: int) -> list[dict[str, object]]:
    urls = deployment.environment["RELAY_QUEUES"].split(",")
    deployment.environment["RELAY_QUEUE"] = urls[queue]
    return deployment.take_messages("RELAY_QUEUE")


def test_a_drain_shows_the_open_bucket(lab: Relayed) -> None:
    assert lab.deliver([lab.message(0, 3)]) == []
    assert lab.shown() == [0]
    assert lab.deliver([lab.order("drain")]) == []
    assert lab.shown() == [0, 2]
    assert lab.found.bucket == {}


def test_an_order_of_somebody_overtaken_is_dropped(lab: Relayed) -> None:
    order = lab.order("probe")
    lab.lease(lab.channel.generation + 1)
    assert lab.deliver([order]) == []


def test_a_drain_does_not_pass_what_is_stuck(lab: Relayed) -> None:
    bad, drain = lab.raw("?"), lab.order("drain")
    lab.deliver([bad])
    assert lab.deliver([drain]) == [drain["messageId"]]


def test_live_rows_and_segments_end_with_their_time(lab: Relayed) -> None:
    lab.deliver([lab.message(0, 4)])
    lab.deployment.clock.advance(hours=1)
    assert lab.shown() == []
    assert lab.archived() == [0, 1, 2, 3]
    lab.deployment.clock.advance(days=30)
    assert lab.archived() == []


def test_no_more_records_are_relayed_together_than_one_publish_may_have(
    lab: Relayed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.worker.MOST_RECORDS", 5)
    assert lab.deliver([lab.message(0, 2), lab.message(2, 3), lab.message(5, 1), lab.message(6, 7)]) == []
    assert lab.archived() == list(range(13))
    segments = lab.wiring.segments.all(lab.channel, int(lab.deployment.clock().timestamp()))
    assert [one.count for one in segments] == [5, 1, 7]


def test_without_decimation_each_record_of_a_batch_is_shown(deployment: World) -> None:
    lab = Relayed(deployment, ChannelConfig(decimation=1, algorithm="minmax"))
    assert lab.deliver([lab.message(0, 1000)]) == []
    assert lab.shown() == list(range(1000))
    assert 1 < lab.found.rows <= 8
    assert lab.deliver([lab.message(1000, 3)]) == []
    assert lab.shown() == list(range(1003))
