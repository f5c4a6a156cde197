"""What relay machines touch, in files and without moto: a table, queues, the worker that answers, a step's function."""

import json
from pathlib import Path
from typing import Any

from ballotcast.channels.config import ChannelConfig
from ballotcast.clock import Clock
from ballotcast.store.channels import META, SCHEMA, Channel, Channels, channel_pk, listing_pk, new_channel, port_key
from ballotcast.store.leases import LEASE
from ballotcast.store.table import Table
from ballotcast_cli.runtime.machines.tasks import FunctionFailed, NoSuchFunction, Tasks
from ballotcast_cli.runtime.services.errors import error
from ballotcast_cli.runtime.services.stepfunctions import StepFunctions
from ballotcast_cli.scale.capacity import Meter
from ballotcast_cli.scale.dynamodb import SqliteDynamoDB
from deployed_machines import QUEUES, TABLE
from sensor import sensor

NAME, PORT = "lab", 26001


class OneTable(SqliteDynamoDB):
    """Has one table; any other is missing."""

    def get_item(self, **asked: Any) -> Any:
        _require(asked, "GetItem")
        return super().get_item(**asked)

    def transact_write_items(self, **asked: Any) -> Any:
        for operation in asked["TransactItems"]:
            for write in operation.values():
                _require(write, "TransactWriteItems")
        return super().transact_write_items(**asked)


def _require(asked: Any, operation: str) -> None:
    if asked["TableName"] != TABLE:
        raise error("ResourceNotFoundException", operation, "Requested resource not found")


class Queues:
    """Messages in a file, a line each; one with a deduplication id that was there is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    def send_message(self, **message: str) -> dict[str, str]:
        if message["QueueUrl"] not in QUEUES:
            raise error("AWS.SimpleQueueService.NonExistentQueue", "SendMessage")
        known = {one["MessageDeduplicationId"] for one in self.messages()}
        if message["MessageDeduplicationId"] not in known:
            with self._path.open("a") as file:
                file.write(json.dumps(message) + "\n")
        return {"MessageId": message["MessageDeduplicationId"]}

    def messages(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self._path.read_text().splitlines()]


class PlayedRelays:
    """`answers`: whether the worker does, and at once."""

    def __init__(self, directory: Path, clock: Clock, *, answers: bool = True) -> None:
        self.dynamodb = OneTable(directory / "tables", Meter())
        self.queues = Queues(directory / "queues")
        self.table = Table(self.dynamodb, TABLE)  # type: ignore[arg-type]
        self.channels = Channels(self.table, None)  # type: ignore[arg-type] # its schema is short
        self.perform = Tasks(lambda _role: {"dynamodb": self.dynamodb, "sqs": self.queues}, self._invoke)
        self._clock = clock
        self._answers = answers
        self._answered: set[str] = set()

    def register(self) -> Channel:
        channel = new_channel(
            name=NAME,
            port=PORT,
            owner="o1",
            key_hash="",
            schema=sensor(),
            config=ChannelConfig(),
            now=self._clock(),
        )
        self.channels.register(channel, sensor())
        return channel

    def answer(self, client: StepFunctions) -> bool:
        """Do what the worker does with probes and drains that wait. Return whether any did."""
        waiting = [one for one in self.queues.messages() if one["MessageDeduplicationId"] not in self._answered]
        for message in waiting if self._answers else ():
            self._answered.add(message["MessageDeduplicationId"])
            gone = client.exceptions
            try:
                client.send_task_success(taskToken=json.loads(message["MessageBody"])["token"], output="{}")
            except (gone.TaskDoesNotExist, gone.TaskTimedOut):
                continue
        return bool(waiting) and self._answers

    def rows(self) -> dict[str, dict[str, Any]]:
        """What the table holds of the channel."""
        keys = {
            "meta": (channel_pk(NAME), META),
            "schema": (channel_pk(NAME), SCHEMA),
            "lease": (channel_pk(NAME), LEASE),
            "listing": (listing_pk(NAME), NAME),
            "claim": port_key(NAME, PORT),
        }
        found = self.table.get_many(list(keys.values()))
        return {kind: found[key] for kind, key in keys.items() if key in found}

    def _invoke(self, function: str, order: dict[str, Any]) -> None:
        if function != "StepsFunction":
            raise NoSuchFunction
        channel = self.channels.find(order["channel"])
        if channel is None or channel.generation != int(order["generation"]):
            raise FunctionFailed("Overtaken", "")
