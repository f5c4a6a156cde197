"""A deployment in one process: moto plays AWS, the embedded runtime plays the tables, and the clock is ours.

KMS key pairs, which moto lacks, are `FakeKms`. `TABLES=moto` has moto play the tables too, as continuous integration
does once: that takes twice as long. For single-threaded tests only: the stack tests race for real.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from moto import mock_aws

from ballotcast.settings import Settings
from ballotcast.wiring import Wiring
from bearable_moto import bearable
from fake_clock import FakeClock
from fake_kms import FakeKms
from lent_clients import LentClients
from moto_resources import MotoResources
from played_dynamodb import PlayedDynamoDB, PlayedTables

REGION = "eu-central-1"
BY_MOTO = os.environ.get("TABLES") == "moto"
MACHINES = {"registering": "spawn", "stopping": "stop", "repairing": "repair"}


class WorldWiring(Wiring):
    """A process of that deployment."""

    def __init__(self, deployment: "World", **changes: str) -> None:
        super().__init__(Settings({**deployment.environment, **changes}), deployment.clock)
        self._deployment = deployment

    def client(self, service: Any) -> Any:
        if service == "kms":
            return self._deployment.kms
        if service == "dynamodb" and self._deployment.tables:
            return PlayedDynamoDB(self._deployment.tables)
        return self._deployment.clients.lend(service, lambda: super(WorldWiring, self).client(service), self)


class World:
    """Tables, queues, bucket, secrets and the clock; `wiring()` is a process of its own over them."""

    def __init__(self, by_moto: bool) -> None:
        self.clock = FakeClock()
        self.tables = None if by_moto else PlayedTables.take()
        self.kms = FakeKms()
        self.clients = LentClients()
        self.sqs = self.clients.lend("queues of the world", lambda: boto3.client("sqs"))
        made = MotoResources(REGION)
        self.environment = {
            "ENVIRONMENT": "local",
            "ROLL_TABLE": made.table("roll"),
            "BOARD_TABLE": made.table("board"),
            "BUCKET": made.bucket("bucket"),
            "KMS_KEY": "alias/ballotcast",
            "SESSION_SECRET": made.secret("session", "session-" + "s" * 64),
            "ROLL_SECRET": made.secret("roll", "roll-" + "s" * 64),
            "SEQUENCE_QUEUE": made.queue("sequence.fifo", FifoQueue="true"),
            "MAIL_QUEUE": made.queue("mail"),
            "JOBS_QUEUE": made.queue("jobs"),
            "CHANNEL_JOBS_QUEUE": made.queue("channel-jobs"),
            "CHANNELS_TABLE": made.table("channels-of-the-world"),
            "RELAY_QUEUES": ",".join(made.queue(f"relay{n}.fifo", FifoQueue="true") for n in range(4)),
            "RELAY_MACHINES": ",".join(f"{status}={made.machine(name)}" for status, name in MACHINES.items()),
            "CLOSE_MACHINE": made.machine("close"),
            "TURNOUT_MACHINE": made.machine("turnout"),
            "SCHEDULER_ROLE": "arn:aws:iam::123456789012:role/scheduler",
            "SCHEDULE_GROUP": "default",
            "DUE_FUNCTION": "arn:aws:lambda:eu-central-1:123456789012:function:due",
            "ISSUER_BITS": "2048",
            "MAIL_FROM": "ballots@example.org",
            "MAIL_CONFIGURATION": "ballotcast",
            "DAILY_MAILS": "20000",
            "APPROVE_ORGANISERS": "false",
            "SMS_COUNTRIES": "+49",
        }

    def wiring(self, **changes: str) -> Wiring:
        return WorldWiring(self, **changes)

    def take_messages(self, queue: str) -> list[dict[str, Any]]:
        """Everything that waits in `SEQUENCE_QUEUE`, `MAIL_QUEUE` or `JOBS_QUEUE`, taken out of it."""
        url, taken = self.environment[queue], []
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in found:
                taken.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def end(self) -> None:
        self.clients.take_back()
        if self.tables:
            self.tables.give_back()

    def _queue(self, name: str, **attributes: str) -> str:
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


@contextmanager
def world(*, by_moto: bool = BY_MOTO) -> Iterator[World]:
    """Credentials that lead nowhere, and no way out to the network."""
    before = dict(os.environ)
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION=REGION)
    os.environ.pop("AWS_ENDPOINT_URL", None)
    try:
        with bearable(), mock_aws():
            boto3.DEFAULT_SESSION = _session()  # moto makes boto3 forget it
            fresh = World(by_moto)
            try:
                yield fresh
            finally:
                fresh.end()
    finally:
        os.environ.clear()
        os.environ.update(before)


@cache
def _session() -> boto3.Session:
    """One for the process: a new one would read the descriptions of all services again."""
    return boto3.Session()
