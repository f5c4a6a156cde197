"""Queues of the embedded runtime, in a database of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ballotcast_tools.runtime.services.queue_rows import SQS_SCHEMA
from ballotcast_tools.runtime.services.queues import Queues
from ballotcast_tools.runtime.services.sqs import Sqs
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.deployment import Queue
from fake_clock import FakeClock

DAY = 86_400


def queue(name: str, **changes: Any) -> Queue:
    usual: dict[str, Any] = {
        "name": name,
        "url": url(name),
        "arn": f"arn:aws:sqs:eu-west-1:000000000000:{name}",
        "fifo": name.endswith(".fifo"),
        "visibility_timeout": 30,
        "retention": 4 * DAY,
        "dead_letters": None,
        "max_receives": None,
        "deduplicates_per_group": False,
    }
    return Queue(**usual | changes)


def url(name: str) -> str:
    return f"http://sqs.local/000000000000/{name}"


QUEUES = (
    queue("mail", dead_letters="letters", max_receives=3),
    queue("letters", retention=14 * DAY),
    queue("relay.fifo", dead_letters="letters.fifo", max_receives=3, deduplicates_per_group=True),
    queue("letters.fifo"),
    queue("plain.fifo"),
)


class Lab:
    """A client of queues whose clock stands still until told to move."""

    def __init__(self, path: Path, clock: FakeClock, *schema: str) -> None:
        self.clock = clock
        self.database = Database(path, [SQS_SCHEMA, *schema], synchronous="OFF")
        self.queues = Queues(self.database, {one.name: one for one in QUEUES}, clock)
        self.sqs = Sqs(self.queues)

    def send(self, name: str, *bodies: str, group: str | None = "g", dedup: str | None = None) -> None:
        for body in bodies:
            fifo: Any = {"MessageGroupId": group, "MessageDeduplicationId": dedup or f"{group}-{body}"}
            self.sqs.send_message(QueueUrl=url(name), MessageBody=body, **fifo if name.endswith(".fifo") else {})

    def receive(self, name: str, limit: int = 10, **changes: Any) -> list[dict[str, Any]]:
        asked: Any = {"MaxNumberOfMessages": limit, "AttributeNames": ["All"], **changes}
        found: list[dict[str, Any]] = self.sqs.receive_message(QueueUrl=url(name), **asked).get("Messages", [])
        return found

    def bodies(self, name: str, limit: int = 10) -> list[str]:
        return [one["Body"] for one in self.receive(name, limit)]

    def delete(self, name: str, *messages: dict[str, Any]) -> None:
        for one in messages:
            self.sqs.delete_message(QueueUrl=url(name), ReceiptHandle=one["ReceiptHandle"])

    def counts(self, name: str) -> tuple[int, int]:
        return self.queues.counts(name)


@contextmanager
def lab(path: Path, *schema: str) -> Iterator[Lab]:
    made = Lab(path, FakeClock(), *schema)
    yield made
    made.database.close()
