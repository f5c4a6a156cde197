"""Queues beyond what moto can be compared with: time, FIFO groups, receipts, transactions, restarts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ballotcast_tools.runtime.services.queue_upkeep import delete_expired, forget_ids, keep_in_step, release_all
from ballotcast_tools.runtime.storage.writer import Transaction
from runtime_queues import DAY, Lab, lab, url

MAIL, RELAY, PLAIN = "mail", "relay.fifo", "plain.fifo"


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path / "data") as made:
        yield made


@pytest.mark.parametrize("name", [MAIL, RELAY])
def test_a_message_comes_again_after_its_timeout(aws: Lab, name: str) -> None:
    aws.send(name, "one")
    [first] = aws.receive(name)
    aws.clock.advance(seconds=29.999)
    assert aws.receive(name) == []
    assert aws.queues.next_due(name) == aws.queues.now() + 1
    aws.clock.advance(seconds=0.001)
    [again] = aws.receive(name)
    counts = [one["Attributes"]["ApproximateReceiveCount"] for one in (first, again)]
    firsts = {one["Attributes"]["ApproximateFirstReceiveTimestamp"] for one in (first, again)}
    assert (counts, len(firsts)) == (["1", "2"], 1)


def test_a_receiver_may_ask_for_another_timeout(aws: Lab) -> None:
    aws.send(MAIL, "one")
    [message] = aws.receive(MAIL, VisibilityTimeout=5)
    aws.clock.advance(seconds=4)
    aws.sqs.change_message_visibility(QueueUrl=url(MAIL), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=10)
    aws.clock.advance(seconds=9)
    assert aws.receive(MAIL) == []
    aws.clock.advance(seconds=1)
    assert len(aws.receive(MAIL)) == 1


def test_a_stale_receipt_deletes_nothing(aws: Lab) -> None:
    aws.send(MAIL, "one")
    [first] = aws.receive(MAIL)
    aws.clock.advance(seconds=30)
    [second] = aws.receive(MAIL)
    aws.delete(MAIL, first)
    with pytest.raises(aws.sqs.exceptions.MessageNotInflight):
        aws.sqs.change_message_visibility(QueueUrl=url(MAIL), ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    assert aws.counts(MAIL) == (0, 1)
    aws.delete(MAIL, second)
    assert aws.counts(MAIL) == (0, 0)


def test_a_standard_queue_takes_a_receipt_whose_timeout_is_over(aws: Lab) -> None:
    aws.send(MAIL, "one")
    [message] = aws.receive(MAIL)
    aws.clock.advance(seconds=31)
    aws.delete(MAIL, message)
    assert aws.counts(MAIL) == (0, 0)


def test_a_fifo_queue_refuses_a_receipt_whose_timeout_is_over(aws: Lab) -> None:
    aws.send(PLAIN, "one")
    [message] = aws.receive(PLAIN)
    aws.clock.advance(seconds=30)
    with pytest.raises(aws.sqs.exceptions.InvalidParameterValue, match="expired"):
        aws.delete(PLAIN, message)
    assert aws.bodies(PLAIN) == ["one"]
    with pytest.raises(aws.sqs.exceptions.InvalidParameterValue, match="expired"):
        aws.delete(PLAIN, message)


def test_a_group_waits_for_all_that_its_receiver_holds(aws: Lab) -> None:
    """The first comes again only when the second, which somebody holds, is out of the way."""
    aws.send(RELAY, "1", "2", "3")
    first, second = aws.receive(RELAY, 2)
    aws.sqs.change_message_visibility(QueueUrl=url(RELAY), ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    assert aws.receive(RELAY) == []
    aws.delete(RELAY, second)
    assert aws.bodies(RELAY) == ["1", "3"]


def test_a_group_waits_for_one_that_is_to_come_again_later(aws: Lab) -> None:
    aws.send(RELAY, "1", "2")
    [first] = aws.receive(RELAY, 1)
    aws.sqs.change_message_visibility(QueueUrl=url(RELAY), ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=90)
    aws.clock.advance(seconds=89)
    assert aws.receive(RELAY) == []
    aws.clock.advance(seconds=1)
    assert aws.bodies(RELAY) == ["1", "2"]


def test_a_batch_is_filled_from_several_groups_each_in_its_turn(aws: Lab) -> None:
    for group in "abc":
        aws.send(RELAY, *(f"{group}{number}" for number in range(3)), group=group)
        aws.clock.advance(seconds=1)
    first = aws.receive(RELAY, 5)
    assert [one["Body"] for one in first] == ["a0", "a1", "a2", "b0", "b1"]
    aws.delete(RELAY, *first)
    assert aws.bodies(RELAY, 2) == ["c0", "c1"]  # `b` was served a moment ago


@pytest.mark.parametrize(("name", "taken"), [(PLAIN, ["g"]), (RELAY, ["g", "h"])])
def test_deduplication_is_of_the_queue_or_of_the_group(aws: Lab, name: str, taken: list[str]) -> None:
    for group in ("g", "h", "g"):
        aws.send(name, group, group=group, dedup="same")
    assert aws.bodies(name) == taken


def test_deduplication_outlasts_the_message_and_ends_after_five_minutes(aws: Lab) -> None:
    aws.send(RELAY, "one", dedup="same")
    aws.delete(RELAY, *aws.receive(RELAY))
    aws.clock.advance(minutes=4, seconds=59.999)
    aws.send(RELAY, "two", dedup="same")
    assert aws.receive(RELAY) == []
    aws.clock.advance(seconds=0.001)
    aws.send(RELAY, "three", dedup="same")
    assert aws.bodies(RELAY) == ["three"]
    aws.clock.advance(minutes=6)
    assert aws.database.write(lambda transaction: forget_ids(transaction, aws.queues.now(), 10)) == 1


def test_a_repeated_message_has_the_answer_of_the_first(aws: Lab) -> None:
    entries = [
        {"Id": str(number), "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "same"}
        for number in range(2)
    ]
    first, second = aws.sqs.send_message_batch(QueueUrl=url(RELAY), Entries=entries)["Successful"]
    assert {**first, "Id": ""} == {**second, "Id": ""}


def test_dead_letters_of_a_fifo_queue_keep_group_and_id_and_let_the_next_pass(aws: Lab) -> None:
    aws.send(RELAY, "poison", dedup="d")
    aws.send(RELAY, "next")
    for _ in range(3):
        assert aws.bodies(RELAY, 1) == ["poison"]
        aws.clock.advance(seconds=30)
    assert aws.bodies(RELAY) == ["next"]
    [letter] = aws.receive("letters.fifo")
    told = {name: letter["Attributes"][name] for name in ("MessageGroupId", "MessageDeduplicationId")}
    assert (letter["Body"], told) == ("poison", {"MessageGroupId": "g", "MessageDeduplicationId": "d"})
    assert aws.counts(RELAY) == (0, 1)


def test_messages_are_deleted_after_their_retention(aws: Lab) -> None:
    for name in (MAIL, RELAY):
        aws.send(name, "old")
    aws.clock.advance(days=3)
    aws.send(MAIL, "new")
    aws.clock.advance(days=1)
    assert aws.bodies(MAIL) == ["new"]
    assert aws.bodies(RELAY) == []
    assert aws.counts(RELAY) == (0, 0)


def test_queues_that_nobody_reads_are_cleared_of_old_messages(aws: Lab) -> None:
    aws.send("letters.fifo", "old")
    aws.clock.advance(seconds=4 * DAY - 1)
    aws.send("letters.fifo", "new")
    letters = aws.queues.find("letters.fifo")
    assert delete_expired(aws.database, letters, aws.queues.now(), 10) == 0
    aws.clock.advance(seconds=1)
    assert delete_expired(aws.database, letters, aws.queues.now(), 10) == 1
    assert aws.bodies("letters.fifo") == ["new"]


def test_a_message_is_sent_with_the_transaction_or_not_at_all(aws: Lab) -> None:
    def refuse(transaction: Transaction) -> None:
        aws.queues.put(transaction, MAIL, "never")
        raise ValueError("refused")

    woken = aws.database.watch(f"queue:{MAIL}")
    with pytest.raises(ValueError, match="refused"):
        aws.database.write(refuse)
    assert (aws.receive(MAIL), woken.is_set()) == ([], False)
    aws.database.write(lambda transaction: aws.queues.put(transaction, MAIL, "now"))
    assert woken.wait(5)
    assert aws.bodies(MAIL) == ["now"]


def test_a_start_makes_visible_what_was_in_flight_and_leaves_what_was_given_back(aws: Lab) -> None:
    aws.send(MAIL, "held", "paused")
    aws.send(RELAY, "1", "2")
    by_body = {one["Body"]: one for one in aws.receive(MAIL)}
    aws.receive(RELAY, 1)
    handle = by_body["paused"]["ReceiptHandle"]
    aws.sqs.change_message_visibility(QueueUrl=url(MAIL), ReceiptHandle=handle, VisibilityTimeout=60)
    assert aws.database.write(lambda transaction: release_all(transaction, aws.queues.now())) == 2
    [held] = aws.receive(MAIL)
    assert (held["Body"], held["Attributes"]["ApproximateReceiveCount"]) == ("held", "2")
    again = [(one["Body"], one["Attributes"]["ApproximateReceiveCount"]) for one in aws.receive(RELAY)]
    assert again == [("1", "2"), ("2", "1")]
    aws.clock.advance(seconds=60)
    assert "paused" in aws.bodies(MAIL)


@pytest.mark.parametrize("name", ["mail", "relay.fifo"])
def test_what_was_sent_before_the_clock_was_set_back_does_not_wait_until_then(aws: Lab, name: str) -> None:
    """A machine that starts with a wrong time and is put right: votes would not get into the log for as long."""
    aws.send(name, "done", group="other")
    aws.delete(name, *aws.receive(name))
    aws.send(name, "before", "another", group="a")
    aws.send(name, "other", group="other")
    aws.clock.advance(hours=-3)
    assert aws.bodies(name) == []
    assert keep_in_step(aws.database, aws.queues.now(), 2) == 2
    assert keep_in_step(aws.database, aws.queues.now(), 2) == 1
    assert sorted(aws.bodies(name)) == ["another", "before", "other"]
    assert keep_in_step(aws.database, aws.queues.now(), 2) == 0
    assert aws.bodies(name) == [], "what is in flight stays so"


def test_one_entry_that_is_refused_leaves_the_others(aws: Lab) -> None:
    bodies = {"good": "x", "large": "x" * (1024 * 1024), "empty": "", "odd": "a\x00b"}
    entries = [{"Id": name, "MessageBody": body} for name, body in bodies.items() if name != "large"]
    answer = aws.sqs.send_message_batch(QueueUrl=url(MAIL), Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["good"]
    assert {one["Id"]: one["Code"] for one in answer["Failed"]} == {
        "empty": "MissingParameter",
        "odd": "InvalidMessageContents",
    }
    assert aws.bodies(MAIL) == ["x"]
    aws.send(MAIL, bodies["large"])
    with pytest.raises(aws.sqs.exceptions.InvalidParameterValue):
        aws.send(MAIL, bodies["large"] + "x")
    with pytest.raises(aws.sqs.exceptions.InvalidParameterValue):
        aws.send(MAIL, "ü" * (512 * 1024 + 1))


@pytest.mark.parametrize("name", [MAIL, RELAY])
def test_receiving_searches_by_an_index(aws: Lab, name: str) -> None:
    """A plan with SCAN, or with a sort, would take longer the more messages wait."""
    aws.send(name, *map(str, range(20)))
    statements: list[str] = []

    def receive(transaction: Transaction) -> None:
        connection = transaction.execute("SELECT 1").connection
        connection.set_trace_callback(statements.append)
        received = aws.queues.receive(transaction, name, 10, 30_000)
        aws.queues.settle(transaction, name, received[:5], received[5:], 0)
        connection.set_trace_callback(None)
        assert len(received) == 10

    aws.database.write(receive)
    plans = {
        step
        for statement in statements
        for *_, step in aws.database.reader().execute(f"EXPLAIN QUERY PLAN {statement}")
    }
    assert statements
    assert not [step for step in plans if "SCAN" in step or "TEMP" in step]
