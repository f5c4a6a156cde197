"""The runtime's interpreter of state machines without threads and without waiting: time jumps to what is due next."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal

from ballotcast_tools.runtime.machines.engine import Engine, Performer
from ballotcast_tools.runtime.machines.executions import MACHINES_SCHEMA
from ballotcast_tools.runtime.services.stepfunctions import StepFunctions
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.deployment import Machine
from ballotcast_tools.runtime.template.roles import Role

FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:"
ALL = Role("everything", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])


class AtOnce(Executor):
    """Runs what is submitted before `submit` returns, in the same thread."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*arguments, **named))
        return future


class JumpingClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def jump_to(self, moment: float) -> None:
        self.now = max(self.now, datetime.fromtimestamp(moment, UTC) + timedelta(microseconds=1))


def arn_of(name: str) -> str:
    return f"arn:aws:states:eu-west-1:000000000000:stateMachine:{name}"


def machine(name: str, definition: dict[str, Any]) -> Machine:
    """Return a machine that may do everything."""
    return Machine(name, arn_of(name), definition, ALL)


class JumpingMachines:
    """`between` is called before time jumps: what others do while executions wait.

    It returns whether it did anything.
    """

    def __init__(
        self,
        directory: Path,
        machines: Iterable[Machine],
        perform: Performer,
        *,
        between: Callable[[StepFunctions], bool] = lambda client: False,
        database: type[Database] = Database,
        synchronous: Literal["FULL", "OFF"] = "OFF",
        clock: JumpingClock | None = None,
    ) -> None:
        self.clock = clock or JumpingClock()
        self.database = database(directory / "data", [MACHINES_SCHEMA], synchronous=synchronous)
        self.engine = Engine(
            self.database,
            {machine.arn: machine for machine in machines},
            perform,
            services=AtOnce(),
            functions=AtOnce(),
            clock=self.clock,
            random=Random(1),
        )
        self.client = StepFunctions(self.engine)
        self._between = between

    def close(self) -> None:
        self.database.close()

    def start(self, machine: str, data: Any, name: str = "one") -> str:
        """Start an execution of the machine of that name. Return its ARN."""
        started = self.client.start_execution(stateMachineArn=arn_of(machine), name=name, input=json.dumps(data))
        return str(started["executionArn"])

    def run(self, machine: str, data: Any, name: str = "one") -> dict[str, Any]:
        """Start an execution, and return its description when it has ended."""
        execution = self.start(machine, data, name)
        self.play()
        return self.client.describe_execution(executionArn=execution)

    def play(self, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass until nothing is due any more."""
        while not until():
            due = self.engine.advance()
            if self._between(self.client):
                continue
            if due is None:
                return
            self.clock.jump_to(due)

    def entered(self, execution: str) -> list[str]:
        """Return the names of the states that were entered, in order."""
        events = self.client.get_execution_history(executionArn=execution)["events"]
        return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
