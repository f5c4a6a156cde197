"""Finds the step that a branch takes next, from what is stored, and writes it."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from random import Random
from typing import Any, NamedTuple

from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction

from . import branches, records
from .branches import Branch
from .errors import RUNTIME, TIMEOUT, InvalidDefinition, StateFailed
from .executions import write_move
from .moves import Break, End, Enter, Move, Spread
from .programs import Programs
from .states import Map, Program
from .transitions import begin, fail, proceed, state_of

logger = logging.getLogger(__name__)


class Step(NamedTuple):
    """A move of `branch`. `kind`: the type of the state that is entered. `cause`: the branch whose outcome it is: the
    same one, or an iteration of it that failed.
    """

    branch: Branch
    move: Move
    kind: str
    cause: Branch


class Steps:
    """`machines`: the ARNs of those that exist."""

    def __init__(self, database: Database, programs: Programs, machines: Collection[str], random: Random) -> None:
        self._database = database
        self._programs = programs
        self._machines = machines
        self._random = random

    def due(self, branch: Branch, now: float) -> Step:
        """Return the step of a branch that is due."""
        match branch.phase:
            case "task" | "sent":
                return self.after(branch, StateFailed(TIMEOUT), now)
            case "joined":
                return self.after(branch, branches.outputs(self._database.reader(), branch), now)
            case "waiting":
                return self.after(branch, None, now)
        return self._resolve(branch, lambda program: begin(state_of(program, branch), branch, now), now)

    def after(self, branch: Branch, outcome: Any, now: float) -> Step:
        """Return the step of a branch whose state has an outcome: a result, or a StateFailed."""

        def move(program: Program) -> Move:
            if isinstance(outcome, StateFailed):
                raise outcome
            return proceed(state_of(program, branch), branch, outcome)

        return self._resolve(branch, move, now)

    def program(self, branch: Branch) -> Program:
        """Return what a branch runs. Raises InvalidDefinition if this release cannot run it, or it is gone."""
        execution = records.find_by_id(self._database.reader(), branch.execution)
        if execution is None:
            raise InvalidDefinition("the execution is gone")
        if execution.machine not in self._machines:
            raise InvalidDefinition("the state machine is gone")
        return self._programs.followed(self._database.reader(), execution.definition)

    def write(self, steps: Sequence[Step], now: float) -> list[bool]:
        """Write steps in one commit. Return for each whether it was still to be taken."""

        def write(transaction: Transaction) -> list[bool]:
            return [_write(transaction, step, now) for step in steps]

        written = self._database.write(write)
        for step, done in zip(steps, written, strict=True):
            if done and isinstance(step.move, Break):
                told = (step.branch.execution, step.branch.state, step.move.error)
                logger.warning("execution %d failed in %s: %s", *told)
        return written

    def _resolve(self, branch: Branch, move: Callable[[Program], Move], now: float) -> Step:
        """Return the step that `move` makes; where it fails, what Retry and Catch make of it, here or in the Map."""
        try:
            program = self.program(branch)
        except InvalidDefinition as error:
            return Step(branch, Break(RUNTIME, str(error)), "", branch)
        try:
            found = move(program)
        except StateFailed as failed:
            found = fail(state_of(program, branch), branch, failed, now, self._random)
        taking = branch
        if isinstance(found, Break) and branch.parent is not None:
            parent = branches.find(self._database.reader(), branch.parent)
            if parent is not None:
                broken = StateFailed(found.error or "", found.cause or "")
                taking, found = parent, fail(state_of(program, parent), parent, broken, now, self._random)
        return Step(taking, found, _kind(program, taking, found), branch)


def _write(transaction: Transaction, step: Step, now: float) -> bool:
    cause = [step.cause.id, step.cause.turn]
    if not transaction.execute("SELECT 1 FROM machine_branch WHERE id = ? AND turn = ?", cause).fetchone():
        return False
    return write_move(transaction, step.branch, step.move, step.kind, now)


def _kind(program: Program, branch: Branch, move: Move) -> str:
    """Return the type of the state that a move enters: the branch's next one, or the first of an iteration."""
    if isinstance(move, Enter):
        return state_of(program, replace(branch, state=move.state)).kind
    name = move.map if isinstance(move, Spread) else branch.map if isinstance(move, End) else None
    outer = program.states[name] if name is not None else None
    return outer.processor.states[outer.processor.start_at].kind if isinstance(outer, Map) else ""
