"""Starting the close-and-count state machine: by the clock and by hand, and never two results.

Executions of one election may repeat or overlap: every step is idempotent. Names keep the ordinary case to one:
`<election>-1`, anyone who starts it, and the next number only by hand when the one before has failed. Step Functions
refuses a name for 90 days after its execution ended.
"""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

ATTEMPTS = 20
RUNNING = "running"
FAILED = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})


class CountingMachine:
    def __init__(self, client: "SFNClient", machine: str) -> None:
        self._client = client
        self._machine = machine

    def start(self, election: str) -> None:
        """Start the count, unless it runs or has succeeded; a failed one is tried again."""
        for attempt in range(1, ATTEMPTS + 1):
            name = f"{election}-{attempt}"
            if self._start(name, election):
                return
            arn = self._machine.replace(":stateMachine:", ":execution:") + f":{name}"
            if self._client.describe_execution(executionArn=arn)["status"] not in FAILED:
                return

    def ended(self, election: str) -> str | None:
        """How a count ended: `counted`, `failed-<number of the attempt>`, or `RUNNING`. None: there is none."""
        found: str | None = None
        for attempt in range(1, ATTEMPTS + 1):
            arn = self._machine.replace(":stateMachine:", ":execution:") + f":{election}-{attempt}"
            try:
                status = self._client.describe_execution(executionArn=arn)["status"]
            except self._client.exceptions.ExecutionDoesNotExist:
                break
            if status not in FAILED:
                return "counted" if status == "SUCCEEDED" else RUNNING
            found = f"failed-{attempt}"
        return found

    def start_first(self, election: str) -> None:
        """Start the count unless it was ever started.

        A failed count is not tried again: the alarm has reported it, and a person decides (`start`).
        """
        self._start(f"{election}-1", election)

    def _start(self, name: str, election: str) -> bool:
        """Return False if there is an execution of that name; on AWS, only once it has ended.

        To start one again that runs, with the same input, is a success there.
        """
        try:
            self._client.start_execution(
                stateMachineArn=self._machine, name=name, input=json.dumps({"election": election})
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True
