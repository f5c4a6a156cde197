"""EventBridge schedules: each fires once, when an election closes, and wakes the function that starts due counts.

A schedule decides nothing. What is due is in the table (store/due_counts.py), so one that fires early, late, twice or
never does no harm.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient


class Schedules:
    """`target`: ARN of the function. `role`: ARN of the role that may invoke it."""

    def __init__(self, client: "EventBridgeSchedulerClient", group: str, role: str, target: str) -> None:
        self._client = client
        self._group = group
        self._role = role
        self._target = target

    def wake_at(self, election: str, moment: datetime, *, amended: bool = False) -> None:
        """Have the function called in the minute that begins at `moment`. Creating it twice is creating it once.

        amended: this is not the first moment for this election. The schedule of the one before may fire all the same.
        """
        name = f"close-{election}-{int(moment.timestamp())}" if amended else f"close-{election}"
        try:
            self._client.create_schedule(
                Name=name,
                GroupName=self._group,
                ScheduleExpression=f"at({moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self._target,
                    "RoleArn": self._role,
                    "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 20},
                },
            )
        except self._client.exceptions.ConflictException:
            return
