"""Closing by the clock on the deployed stack: the rule and the schedule each suffice, and together they count once.

The embedded runtime fires both. LocalStack's open core fires rules only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from ballotcast.client import published
from ballotcast.client.api import Api, connect
from ballotcast.client.errors import NotYet
from ballotcast.client.voter import Voter
from ballotcast_tools.stack.stack import Stack
from invited_elections import Election, Elections

pytestmark = pytest.mark.stack
CONTEST = {"title": "Venue", "method": "plurality", "options": ["Here", "There"]}
LASTS = timedelta(seconds=40)
LATER = timedelta(seconds=15)
"""What wakes one election's close closes all that are due: the other must not be due yet."""
PATIENCE = 240.0
"""The minute of the rule, the grace of the close, the count; all of it on a machine with other work."""
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def aws(stack: Stack) -> Client:
    """Clients of the stack that may do everything."""
    return stack.client


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[Api]:
    opened = connect(stack.outputs["ApiUrl"])
    yield opened
    opened.http.close()


@dataclass(frozen=True)
class Voted:
    """Two elections that close in some seconds, each with the vote of its one voter. Nobody will close them."""

    without_schedule: Election
    with_schedule: Election


@pytest.fixture(scope="module")
def voted(stack: Stack, api: Api, aws: Client) -> Voted:
    """Both are made at once, so that they are waited for together."""
    organiser = Elections(api, stack.outputs["MailboxUrl"])
    found = [organiser.make([CONTEST], 1, lasts=lasts) for lasts in (LASTS + LATER, LASTS)]
    for election in found:
        Voter(api, lambda _state: None).vote(election.voters[0].link, [[2]])
    aws("scheduler").delete_schedule(**schedule_of(found[0], aws))
    return Voted(*found)


@pytest.fixture
def rule(stack: Stack, aws: Client) -> Iterator[Callable[[], None]]:
    """Call it to disable the rule for the rest of the test."""
    events = aws("events")
    [name] = [one["Name"] for one in events.list_rules()["Rules"] if "EveryMinute" in one["Name"]]
    yield lambda: events.disable_rule(Name=name)
    events.enable_rule(Name=name)


def schedule_of(election: Election, aws: Client) -> dict[str, str]:
    [found] = aws("scheduler").list_schedules(NamePrefix=f"close-{election.id}")["Schedules"]
    return {"Name": found["Name"], "GroupName": found["GroupName"]}


def assert_counted_once(election: Election, api: Api, stack: Stack, aws: Client) -> None:
    assert published.results(api, election.id, patience=PATIENCE)["counted"] == 1
    found = aws("stepfunctions").list_executions(stateMachineArn=stack.outputs["CloseMachine"])["executions"]
    assert [one["name"] for one in found if one["name"].startswith(election.id)] == [f"{election.id}-1"]
    due = aws("dynamodb").query(
        TableName=stack.outputs["RollTable"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "DUE"}},
        ConsistentRead=True,
    )
    assert [row["sk"]["S"] for row in due["Items"] if row["sk"]["S"].endswith(election.id)] == []


@pytest.mark.localstack("schedules")
def test_without_the_rule_only_those_with_a_schedule_are_counted(
    rule: Callable[[], None], voted: Voted, api: Api, stack: Stack, aws: Client
) -> None:
    rule()
    assert_counted_once(voted.with_schedule, api, stack, aws)
    with pytest.raises(NotYet):
        published.results(api, voted.without_schedule.id, patience=0)


@pytest.mark.essential
def test_without_its_schedule_an_election_is_counted(voted: Voted, api: Api, stack: Stack, aws: Client) -> None:
    assert_counted_once(voted.without_schedule, api, stack, aws)
