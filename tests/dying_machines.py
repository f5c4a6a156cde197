"""A process that interprets a state machine and is killed at every transition; each time another one resumes.

    python dying_machines.py DIRECTORY close|spawn|repair|stop never|before|after

`before`: each process commits one transition, does the work of the next one and is killed before that is committed.
`after`: each is killed as soon as its first transition is committed. Prints JSON: {"deaths", "status", "output",
"world", "work"}: what is left in the end, and what was done on the way.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ballotcast_tools.runtime.machines.tasks import Tasks
from ballotcast_tools.runtime.services.stepfunctions import StepFunctions
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.deployment import Machine
from deployed_machines import deployed, deployment
from jumping_machines import JumpingClock, JumpingMachines
from played_relays import NAME, PlayedRelays

KILLED = 9
RELAYS = {"spawn": "registering", "repair": "repairing", "stop": "stopping"}


class DyingDatabase(Database):
    """Dies at its `last` write, before or after it is committed."""

    last: int | None = None
    before = False

    def write(self, operation: Callable[..., Any]) -> Any:
        if self.last is not None:
            self.last -= 1
        if self.last == 0 and self.before:
            os._exit(KILLED)
        result = super().write(operation)
        if self.last == 0:
            os._exit(KILLED)
        return result


class KeptClock(JumpingClock):
    """Continues from where it was when the process before was killed, a little later."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if path.exists():
            self.now = datetime.fromisoformat(path.read_text()) + timedelta(seconds=1.5)
        self._keep()

    def jump_to(self, moment: float) -> None:
        super().jump_to(moment)
        self._keep()

    def _keep(self) -> None:
        self._path.write_text(self.now.isoformat())


class Life:
    """One process: the machines, and the world that they change, both in files."""

    def __init__(self, directory: Path, machine: str) -> None:
        self.machine = machine
        self._log = directory / "functions"
        self._log.touch()
        names = ["close"] if machine == "close" else list(RELAYS)
        self._counts = Tasks(lambda role: {}, self._count)
        self.machines = JumpingMachines(
            directory,
            map(deployed, names),
            self._perform,
            between=self._answer,
            database=DyingDatabase,
            synchronous="FULL",
            clock=KeptClock(directory / "clock"),
        )
        self.relays = PlayedRelays(directory, self.machines.clock)

    def prepare(self) -> None:
        """Do without dying what comes before the machine, and forget that work."""
        self._before()
        self._log.write_text("")

    def _before(self) -> None:
        if self.machine == "close":
            self.machines.start("CloseMachine", {"election": "e1"})
            return
        self.relays.register()
        self._start("spawn")
        for name in list(RELAYS)[1 : list(RELAYS).index(self.machine) + 1]:
            self.machines.play()
            channel = self.relays.channels.find(NAME)
            assert channel
            assert self.relays.channels.begin(channel, RELAYS[name], self.machines.clock())  # type: ignore[arg-type]
            self._start(name)

    def live(self, mode: str) -> None:
        database = self.machines.database
        assert isinstance(database, DyingDatabase)
        if mode != "never":  # the first write is of `recover`
            database.before, database.last = mode == "before", 3 if mode == "before" else 2
        self.machines.engine.recover()
        self.machines.play()
        database.last = None

    def report(self) -> dict[str, Any]:
        [execution] = self.machines.client.list_executions(stateMachineArn=deployed(self.machine).arn)["executions"]
        ended = self.machines.client.describe_execution(executionArn=execution["executionArn"])
        return {
            "status": ended["status"],
            "output": json.loads(ended["output"]),
            "world": self.relays.rows(),
            "work": self._log.read_text().splitlines(),
        }

    def _start(self, name: str) -> None:
        channel = self.relays.channels.find(NAME)
        assert channel
        self.machines.start(deployed(name).name, {**channel.saga, "backoff": 5})

    def _perform(self, machine: Machine, resource: str, parameters: Any) -> Any:
        perform = self._counts if self.machine == "close" else self.relays.perform
        found = perform(machine, resource, parameters)
        with self._log.open("a") as log:
            log.write(json.dumps([resource, _without_chance(parameters)]) + "\n")
        return found

    def _answer(self, client: StepFunctions) -> bool:
        return self.relays.answer(client)

    @staticmethod
    def _count(function: str, event: dict[str, Any]) -> dict[str, Any]:
        return {"key": f"{function} {event}"[-40:], "buckets": [0, 1, 2, 3, 4], "voters": 3, "issued": 2}


def _without_chance(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters without what is another one each time: tokens and ids of messages."""
    if "MessageBody" not in parameters:
        return parameters
    return {"QueueUrl": parameters["QueueUrl"], "kind": parameters["MessageBody"]["kind"]}


def in_a_process(act: Callable[[], None]) -> bool:
    """Return False if it was killed."""
    if (child := os.fork()) == 0:
        act()
        sys.stdout.flush()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, KILLED):
        raise SystemExit(f"ended with {code}")
    return code == 0


def main(directory: Path, machine: str, mode: str) -> None:
    deaths = 0
    deployment()  # read once, for all that come
    in_a_process(lambda: Life(directory, machine).prepare())
    while not in_a_process(lambda: Life(directory, machine).live(mode)):
        deaths += 1

    def tell() -> None:
        report = {"deaths": deaths, **Life(directory, machine).report()}
        sys.stdout.write(json.dumps(report, default=str))

    in_a_process(tell)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
