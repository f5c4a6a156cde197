"""The world of the relays' machines: the runtime's own table and queues, and a worker that answers at once."""

import json
from pathlib import Path
from typing import Any

from ballotcast.channels.config import ChannelConfig
from ballotcast.clock import Clock
from ballotcast.store.channel import META, Channel, channel_pk, listing_pk, new_channel, past_key, port_key, schema_sk
from ballotcast.store.channels import Channels
from ballotcast.store.leases import LEASE
from ballotcast.store.table import Table
from ballotcast_tools.runtime.machines.tasks import FunctionFailed, NoSuchFunction, Tasks
from ballotcast_tools.runtime.services.clients import clients_of
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.planned_writes import TableKind
from ballotcast_tools.runtime.services.queue_rows import SQS_SCHEMA
from ballotcast_tools.runtime.services.queues import Queues
from ballotcast_tools.runtime.services.sqs import Sqs
from ballotcast_tools.runtime.services.stepfunctions import StepFunctions
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from deployed_machines import deployment
from sensor import sensor

NAME, PORT = "lab", 26001


class PlayedRelays:
    """`answers`: whether the worker does. A file of its own holds the tables and queues."""

    def __init__(self, directory: Path, clock: Clock, *, answers: bool = True) -> None:
        schemas = [DYNAMODB_SCHEMA, STREAM_SCHEMA, SQS_SCHEMA]
        self._database = Database(directory / "world", schemas, synchronous="OFF")
        found = deployment()
        dynamodb = DynamoDB(self._database, {name: TableKind() for name in found.tables}, clock)
        self.sqs = Sqs(Queues(self._database, found.queues, clock))
        services = {"dynamodb": dynamodb, "sqs": self.sqs}
        self.perform = Tasks(lambda role: clients_of(role, services, ""), self._invoke)
        self.table = Table(dynamodb, "Channels")  # type: ignore[arg-type]
        self.channels = Channels(self.table, None)  # type: ignore[arg-type] # its schema is short
        self.kinds: list[str] = []
        """Of the messages that the worker has answered."""
        self._urls = [queue.url for queue in found.queues.values() if queue.name.startswith("RelayQueue")]
        self._clock = clock
        self._answers = answers
        self._born = 0

    def close(self) -> None:
        self._database.close()

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
        self._born = channel.born
        return channel

    def waiting(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the messages that wait, each with the URL of its queue."""
        found = []
        for url in self._urls:
            received = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
            found += [(url, message) for message in received.get("Messages", [])]
        return found

    def answer(self, client: StepFunctions) -> bool:
        """Do what the worker does with probes and drains that wait. Return whether there were any."""
        waiting = self.waiting() if self._answers else []
        for url, message in waiting:
            body = json.loads(message["Body"])
            gone = client.exceptions
            try:
                client.send_task_success(taskToken=body["token"], output="{}")
                self.kinds.append(body["kind"])
            except (gone.TaskDoesNotExist, gone.TaskTimedOut):
                pass
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bool(waiting)

    def rows(self) -> dict[str, dict[str, Any]]:
        """What the table holds of the channel."""
        keys = {
            "meta": (channel_pk(NAME), META),
            "schema": (channel_pk(NAME), schema_sk(self._born)),
            "past": past_key("o1", NAME, self._born),
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
