"""A message that can never be relayed ends no channel: it becomes a dead letter, and the channel continues."""

from dataclasses import replace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import ClientError

from ballotcast.channels.containers import Batch, encode_long
from ballotcast.store.leases import FencedOff, Lease, Leases
from ballotcast.store.relay_queues import RecordsMessage
from dying import DyingWiring, Killed
from relay.dead_letters import take_letter
from relay.repairing import ATTEMPTS, redeliver
from relay.steps import step
from relay.worker import Worker
from relayed import Relayed, again

LONG = encode_long(10**15)
SEGMENTS = "ballotcast.store.segments.Segments.adding"


def poison(lab: Relayed, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Records of which the table takes no row, as of a time of 1e40: an odd number of them."""
    adding = lab.wiring.segments.adding

    def beyond(_: Any, channel: Any, segment: Any) -> dict[str, Any]:
        return adding(channel, replace(segment, latest=10**40) if segment.count % 2 else segment)

    monkeypatch.setattr(SEGMENTS, beyond)
    return lab.message(0, 1)


def give_up(lab: Relayed, *messages: dict[str, Any]) -> None:
    """SQS after the fifth delivery."""
    for number, message in enumerate(messages):
        attributes = {**message["attributes"], "SequenceNumber": f"{9_000 + number:020}"}
        take_letter(SQSRecord({**message, "attributes": attributes}), lab.wiring)


def states(lab: Relayed) -> list[tuple[str, str]]:
    return [(one.state, one.reason) for one in lab.wiring.dead_letters.newest("lab", lab.channel.born)]


def test_what_cannot_be_kept_is_a_dead_letter_and_the_rest_goes_on(
    lab: Relayed, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, behind = poison(lab, monkeypatch), lab.message(1, 2)
    assert lab.deliver([bad]) == [bad["messageId"]]
    assert lab.deliver([behind]) == [behind["messageId"]]
    give_up(lab, bad)
    step({"channel": "lab", "generation": str(lab.status().generation)}, lab.wiring)
    [(state, reason)] = states(lab)
    assert (state, reason.partition(":")[0]) == ("refused", "cannot be kept")
    assert lab.deliver([again(behind)]) == []
    assert lab.archived() == [1, 2]


def test_what_fails_by_aws_waits_and_is_not_refused(lab: Relayed, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = lab.message(0, 2)

    def throttled(*_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutObject")

    with monkeypatch.context() as patched:
        patched.setattr(SEGMENTS, throttled)
        lab.deliver([bad])
        give_up(lab, bad)
        for _ in range(ATTEMPTS + 2):
            with pytest.raises(ClientError):
                redeliver(lab.wiring, lab.status())
    redeliver(lab.wiring, lab.status())
    assert lab.archived() == [0, 1]
    assert states(lab)[0][0] == "redelivered"


def test_what_ends_its_function_is_refused_in_the_end(lab: Relayed) -> None:
    bad, behind = lab.message(0, 1), lab.message(1, 1)
    with pytest.raises(Killed):
        lab.deliver([again(bad)], worker=_dying(lab))
    give_up(lab, bad)
    for _ in range(ATTEMPTS):
        with pytest.raises(Killed):
            redeliver(DyingWiring(lab.deployment, 1), lab.status())
    redeliver(lab.wiring, lab.status())
    assert states(lab) == [("refused", "taking it did not come to an end 3 times")]
    assert lab.deliver([again(behind)]) == []
    assert lab.archived() == [1]


def _dying(lab: Relayed) -> Worker:
    return Worker(DyingWiring(lab.deployment, 1))


def test_the_owner_may_have_it_left_out(lab: Relayed) -> None:
    bad, behind = lab.message(0, 1), lab.message(1, 1)
    with pytest.raises(Killed):
        lab.deliver([again(bad)], worker=_dying(lab))
    lab.meta(status="failed")
    give_up(lab, bad)
    lab.meta(around=True)
    redeliver(lab.wiring, lab.status())
    [(state, reason)] = states(lab)
    assert (state, reason.rpartition("; ")[2]) == ("refused", "left out by the owner's word")
    assert lab.deliver([again(behind)]) == []
    assert lab.archived() == [1]


def test_a_letter_to_a_channel_that_had_the_name_before_is_refused(lab: Relayed) -> None:
    message = RecordsMessage(lab.relay, lab.channel.born - 1, Batch(1, LONG))
    give_up(lab, lab.raw(message.as_json()))
    redeliver(lab.wiring, lab.status())
    assert states(lab) == [("refused", "of a channel that had the name before")]


def test_two_who_settle_at_the_same_time_take_it_once(lab: Relayed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dead-letter function and the repair's step: the one that is fenced off reads the lease again."""
    lost = lab.message(0, 2)
    with pytest.raises(Killed):
        lab.deliver([again(lost)], worker=_dying(lab))
    lab.meta(status="failed")
    give_up(lab, lost)
    move, raced = Leases.move, []

    def overtaken(leases: Leases, old: Lease, new: Lease, beside: Any) -> Lease:
        if not raced:
            raced.append(old)
            redeliver(lab.wiring, lab.status())
            with pytest.raises(FencedOff):
                move(leases, old, new, beside)
            raise FencedOff
        return move(leases, old, new, beside)

    monkeypatch.setattr(Leases, "move", overtaken)
    redeliver(lab.wiring, lab.status())
    assert lab.archived() == [0, 1]
    assert [state for state, _ in states(lab)] == ["redelivered"]


def test_what_came_before_it_in_a_batch_passes(lab: Relayed, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad, behind = lab.message(1, 2), poison(lab, monkeypatch), lab.message(3, 2)
    assert lab.deliver([good, bad, behind]) == [bad["messageId"], behind["messageId"]]
    assert lab.archived() == [1, 2]
    assert lab.found.stuck
    assert lab.found.stuck.first == int(bad["attributes"]["SequenceNumber"])
