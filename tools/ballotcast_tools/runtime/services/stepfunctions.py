"""Step Functions as boto3's client has it: the calls that our functions, tests and operators make."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from ballotcast_tools.runtime.machines import records
from ballotcast_tools.runtime.machines.branches import find_by_token
from ballotcast_tools.runtime.machines.engine import Engine
from ballotcast_tools.runtime.machines.errors import InvalidDefinition, StateFailed
from ballotcast_tools.runtime.machines.executions import Execution
from ballotcast_tools.runtime.services.errors import EXCEPTIONS, error
from ballotcast_tools.runtime.template.deployment import Machine

Response = dict[str, Any]
PAGE = 100
LONGEST_INPUT = 1 << 18
"""Bytes of an input or output, as on AWS."""
_NAME = re.compile(r"[\w.+!@()=', -]{1,80}")
_TOKEN = re.compile(r"[\w-]{64}")


class StepFunctions:
    exceptions = EXCEPTIONS

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._database = engine.database

    def start_execution(self, *, stateMachineArn: str, name: str = "", input: str = "{}") -> Response:  # noqa: A002
        """Start an execution, or return the one that runs with that name and input."""
        refused = partial(error, operation="StartExecution")
        machine = self._machine(stateMachineArn, refused)
        name = name or str(uuid4())
        if not _NAME.fullmatch(name):
            raise refused("InvalidName", message=f"Invalid Name: '{name}'")
        _require_json(input, "InvalidExecutionInput", refused)
        defined, now = self._engine.programs.current(machine.arn), self._engine.now()
        try:
            execution = self._database.write(lambda t: records.start(t, machine.arn, name, input, defined, now))
        except records.NameTaken:
            raise refused("ExecutionAlreadyExists", message=f"Execution Already Exists: '{name}'") from None
        return {"executionArn": _arn(execution), "startDate": _date(execution.began)}

    def describe_execution(self, *, executionArn: str) -> Response:
        execution = self._find(executionArn, "DescribeExecution")
        told = {
            "input": execution.input,
            "output": execution.output,
            "error": execution.error,
            "cause": execution.cause,
        }
        return {**_summary(execution), **{name: value for name, value in told.items() if value is not None}}

    def stop_execution(self, *, executionArn: str, error: str | None = None, cause: str | None = None) -> Response:
        """Abort an execution. One that has ended stays as it is."""
        found, now = self._find(executionArn, "StopExecution"), self._engine.now()
        stopped = self._database.write(
            lambda transaction: records.stop(transaction, found.machine, found.name, now, error=error, cause=cause)
        )
        return {"stopDate": _date((stopped or found).ended or now)}

    def list_executions(
        self,
        *,
        stateMachineArn: str,
        statusFilter: str | None = None,
        maxResults: int = 0,
        nextToken: str = "0",
    ) -> Response:
        """Return the newest executions first."""
        machine = self._machine(stateMachineArn, partial(error, operation="ListExecutions"))
        skip, most = int(nextToken), maxResults or PAGE
        found = records.page(self._database.reader(), machine.arn, statusFilter, skip, most + 1)
        more = {"nextToken": str(skip + most)} if len(found) > most else {}
        return {"executions": [_summary(execution) for execution in found[:most]], **more}

    def get_execution_history(self, *, executionArn: str) -> Response:
        """Return when the execution began and ended, and each state that it entered; all in one page."""
        execution = self._find(executionArn, "GetExecutionHistory")
        events: list[Response] = []
        for number, (at, kind, state) in enumerate(records.events(self._database.reader(), execution), 1):
            event = {"id": number, "previousEventId": number - 1, "timestamp": _date(at), "type": kind}
            if state is not None:
                event["stateEnteredEventDetails"] = {"name": state}
            events.append(event)
        return {"events": events}

    def send_task_success(self, *, taskToken: str, output: str) -> Response:
        refused = partial(error, operation="SendTaskSuccess")
        _require_json(output, "InvalidOutput", refused)
        return self._answer(taskToken, json.loads(output), refused)

    def send_task_failure(self, *, taskToken: str, error: str = "", cause: str = "") -> Response:
        return self._answer(taskToken, StateFailed(error, cause), partial(_error, operation="SendTaskFailure"))

    def describe_state_machine(self, *, stateMachineArn: str) -> Response:
        machine = self._machine(stateMachineArn, partial(error, operation="DescribeStateMachine"))
        content = self._engine.programs.current(machine.arn).content
        return {
            "stateMachineArn": machine.arn,
            "name": machine.name,
            "status": "ACTIVE",
            "type": "STANDARD",
            "definition": content,
        }

    def update_state_machine(self, *, stateMachineArn: str, definition: str) -> Response:
        """Replace the definition for executions that start after this, until the process ends."""
        refused = partial(error, operation="UpdateStateMachine")
        machine = self._machine(stateMachineArn, refused)
        try:
            self._engine.programs.replace(machine.arn, json.loads(definition))
        except (json.JSONDecodeError, InvalidDefinition) as wrong:
            raise refused("InvalidDefinition", message=f"Invalid State Machine Definition: '{wrong}'") from wrong
        return {"updateDate": _date(self._engine.now())}

    def _answer(self, token: str, outcome: Any, refused: Callable[..., ClientError]) -> Response:
        if not _TOKEN.fullmatch(token):
            raise refused("InvalidToken", message="Invalid Token: 'Invalid token'")
        branch = find_by_token(self._database.reader(), token)
        if branch is None:
            raise refused("TaskDoesNotExist", message="Task Does Not Exist: 'Provided task does not exist anymore'")
        if branch.due is not None and branch.due <= self._engine.now():
            raise refused("TaskTimedOut", message="Task Timed Out: 'Provided task does not exist anymore'")
        if not self._engine.settle(branch, outcome):
            raise refused("TaskTimedOut", message="Task Timed Out: 'Provided task does not exist anymore'")
        return {}

    def _machine(self, arn: str, refused: Callable[..., ClientError]) -> Machine:
        machine = self._engine.machines.get(arn)
        if machine is None:
            raise refused("StateMachineDoesNotExist", message=f"State Machine Does Not Exist: '{arn}'")
        return machine

    def _find(self, arn: str, operation: str) -> Execution:
        machine, _, name = arn.replace(":execution:", ":stateMachine:").rpartition(":")
        found = records.find(self._database.reader(), machine, name)
        if found is None:
            raise error("ExecutionDoesNotExist", operation, f"Execution Does Not Exist: '{arn}'")
        return found


_error = error
"""Where a parameter of that name hides it."""


def _require_json(text: str, code: str, refused: Callable[..., ClientError]) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as wrong:
        raise refused(code, message="it is not JSON") from wrong
    if len(text.encode()) > LONGEST_INPUT:
        raise refused("ValidationException", message=f"it is longer than {LONGEST_INPUT} bytes")


def _summary(execution: Execution) -> Response:
    ended = {} if execution.ended is None else {"stopDate": _date(execution.ended)}
    return {
        "executionArn": _arn(execution),
        "stateMachineArn": execution.machine,
        "name": execution.name,
        "status": execution.status,
        "startDate": _date(execution.began),
        **ended,
    }


def _arn(execution: Execution) -> str:
    return f"{execution.machine.replace(':stateMachine:', ':execution:')}:{execution.name}"


def _date(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
