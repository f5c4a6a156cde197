"""Channels on the deployed stack: its API, and its tables as an operator sees them."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx2 as httpx

from ballotcast.http.sessions import open_session
from ballotcast.settings import Settings
from ballotcast.store.channel import META, Channel, channel_pk, listing_pk, port_key, schema_sk
from ballotcast.store.channels import OLD_SCHEMA
from ballotcast.store.leases import LEASE
from ballotcast.wiring import Wiring
from ballotcast_tools.stack.stack import Stack
from machine_faults import hurried, without_waits

Seen = TypeVar("Seen")
MACHINES = {"spawn": "SpawnMachine", "stop": "StopMachine", "repair": "RepairMachine"}
MOVING = {"registering": "spawn", "stopping": "stop", "repairing": "repair"}
"""The machine that moves on the channels of a status."""


def wait_for(look: Callable[[], Seen | None], seconds: float = 60) -> Seen:
    """What `look` answers once it is true."""
    until = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < until, f"still not: {look}"
        time.sleep(0.02)
    return seen


class StackWiring(Wiring):
    """The operator's: everything is allowed."""

    def __init__(self, settings: Settings, stack: Stack) -> None:
        super().__init__(settings)
        self._stack = stack

    def client(self, service: Any) -> Any:
        return self._stack.client(service)


class Relays:
    def __init__(self, stack: Stack) -> None:
        outputs = stack.outputs
        plain = StackWiring(Settings({}), stack)
        self.machines = plain.client("stepfunctions")
        environment = {
            "CHANNELS_TABLE": outputs["ChannelsTable"],
            "BUCKET": outputs["BucketName"],
            "RELAY_QUEUES": outputs["RelayQueues"],
            "RELAY_MACHINES": ",".join(f"{status}={outputs[MACHINES[name]]}" for status, name in MOVING.items()),
            "SESSION_SECRET": outputs["SessionSecret"],
        }
        self.wiring = StackWiring(Settings(environment), stack)
        self.arns = {name: outputs[output] for name, output in MACHINES.items()}
        self.definitions = {name: self._definition(arn) for name, arn in self.arns.items()}
        session = open_session(self.wiring.session_secret, "o1", self.wiring.clock)
        headers = {"Authorization": f"Bearer {session}", "Prefer": "wait=10"}
        self.api = httpx.Client(base_url=outputs["ApiUrl"], headers=headers, timeout=60)

    def close(self) -> None:
        self.api.close()

    def register(self, name: str, **draft: Any) -> None:
        """A channel that is active, however long a busy machine takes."""
        made = self.api.post("/channels", json={"name": name, **draft})
        assert made.status_code in (201, 202), made.text
        wait_for(lambda: (found := self.find(name)) and found.status == "active")

    def _definition(self, arn: str) -> dict[str, Any]:
        definition: dict[str, Any] = json.loads(self.machines.describe_state_machine(stateMachineArn=arn)["definition"])
        return definition

    def define(self, machine: str, definition: dict[str, Any]) -> None:
        self.machines.update_state_machine(stateMachineArn=self.arns[machine], definition=json.dumps(definition))

    def hurry(self) -> None:
        """All machines as they are, but without pauses."""
        for name, definition in self.definitions.items():
            self.define(name, hurried(definition))

    def skip_waits(self) -> None:
        """All machines as they are, retries too, but without the pauses before their steps."""
        for name, definition in self.definitions.items():
            self.define(name, without_waits(definition))

    def restore(self) -> None:
        for name, definition in self.definitions.items():
            self.define(name, definition)

    def execution(self, machine: str, channel: Channel) -> str:
        return self.arns[machine].replace(":stateMachine:", ":execution:") + f":{channel.name}-{channel.generation}"

    def find(self, name: str) -> Channel | None:
        return self.wiring.channels.find(name)

    def rows(self, name: str, port: int | None) -> dict[str, dict[str, Any]]:
        """What the table holds of a channel: meta, schema, lease, listing, claim."""
        keys = {
            "meta": (channel_pk(name), META),
            "old schema": (channel_pk(name), OLD_SCHEMA),
            "lease": (channel_pk(name), LEASE),
            "listing": (listing_pk(name), name),
            "claim": port_key(name, port),
        }
        if channel := self.find(name):
            keys["schema"] = (channel_pk(name), schema_sk(channel.born))
        found = self.wiring.channels_table.get_many(list(keys.values()))
        return {kind: found[key] for kind, key in keys.items() if key in found}

    def make_overdue(self, name: str) -> None:
        """As if its saga had been started a while ago."""
        channel = self.find(name)
        assert channel
        item = self.wiring.channels_table.get(channel_pk(name), META)
        assert item
        self.wiring.channels_table.put({**item, "saga_since": item["saga_since"] - 60})
