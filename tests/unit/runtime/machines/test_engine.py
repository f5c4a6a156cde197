"""The engine: tokens and timeouts, what is kept, and what happens at the same time."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Condition, Event
from typing import Any

import pytest

from ballotcast_tools.runtime.machines.engine import Engine
from ballotcast_tools.runtime.machines.executions import KEPT, MACHINES_SCHEMA
from ballotcast_tools.runtime.services.stepfunctions import StepFunctions
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.deployment import Machine
from jumping_machines import AtOnce, JumpingClock, arn_of, machine
from small_machines import ALWAYS, TASK, TOKEN, Definition, Lab, failing, mapping, of


def test_a_task_without_an_answer_times_out_and_its_token_is_void(lab: Lab) -> None:
    sent: list[str] = []
    definition = of({**TOKEN, "TimeoutSeconds": 10, "Retry": [ALWAYS]})
    machines = lab.machines(definition, lambda parameters: sent.append(parameters["token"]))
    ended = machines.run("M", {})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    assert len(set(sent)) == 3
    for token in sent:
        with pytest.raises(machines.client.exceptions.TaskDoesNotExist):
            machines.client.send_task_success(taskToken=token, output="{}")


def test_an_answer_may_come_before_the_message_is_known_to_be_sent(lab: Lab) -> None:
    def perform(parameters: Any) -> None:
        machines.client.send_task_success(taskToken=parameters["token"], output='{"from": "worker"}')

    machines = lab.machines(of(TOKEN), perform)
    assert json.loads(machines.run("M", {})["output"]) == {"from": "worker"}


def test_a_message_that_cannot_be_sent_fails_the_task(lab: Lab) -> None:
    assert lab.run(of(TOKEN), {}, failing("Sqs.QueueDoesNotExist")) == ("Sqs.QueueDoesNotExist", "cause")


def test_a_definition_that_this_release_cannot_run_fails_its_execution(lab: Lab) -> None:
    machines = lab.machines(of({"Type": "Wait", "Seconds": 5, "End": True}))
    execution = machines.start("M", {})
    machines.engine.advance()
    machines.engine.programs._loaded.clear()
    machines.database.write(lambda t: t.execute("UPDATE machine_definition SET content = '{}'"))
    machines.play()
    ended = machines.client.describe_execution(executionArn=execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_old_executions_are_forgotten(lab: Lab) -> None:
    machines = lab.machines(of({"Type": "Succeed"}))
    machines.run("M", {})
    machines.clock.jump_to(machines.engine.now() + KEPT - 1)
    machines.run("M", {}, "two")
    machines.clock.jump_to(machines.engine.now() + 2)
    machines.engine.recover()
    [kept] = machines.client.list_executions(stateMachineArn=arn_of("M"))["executions"]
    assert kept["name"] == "two"
    rows = machines.database.reader().execute("SELECT count(DISTINCT execution) FROM machine_event").fetchone()
    assert rows == (1,)


class Gate:
    """Tasks wait in it until they are let through."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside = 0
        self.most = 0
        self.open = Event()

    def __call__(self, _machine: Machine, _resource: str, parameters: Any) -> Any:
        with self._changed:
            self._inside += 1
            self.most = max(self.most, self._inside)
            self._changed.notify_all()
        assert self.open.wait(30)
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()
        return parameters

    def wait_for(self, inside: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._inside == inside, 30)


class Threaded:
    """The engine as the runtime has it: a thread of its own, and pools."""

    def __init__(self, directory: Path, definition: Definition, gate: Gate) -> None:
        self._pool = ThreadPoolExecutor(8)
        self.database = Database(directory / "data", [MACHINES_SCHEMA], synchronous="OFF")
        self.engine = Engine(
            self.database,
            {arn_of("M"): machine("M", definition)},
            gate,
            services=AtOnce(),
            functions=self._pool,
            clock=JumpingClock(),
        )
        self.client = StepFunctions(self.engine)
        self.engine.start()

    def start(self, data: Any) -> str:
        started = self.client.start_execution(stateMachineArn=arn_of("M"), name="one", input=json.dumps(data))
        return str(started["executionArn"])

    def ended(self, execution: str) -> dict[str, Any]:
        news = self.database.watch("machines")
        while (found := self.client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert news.wait(30)
            news.clear()
        return found

    def phases(self) -> list[str]:
        rows = self.database.reader().execute(
            "SELECT phase FROM machine_branch WHERE parent IS NOT NULL ORDER BY phase"
        )
        return [phase for (phase,) in rows]

    def close(self) -> None:
        self._pool.shutdown()
        self.engine.stop()
        self.database.close()


def test_no_more_iterations_run_at_once_than_are_allowed(tmp_path: Path) -> None:
    gate = Gate()
    threaded = Threaded(tmp_path, of(mapping(MaxConcurrency=4)), gate)
    try:
        execution = threaded.start({"items": list(range(10))})
        gate.wait_for(4)
        assert threaded.phases() == ["held"] * 6 + ["task"] * 4
        gate.open.set()
        assert json.loads(threaded.ended(execution)["output"]) == list(range(10))
        assert gate.most == 4
    finally:
        gate.open.set()
        threaded.close()


def test_a_result_that_comes_after_the_execution_was_stopped_is_dropped(tmp_path: Path) -> None:
    gate = Gate()
    threaded = Threaded(tmp_path, of(TASK), gate)
    try:
        execution = threaded.start({})
        gate.wait_for(1)
        threaded.client.stop_execution(executionArn=execution)
        gate.open.set()
        gate.wait_for(0)
        threaded.close()
        again = Database(tmp_path / "data", [])
        assert again.reader().execute("SELECT status FROM machine_execution").fetchall() == [("ABORTED",)]
        again.close()
    finally:
        gate.open.set()
