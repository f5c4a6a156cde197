"""The loop that moves executions: it begins what is due, and hands tasks to threads, whose results it takes.

Nothing that matters is held in memory: what is due is a query, and after a start the tasks without a result are
performed again.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from ballotcast.clock import Clock
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import StorageFailed

from . import branches, records
from .branches import Branch
from .definition import SERVICES
from .errors import RUNTIME, TASK_FAILED, InvalidDefinition, StateFailed
from .executions import TOPIC, forget
from .moves import Perform
from .programs import Programs
from .states import Task
from .steps import Steps
from .transitions import state_of

if TYPE_CHECKING:
    from ballotcast_tools.runtime.template.deployment import Machine

logger = logging.getLogger(__name__)
Performer = Callable[["Machine", str, Any], Any]
"""Of the machine, the resource and its parameters. Returns JSON, or raises TaskFailed."""
TOGETHER = 100
"""Transitions of one commit at most."""
LOOK = 60.0
"""Seconds after which the loop looks again in any case: the clock may have been set."""
PAUSE = 1.0
"""Seconds between attempts to write while the disk is full."""


class Engine:
    """`machines` by ARN. Raises InvalidDefinition if one of them uses what the interpreter does not know.

    `services` and `functions`: threads that perform tasks, apart because a function may take minutes. An executor may
    run what is submitted at once: then `advance` returns when its tasks are done.
    """

    def __init__(
        self,
        database: Database,
        machines: Mapping[str, "Machine"],
        perform: Performer,
        *,
        services: Executor,
        functions: Executor,
        clock: Clock,
        random: Random | None = None,
    ) -> None:
        self.database = database
        self.machines = machines
        self.programs = Programs(machines)
        self._perform = perform
        self._services, self._functions = services, functions
        self._clock = clock
        self._steps = Steps(database, self.programs, machines, random or Random())  # noqa: S311 - it spreads retries
        self._stopped = Event()
        self._news = database.watch(TOPIC)
        self._thread = Thread(target=self._run, name="machines", daemon=True)

    def start(self) -> None:
        """Continue with what was running when the process before ended, and with all that is started from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Return when the loop has ended. Tasks that are being performed are performed again at the next start."""
        self._stopped.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()

    def now(self) -> float:
        return self._clock().timestamp()

    def recover(self) -> None:
        """Perform again what has no result. `start` does this; anyone who calls `advance` does it once before."""
        now = self.now()
        self.database.write(lambda transaction: forget(transaction, now))
        for branch in branches.performed(self.database.reader()):
            if branch.due is None or branch.due > now:
                self._submit(branch)

    def advance(self) -> float | None:
        """Begin what is due. Return the Unix time when something will be due; None if only results are awaited."""
        now = self.now()
        steps = [self._steps.due(branch, now) for branch in branches.due(self.database.reader(), now, TOGETHER)]
        if steps:
            for step, written in zip(steps, self._steps.write(steps, now), strict=True):
                if written and isinstance(step.move, Perform):
                    self._submit(replace(step.branch, phase="task", token=step.move.token, turn=step.branch.turn + 1))
        return branches.next_due(self.database.reader())

    def settle(self, branch: Branch, outcome: Any) -> bool:
        """Take the result of a task: JSON, or a StateFailed. Return False if nothing waits for it any more."""
        now = self.now()
        [written] = self._steps.write([self._steps.after(branch, outcome, now)], now)
        return written

    def _run(self) -> None:
        recovered = False
        while True:
            self._news.clear()
            if self._stopped.is_set():  # after the news are cleared: `stop` sets both
                return
            try:
                if not recovered:
                    self.recover()
                    recovered = True
                due = self.advance()
            except StorageFailed as error:
                if self.database.failure is not None:
                    logger.error("state machines have stopped: %s", error)
                    return
                self._stopped.wait(PAUSE)
                continue
            self._news.wait(LOOK if due is None else min(max(due - self.now(), 0), LOOK))

    def _submit(self, branch: Branch) -> None:
        try:
            task = state_of(self._steps.program(branch), branch)
        except InvalidDefinition as error:
            self.settle(branch, StateFailed(RUNTIME, str(error)))
            return
        assert isinstance(task, Task)
        threads = self._services if task.resource in SERVICES else self._functions
        threads.submit(self._carry_out, branch, task)

    def _carry_out(self, branch: Branch, task: Task) -> None:
        """On a thread of an executor: perform a task and take its result, unless it timed out or was stopped before."""
        found = branches.find(self.database.reader(), branch.id)
        if found is None or found.turn != branch.turn:
            return
        try:
            outcome = self._result(branch, task)
        except StateFailed as failed:
            outcome = failed
        except Exception as error:  # the edge: an execution must not wait for ever for a thread that ended
            logger.exception("a task failed unexpectedly")
            outcome = StateFailed(TASK_FAILED, type(error).__name__)
        while not self._stopped.is_set():
            try:
                if task.waits_for_token and not isinstance(outcome, StateFailed):
                    self._mark_sent(branch)
                else:
                    self.settle(branch, outcome)
            except StorageFailed:
                if self.database.failure is not None:
                    return
                self._stopped.wait(PAUSE)
            else:
                return

    def _result(self, branch: Branch, task: Task) -> Any:
        execution = records.find_by_id(self.database.reader(), branch.execution)
        if execution is None:
            return None
        context = {"Task": {"Token": branch.token}}
        parameters = branch.input if task.parameters is None else task.parameters(branch.input, context)
        return self._perform(self.machines[execution.machine], task.resource, parameters)

    def _mark_sent(self, branch: Branch) -> None:
        """The turn stays the same: the answer may come before this."""
        self.database.write(
            lambda transaction: transaction.execute(
                "UPDATE machine_branch SET phase = 'sent' WHERE id = ? AND turn = ?", [branch.id, branch.turn]
            )
        )
