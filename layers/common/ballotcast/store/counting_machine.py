"""Starting the close-and-count state machine: by the clock (Scheduler) and by hand, and never two results.

Executions of one election may repeat or overlap: every step is idempotent. Names only keep the ordinary case to one:
`<election>-1`, and the next number only when the one before has failed.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_stepfunctions import SFNClient

ATTEMPTS = 20
FAILED = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})


class CountingMachine:
    def __init__(
        self, client: "SFNClient", scheduler: "EventBridgeSchedulerClient", machine: str, group: str, role: str
    ) -> None:
        self._client = client
        self._scheduler = scheduler
        self._machine = machine
        self._group = group
        self._role = role

    def start(self, election: str) -> None:
        """Start the count, unless it runs or has succeeded; a failed one is tried anew."""
        for attempt in range(1, ATTEMPTS + 1):
            name = f"{election}-{attempt}"
            try:
                self._client.start_execution(
                    stateMachineArn=self._machine, name=name, input=json.dumps({"election": election})
                )
            except self._client.exceptions.ExecutionAlreadyExists:
                arn = self._machine.replace(":stateMachine:", ":execution:") + f":{name}"
                if self._client.describe_execution(executionArn=arn)["status"] in FAILED:
                    continue
            return

    def schedule(self, election: str, closes_at: datetime) -> None:
        """Start the count by itself at `closes_at`; scheduling twice is scheduling once."""
        try:
            self._scheduler.create_schedule(
                Name=f"close-{election}",
                GroupName=self._group,
                ScheduleExpression=f"at({closes_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self._machine,
                    "RoleArn": self._role,
                    "Input": json.dumps({"election": election}),
                    "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 20},
                },
            )
        except self._scheduler.exceptions.ConflictException:
            return
