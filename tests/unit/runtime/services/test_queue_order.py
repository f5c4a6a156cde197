"""FIFO queues under random failures: order within each group, one receiver a group, nothing lost, nothing twice."""

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ballotcast_tools.runtime.services.queue_upkeep import release_all
from effort import examples
from runtime_queues import Lab, lab, url

NAME, LETTERS, GROUPS = "relay.fifo", "letters.fifo", "abc"


class Fifo(RuleBasedStateMachine):
    """A model next to the queue: what was sent to each group, what is done, and who holds what."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._lab = lab(Path(self._folder.name) / "data")
        self.aws: Lab = self._lab.__enter__()
        self.sent = 0
        self.waiting: dict[str, list[str]] = defaultdict(list)
        """By group, in order: neither deleted nor a dead letter."""
        self.receives: dict[str, int] = defaultdict(int)
        self.held: dict[str, tuple[dict[str, Any], float]] = {}
        """By body: the message, and the time until which nobody else gets it."""
        self.letters: list[str] = []

    def teardown(self) -> None:
        self._lab.__exit__(None, None, None)
        self._folder.cleanup()

    @property
    def now(self) -> float:
        return self.aws.clock().timestamp()

    @rule(group=st.sampled_from(GROUPS), number=st.integers(1, 4))
    def send(self, group: str, number: int) -> None:
        for _ in range(number):
            self.sent += 1
            self.aws.send(NAME, str(self.sent), group=group)
            self.waiting[group].append(str(self.sent))

    @rule(limit=st.integers(1, 10))
    def receive(self, limit: int) -> None:
        """Each free group's messages come from its front, but for those that became dead letters now."""
        free = [group for group, bodies in self.waiting.items() if bodies and not self._busy(group)]
        received: dict[str, list[str]] = defaultdict(list)
        for message in self.aws.receive(NAME, limit):
            body = message["Body"]
            self.receives[body] += 1
            assert message["Attributes"]["ApproximateReceiveCount"] == str(self.receives[body])
            received[message["Attributes"]["MessageGroupId"]].append(body)
            self.held[body] = (message, self.now + 30)
        assert set(received) <= set(free)
        assert sum(map(len, received.values())) <= limit
        for group in free:
            given_up = [body for body in self.waiting[group] if self._is_letter(body)]
            self.letters += given_up
            self.waiting[group] = [body for body in self.waiting[group] if body not in given_up]
            assert self.waiting[group][: len(received[group])] == received[group]

    @rule()
    def receive_in_vain(self) -> None:
        """Anyone who receives dies of it, which is what makes dead letters."""
        self.receive(10)
        self.time_passes(31)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        body = data.draw(st.sampled_from(sorted(self.held)))
        message, until = self.held.pop(body)
        if until > self.now:
            self.aws.delete(NAME, message)
            self.waiting[message["Attributes"]["MessageGroupId"]].remove(body)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), seconds=st.sampled_from([0, 5, 60]))
    def give_back(self, data: st.DataObject, seconds: int) -> None:
        body = data.draw(st.sampled_from(sorted(self.held)))
        message, until = self.held[body]
        if until > self.now:
            handle = message["ReceiptHandle"]
            self.aws.sqs.change_message_visibility(QueueUrl=url(NAME), ReceiptHandle=handle, VisibilityTimeout=seconds)
            self.held[body] = (message, self.now + seconds)

    @rule(seconds=st.sampled_from([1, 10, 31]))
    def time_passes(self, seconds: int) -> None:
        self.aws.clock.advance(seconds=seconds)

    @rule()
    def send_again(self) -> None:
        """A sender that had no answer repeats itself: the last message, within five minutes."""
        if self.sent:
            for group in GROUPS:
                if str(self.sent) in self.waiting[group]:
                    before = self.aws.counts(NAME)
                    self.aws.send(NAME, str(self.sent), group=group)
                    assert self.aws.counts(NAME) == before

    @invariant()
    def nothing_is_lost(self) -> None:
        assert sum(self.aws.counts(NAME)) + self.aws.counts(LETTERS)[0] == sum(map(len, self.waiting.values())) + len(
            self.letters
        )

    @invariant()
    def letters_are_those_that_were_received_too_often(self) -> None:
        found = self.aws.database.reader().execute(
            "SELECT body FROM message JOIN message_body USING (seq) WHERE queue = ? ORDER BY seq", (LETTERS,)
        )
        assert sorted(body for (body,) in found) == sorted(self.letters)
        assert all(self.receives[body] == 3 for body in self.letters)

    def _busy(self, group: str) -> bool:
        return any(
            until > self.now
            for message, until in self.held.values()
            if message["Attributes"]["MessageGroupId"] == group
        )

    def _is_letter(self, body: str) -> bool:
        sql = "SELECT 1 FROM message JOIN message_body USING (seq) WHERE queue = ? AND body = ?"
        return self.aws.database.reader().execute(sql, (LETTERS, body)).fetchone() is not None


TestFifo = Fifo.TestCase
TestFifo.settings = examples(60, stateful_step_count=40)


def test_a_restart_keeps_the_order(tmp_path: Path) -> None:
    with lab(tmp_path / "data") as aws:
        aws.send(NAME, *map(str, range(20)))
        for _ in range(2):
            assert aws.bodies(NAME, 7) == list(map(str, range(7)))
            aws.database.write(lambda transaction: release_all(transaction, aws.queues.now()))
        assert aws.bodies(NAME, 10) == list(map(str, range(10)))
