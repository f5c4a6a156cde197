"""The state machines that move channels: `spawn`, `stop` and `repair`, one execution for each generation.

An execution is named by channel and generation, so starting it is done once however often it is asked for; one that was
closed without an end for the channel is followed by one of the next generation (functions/channel/sagas.py).
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ballotcast.store.channel import Channel, Status

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

SAGAS: tuple[Status, ...] = ("registering", "stopping", "repairing")
BACKOFF = 5
"""Seconds before the first repair; doubled for each after it."""


class RelayMachines:
    """`machines`: their ARNs, by the status of the channels that each moves on."""

    def __init__(self, client: "SFNClient", machines: Mapping[str, str]) -> None:
        self._client = client
        self._machines = machines

    def start(self, channel: Channel) -> None:
        """Move a channel on that is registering, stopping or being repaired. Starting twice is starting once."""
        saga = channel.saga
        if channel.status == "repairing":
            saga["backoff"] = BACKOFF * 2 ** (channel.repairs - 1)
        try:
            self._client.start_execution(
                stateMachineArn=self._machines[channel.status], name=_name(channel), input=json.dumps(saga)
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def is_closed(self, channel: Channel) -> bool:
        """Return whether the execution of the channel's generation has ended, or never began."""
        arn = self._machines[channel.status].replace(":stateMachine:", ":execution:") + f":{_name(channel)}"
        try:
            return self._client.describe_execution(executionArn=arn)["status"] != "RUNNING"
        except self._client.exceptions.ExecutionDoesNotExist:
            return True

    def answer(self, token: str, output: dict[str, str]) -> None:
        """Let the execution continue that waits with this token; nothing if none does any more."""
        gone = self._client.exceptions
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps(output))
        except (gone.TaskDoesNotExist, gone.TaskTimedOut, gone.InvalidToken):
            return


def _name(channel: Channel) -> str:
    """At most 80 characters: 64 of the name, 13 digits, a dash."""
    return f"{channel.name}-{channel.generation}"
