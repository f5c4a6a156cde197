"""The consumers of the tables' streams."""

from abc import abstractmethod
from typing import Any

from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from ballotcast.channels.config import ChannelConfig
from ballotcast.store.channel import new_channel
from consumer import Consumer, Record, stream_change
from register.census import count_issued
from relay.starter import start_sagas
from relayed import SCHEMA
from tally.log.announcer import announce
from tally.log.turnout import count_cast


class StreamConsumer(Consumer):
    kind = "stream"

    def handle(self, event: dict[str, Any]) -> Any:
        return self.tell(DynamoDBStreamEvent(event))

    @abstractmethod
    def tell(self, event: DynamoDBStreamEvent) -> None: ...


class TurnoutConsumer(StreamConsumer):
    def good(self, number: int) -> Record:
        return stream_change("INSERT", {"pk": f"BALLOT#e{number}#ab", "sk": "ab" * 32, "b": bytes(200)})

    def tell(self, event: DynamoDBStreamEvent) -> None:
        count_cast(event, self.wiring.log)

    def taken(self) -> set[int]:
        return {number for number in range(200) if self.wiring.log.turnout(f"e{number}").cast == 1}


class CensusConsumer(StreamConsumer):
    def good(self, number: int) -> Record:
        return stream_change(
            "MODIFY", {"pk": f"VOTER#e{number}#ab", "sk": "ab" * 32, "election": f"e{number}", "blinded_sha256": "cd"}
        )

    def tell(self, event: DynamoDBStreamEvent) -> None:
        count_issued(event, self.wiring.log)

    def taken(self) -> set[int]:
        return {number for number in range(200) if self.wiring.log.turnout(f"e{number}").issued == 1}


class AnnouncerConsumer(StreamConsumer):
    def prepare(self) -> None:
        self._sent: set[int] = set()

    def good(self, number: int) -> Record:
        channel = f"election-{number:016x}"
        made = new_channel(
            name=channel,
            port=None,
            owner="",
            key_hash="",
            schema=SCHEMA,
            config=ChannelConfig(),
            now=self.world.clock(),
        )
        self.wiring.channels.register(made, SCHEMA)
        counts = {"note": b"note", "size": 11 + number, "issued": 7, "cast": 10 + number, "final": True}
        return stream_change("MODIFY", {"pk": f"LOG#{number:016x}", "sk": "CHECKPOINT", **counts})

    def tell(self, event: DynamoDBStreamEvent) -> None:
        announce(event, self.wiring)

    def taken(self) -> set[int]:
        for url in self.world.environment["RELAY_QUEUES"].split(","):
            self.world.environment["RELAY_QUEUE"] = url
            for message in self.world.take_messages("RELAY_QUEUE"):
                self._sent.add(int(message["relay"].partition("#")[0].removeprefix("election-"), 16))
        return self._sent


class StarterConsumer(StreamConsumer):
    def good(self, number: int) -> Record:
        made = new_channel(
            name=f"lab{number}",
            port=None,
            owner="o1",
            key_hash="",
            schema=SCHEMA,
            config=ChannelConfig(),
            now=self.world.clock(),
        )
        self.wiring.channels.register(made, SCHEMA)
        row = {"name": made.name, "status": "registering", "generation": made.generation}
        return stream_change("INSERT", {"pk": f"CHANNEL#{made.name}", "sk": "META", **row})

    def tell(self, event: DynamoDBStreamEvent) -> None:
        start_sagas(event, self.wiring)

    def taken(self) -> set[int]:
        spawn = self.wiring.settings.relay_machines["registering"]
        started = self.wiring.client("stepfunctions").list_executions(stateMachineArn=spawn)["executions"]
        return {int(execution["name"].partition("-")[0].removeprefix("lab")) for execution in started}
