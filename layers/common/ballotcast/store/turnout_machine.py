"""Starting the state machine that makes turnout statements: once for each hour of an election."""

import json
from typing import TYPE_CHECKING

from ballotcast.clock import to_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient


class TurnoutMachine:
    def __init__(self, client: "SFNClient", machine: str) -> None:
        self._client = client
        self._machine = machine

    def start(self, election: str, slot: "datetime") -> None:
        """Start an execution for this full hour, unless there ever was one: Step Functions knows its name."""
        told = {"election": election, "slot": to_rfc3339(slot)}
        try:
            self._client.start_execution(
                stateMachineArn=self._machine, name=f"{election}-{slot:%Y%m%dT%H}", input=json.dumps(told)
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return
