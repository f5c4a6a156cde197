"""Dead letters: parked with the reason, shown with the channel, redelivered in their place or refused."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast.store.channel import Channel
from ballotcast.store.dead_letters import DeadLetter
from dying import DyingWiring, Killed
from relay.dead_letters import CALM, REPAIRS, take_letter
from relay.repairing import redeliver
from relay.steps import Overtaken, step
from relay.worker import Worker
from relayed import Relayed, again


def give_up(lab: Relayed, message: dict[str, Any]) -> None:
    """SQS after the fifth delivery: the same message, with a number of the dead-letter queue's own."""
    attributes = {**message["attributes"], "SequenceNumber": f"{9_000 + len(letters(lab)):020}"}
    take_letter(SQSRecord({**message, "attributes": attributes}), lab.wiring)


def letters(lab: Relayed) -> list[DeadLetter]:
    return lab.wiring.dead_letters.newest("lab", lab.channel.born)


def repaired(lab: Relayed) -> Channel:
    step({"channel": "lab", "generation": str(lab.status().generation)}, lab.wiring)
    lab.meta(status="active")
    return lab.status()


def test_what_can_never_be_read_is_refused_and_the_rest_goes_on(lab: Relayed) -> None:
    bad, behind = lab.raw('{"kind": "gossip"}'), lab.message(0, 2)
    lab.deliver([bad, behind])
    give_up(lab, bad)
    [parked] = letters(lab)
    assert (parked.state, parked.reason) == ("parked", "not a relay's message: of no known kind")
    channel = lab.status()
    assert (channel.status, channel.repairs) == ("repairing", 1)
    repaired(lab)
    [settled] = letters(lab)
    assert (settled.state, settled.records) == ("refused", 0)
    assert lab.deliver([again(behind)]) == []
    assert lab.archived() == [0, 1]


def test_what_can_be_read_by_now_is_taken_in_its_place(lab: Relayed) -> None:
    lost, behind = lab.message(0, 2), lab.message(2, 2)
    with pytest.raises(Killed):
        lab.deliver([again(lost)], _dies(lab))
    assert lab.deliver([behind]) == [behind["messageId"]]
    give_up(lab, lost)
    repaired(lab)
    assert lab.archived() == [0, 1]
    assert letters(lab)[0].state == "redelivered"
    assert lab.deliver([again(behind)]) == []
    assert lab.archived() == [0, 1, 2, 3]


def test_what_was_given_up_with_it_keeps_its_order(lab: Relayed) -> None:
    """The whole batch comes as often as what cannot be read, and is given up with it."""
    bad, second, third, later = lab.raw("?"), lab.message(0, 2), lab.message(2, 2), lab.message(4, 2)
    lab.deliver([bad, second, third])
    give_up(lab, bad)
    redeliver(lab.wiring, lab.status())
    assert lab.deliver([later]) == [later["messageId"]], "it would pass those that are on their way"
    give_up(lab, third)
    assert lab.archived() == []
    give_up(lab, second)
    assert lab.archived() == [0, 1, 2, 3]
    assert lab.deliver([again(later)]) == []
    assert lab.archived() == list(range(6))
    assert [letter.state for letter in letters(lab)] == ["redelivered", "redelivered", "refused"]


def _dies(lab: Relayed) -> Worker:
    return Worker(DyingWiring(lab.deployment, 1))


@pytest.mark.parametrize("last", range(4))
def test_a_repair_killed_at_any_act_takes_it_once(lab: Relayed, last: int) -> None:
    lost = lab.message(0, 2)
    with pytest.raises(Killed):
        lab.deliver([again(lost)], _dies(lab))
    give_up(lab, lost)
    try:
        redeliver(DyingWiring(lab.deployment, last), lab.status())
    except Killed:
        assert lab.archived() in ([], [0, 1])
    redeliver(lab.wiring, lab.status())
    assert lab.archived() == [0, 1]
    assert letters(lab)[0].state == "redelivered"


def test_a_letter_whose_place_is_unknown_comes_behind_what_is_there(lab: Relayed) -> None:
    give_up(lab, lab.message(0, 2))
    repaired(lab)
    assert lab.archived() == []
    [message] = [json.loads(body) for body in _sent(lab)]
    assert (message["relay"], message["count"]) == (lab.relay, 2)


def _sent(lab: Relayed) -> list[str]:
    urls = lab.deployment.environment["RELAY_QUEUES"].split(",")
    found = [lab.deployment.sqs.receive_message(QueueUrl=url).get("Messages", []) for url in urls]
    return [message["Body"] for messages in found for message in messages]


def test_orders_are_not_letters(lab: Relayed) -> None:
    give_up(lab, lab.order("drain"))
    assert letters(lab) == []
    assert lab.status().status == "active"


def test_after_five_repairs_it_has_failed_unless_there_was_calm(lab: Relayed) -> None:
    for number in range(1, REPAIRS + 1):
        give_up(lab, lab.raw("?"))
        assert repaired(lab).repairs == number
    lab.deployment.clock.advance(seconds=CALM + 1)
    give_up(lab, lab.raw("?"))
    assert repaired(lab).repairs == 1
    for _ in range(REPAIRS - 1):
        give_up(lab, lab.raw("?"))
        repaired(lab)
    give_up(lab, lab.raw("?"))
    channel = lab.status()
    assert (channel.status, channel.reason) == ("failed", "repaired 5 times in vain")


def test_a_letter_to_a_channel_that_is_gone_is_kept(lab: Relayed) -> None:
    lost = lab.message(0, 1, relay="gone#1")
    give_up(lab, lost)
    [letter] = lab.wiring.dead_letters.newest("gone", 0)
    assert letter.records == 1
    assert lab.wiring.dead_letters.body("gone", letter) == lost["body"]


def test_a_letter_that_comes_twice_is_one(lab: Relayed) -> None:
    bad = lab.raw("?")
    lab.deliver([bad])
    for _ in range(2):
        attributes = {**bad["attributes"], "SequenceNumber": "9000"}
        take_letter(SQSRecord({**bad, "attributes": attributes}), lab.wiring)
    assert len(letters(lab)) == 1
    assert lab.status().repairs == 1


def test_a_step_of_a_saga_that_is_over_does_nothing(lab: Relayed) -> None:
    with pytest.raises(Overtaken):
        step({"channel": "lab", "generation": "1"}, lab.wiring)
