"""The relays' machines: each of their steps meets each fault, and ends as the table in docs/channels.md says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ballotcast.store.channel import Channel
from ballotcast_tools.runtime.services.stepfunctions import StepFunctions
from ballotcast_tools.runtime.template.deployment import Machine
from channel_rows import require_whole
from checkout import ROOT
from deployed_machines import STOP_GRACE, definition, deployed
from jumping_machines import JumpingMachines
from machine_faults import FAULTS, HALT, hurried
from played_relays import NAME, PlayedRelays
from sagas import MACHINES, STATUS, begin, steps_of

BACKOFF = 5
CASES = [
    (saga, step, fault)
    for saga, machine in MACHINES.items()
    for step in steps_of(saga, definition(machine))
    for fault in FAULTS
]


class Lab:
    """`answers`: whether the relay worker does."""

    def __init__(self, directory: Path, *, answers: bool = True) -> None:
        self.machines = JumpingMachines(directory, map(deployed, STATUS), self._perform, between=self._between)
        self.world = PlayedRelays(directory, self.machines.clock, answers=answers)

    def _perform(self, machine: Machine, resource: str, parameters: Any) -> Any:
        return self.world.perform(machine, resource, parameters)

    def _between(self, client: StepFunctions) -> bool:
        return self.world.answer(client)

    def run(self, machine: str, channel: Channel, changed: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run a machine, as it is or changed; where it is made to stand still, kill it there."""
        self.machines.client.update_state_machine(
            stateMachineArn=deployed(machine).arn, definition=json.dumps(changed or definition(machine))
        )
        data = {**channel.saga, "backoff": BACKOFF}
        execution = self.machines.start(deployed(machine).name, data, f"{channel.name}-{channel.generation}")
        self.machines.play(until=lambda: HALT in self.machines.entered(execution))
        self.machines.client.stop_execution(executionArn=execution)
        return self.machines.client.describe_execution(executionArn=execution)

    def begin(self, saga: str) -> Channel:
        """Return the channel when its saga is begun; its machine is not started yet."""
        channel = self.world.channels.find(NAME)
        if saga == "spawn" and channel is None:
            return self.world.register()
        assert channel
        return begin(saga, self.world.channels, channel, self.machines.clock())

    def close(self) -> None:
        self.machines.close()
        self.world.close()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.close()


def in_docs(saga: str, step: str, fault: str) -> str:
    lines = (ROOT / "docs/channels.md").read_text().splitlines()
    [row] = [line for line in lines if line.startswith(f"| {saga} | {step} |")]
    return row.strip("| ").split(" | ")[2 + list(FAULTS).index(fault)]


def met(lab: Lab, saga: str, step: str, fault: str) -> str:
    """How a saga ends that meets the fault."""
    machine = MACHINES[saga]
    if saga != "spawn":
        assert lab.run("spawn", lab.begin("spawn"))["status"] == "SUCCEEDED"
    written = hurried(definition(machine)) if fault.startswith("killed") else definition(machine)
    lab.run(machine, lab.begin(saga), FAULTS[fault](written, step))
    outcome = require_whole(lab.world.rows(), NAME)
    if outcome == STATUS[machine]:
        lab.run(machine, lab.begin(saga))
        outcome += f"; once looked at: {require_whole(lab.world.rows(), NAME)}"
    elif outcome == "failed":
        outcome += ", lease kept" if "lease" in lab.world.rows() else ", no lease"
    return outcome


@pytest.mark.parametrize(("saga", "step", "fault"), CASES, ids=[" ".join(case) for case in CASES])
def test_a_saga_meets_a_fault(lab: Lab, saga: str, step: str, fault: str) -> None:
    assert met(lab, saga, step, fault) == in_docs(saga, step, fault)
    if "meta" in lab.world.rows():  # whatever state it ended in, its owner can remove it
        assert lab.run("stop", lab.begin("remove"))["status"] == "SUCCEEDED"
    assert require_whole(lab.world.rows(), NAME) == "gone"


def test_the_whole_life_of_a_channel(lab: Lab) -> None:
    for machine, outcome in (("spawn", "active"), ("repair", "active"), ("stop", "gone")):
        began = lab.machines.clock()
        assert lab.run(machine, lab.begin(machine))["status"] == "SUCCEEDED"
        assert require_whole(lab.world.rows(), NAME) == outcome
        waited = (lab.machines.clock() - began).total_seconds()
        assert round(waited) == {"spawn": 0, "repair": BACKOFF + STOP_GRACE, "stop": STOP_GRACE}[machine]
    assert lab.world.kinds == ["probe", "drain", "probe", "drain"]


def test_a_worker_that_does_not_answer_fails_the_channel(tmp_path: Path) -> None:
    lab = Lab(tmp_path, answers=False)
    try:
        ended = lab.run("spawn", lab.begin("spawn"))
        assert (ended["status"], ended["error"]) == ("FAILED", "NotSpawned")
        assert lab.world.rows()["meta"]["reason"] == "the relay worker did not answer in time"
        assert "lease" not in lab.world.rows()
        assert len(lab.world.waiting()) == 3
    finally:
        lab.close()


def test_an_execution_of_an_older_generation_changes_nothing(lab: Lab) -> None:
    old = lab.begin("spawn")
    assert lab.run("spawn", lab.begin("spawn"))["status"] == "SUCCEEDED"
    before = lab.world.rows()
    assert lab.run("spawn", old)["status"] == "FAILED"
    assert lab.run("repair", old)["status"] == "FAILED"
    assert lab.world.rows() == before
