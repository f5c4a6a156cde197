"""The state machines as moto's interpreter runs them: an outcome for each fault, without the stack."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ballotcast.channels.config import ChannelConfig
from ballotcast.store.channel import META, Channel, channel_pk, listing_pk, new_channel, past_key, port_key, schema_sk
from ballotcast.store.leases import LEASE
from ballotcast_tools.machine_definitions import read_definition
from channel_rows import require_whole
from checkout import ROOT
from machine_faults import fails, happens_twice, hurried, loses_its_answer, steps
from relay.worker import Worker
from sensor import sensor
from world import REGION, World

MACHINES = ("spawn", "stop")
SCHEMA_OF = sensor()
"""`repair` has a step in a function, which moto cannot run: it is tested on the stack."""


@pytest.fixture
def interpreted() -> Iterator[World]:
    before = dict(os.environ)
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION=REGION)
    try:
        with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
            yield World(by_moto=True)
    finally:
        os.environ.clear()
        os.environ.update(before)


def written(machine: str) -> Path:
    return ROOT / f"functions/relay/{machine}.asl.json"


def definition(machine: str, world: World) -> dict[str, Any]:
    queues = world.environment["RELAY_QUEUES"].split(",")
    values = {"ChannelsTable": world.environment["CHANNELS_TABLE"], "StopGraceSeconds": "0", "DrainSeconds": "20"}
    values["StepsFunction"] = "arn:aws:lambda:eu-west-1:123456789012:function:steps"
    values.update({f"Queue{n}": url for n, url in enumerate(queues)})
    return hurried(without_functions(read_definition(written(machine), values)))


def without_functions(definition: dict[str, Any]) -> dict[str, Any]:
    """moto runs no function: a step in one does nothing here."""
    for name, state in definition["States"].items():
        if state["Type"] == "Task" and not state["Resource"].startswith("arn:aws:states:::"):
            definition["States"][name] = {"Type": "Pass", "Next": state["Next"]}
    return definition


class Interpreted:
    def __init__(self, world: World) -> None:
        self.world, self.wiring = world, world.wiring()
        self.machines = boto3.client("stepfunctions")
        self.channel: Channel = new_channel(
            name="lab",
            port=26001,
            owner="o1",
            key_hash="",
            schema=SCHEMA_OF,
            config=ChannelConfig(),
            now=world.clock(),
        )
        self.wiring.channels.register(self.channel, SCHEMA_OF)

    def run(self, machine: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
        """Status of the execution; the worker takes what is sent meanwhile."""
        role = "arn:aws:iam::123456789012:role/relay"
        text = json.dumps(change(definition(machine, self.world)))
        arn = self.machines.create_state_machine(name=f"{machine}-{time.monotonic_ns()}", definition=text, roleArn=role)
        channel = self.wiring.channels.find("lab")
        assert channel
        execution = self.machines.start_execution(
            stateMachineArn=arn["stateMachineArn"], name=f"lab-{time.monotonic_ns()}", input=json.dumps(channel.saga)
        )["executionArn"]
        worker, until = Worker(self.wiring), time.monotonic() + 60
        while (status := self.machines.describe_execution(executionArn=execution)["status"]) == "RUNNING":
            assert time.monotonic() < until, self.machines.get_execution_history(executionArn=execution)["events"][-3:]
            self._pump(worker)
            threading.Event().wait(0.02)
        return str(status)

    def _pump(self, worker: Worker) -> None:
        for url in self.wiring.settings.relay_queues:
            found = self.world.sqs.receive_message(QueueUrl=url, AttributeNames=["All"]).get("Messages", [])
            for message in found:
                record = {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
                }
                assert worker.handle({"Records": [record]}) == {"batchItemFailures": []}
                self.world.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def rows(self) -> dict[str, dict[str, Any]]:
        keys = {
            "meta": (channel_pk("lab"), META),
            "schema": (channel_pk("lab"), schema_sk(self.channel.born)),
            "past": past_key("o1", "lab", self.channel.born),
            "lease": (channel_pk("lab"), LEASE),
            "listing": (listing_pk("lab"), "lab"),
            "claim": port_key("lab", 26001),
        }
        found = self.wiring.channels_table.get_many(list(keys.values()))
        return {kind: found[key] for kind, key in keys.items() if key in found}

    def begin_stop(self) -> None:
        channel = self.wiring.channels.find("lab")
        assert channel
        assert self.wiring.channels.begin(channel, "stopping", self.world.clock())


def as_it_is(written: dict[str, Any]) -> dict[str, Any]:
    return written


@pytest.fixture
def lab(interpreted: World) -> Interpreted:
    return Interpreted(interpreted)


def test_spawn_and_stop(lab: Interpreted) -> None:
    assert lab.run("spawn", as_it_is) == "SUCCEEDED"
    rows = lab.rows()
    assert rows["meta"]["status"] == rows["listing"]["status"] == "active"
    assert rows["lease"]["relay"] == rows["meta"]["relay"] == f"lab#{lab.channel.generation}"
    lab.begin_stop()
    assert lab.run("stop", as_it_is) == "SUCCEEDED"
    assert require_whole(lab.rows(), "lab") == "gone"


SPAWN = ("WriteLease", "Probe", "MarkActive")
STOP = ("ReadLease", "Drain", "Remove")


def test_the_steps_are_these() -> None:
    for machine, expected in (("spawn", SPAWN), ("stop", STOP)):
        assert tuple(steps(without_functions(read_definition(written(machine))))) == expected


@pytest.mark.parametrize("fault", [fails, loses_its_answer])
@pytest.mark.parametrize("step", SPAWN)
def test_a_spawn_that_fails_leaves_no_lease(lab: Interpreted, step: str, fault: Callable[..., Any]) -> None:
    assert lab.run("spawn", lambda written: fault(written, step)) == "FAILED"
    rows = lab.rows()
    assert rows["meta"]["status"] == rows["listing"]["status"] == "failed"
    assert rows["meta"]["reason"]
    assert "lease" not in rows
    lab.begin_stop()
    assert lab.run("stop", as_it_is) == "SUCCEEDED"
    assert require_whole(lab.rows(), "lab") == "gone"


@pytest.mark.parametrize("step", SPAWN)
def test_a_spawn_that_does_a_step_twice_is_the_same(lab: Interpreted, step: str) -> None:
    assert lab.run("spawn", lambda written: happens_twice(written, step)) == "SUCCEEDED"
    assert lab.rows()["meta"]["status"] == "active"


@pytest.mark.parametrize("fault", [fails, loses_its_answer, happens_twice])
@pytest.mark.parametrize("step", STOP)
def test_a_stop_that_fails_can_be_tried_again(lab: Interpreted, step: str, fault: Callable[..., Any]) -> None:
    lab.run("spawn", as_it_is)
    lab.begin_stop()
    lab.run("stop", lambda written: fault(written, step))
    rows = lab.rows()
    if "meta" in rows:
        assert rows["meta"]["status"] == rows["listing"]["status"] == "failed"
        assert "lease" in rows
        lab.begin_stop()
        assert lab.run("stop", as_it_is) == "SUCCEEDED"
    assert require_whole(lab.rows(), "lab") == "gone"


def test_an_execution_of_an_older_generation_changes_nothing(lab: Interpreted) -> None:
    old = lab.wiring.channels.find("lab")
    assert old
    newer = lab.wiring.channels.begin(old, "registering", lab.world.clock())
    assert newer
    assert lab.run("spawn", as_it_is) == "SUCCEEDED"
    before = lab.rows()
    role = "arn:aws:iam::123456789012:role/relay"
    text = json.dumps(definition("spawn", lab.world))
    arn = lab.machines.create_state_machine(name="older", definition=text, roleArn=role)["stateMachineArn"]
    execution = lab.machines.start_execution(stateMachineArn=arn, input=json.dumps(old.saga))["executionArn"]
    until = time.monotonic() + 60
    while lab.machines.describe_execution(executionArn=execution)["status"] == "RUNNING":
        assert time.monotonic() < until
        threading.Event().wait(0.02)
    assert lab.machines.describe_execution(executionArn=execution)["status"] == "FAILED"
    assert lab.rows() == before
