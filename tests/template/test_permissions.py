"""Least privilege, read off the template that CloudFormation gets: what each role may do, and what nobody may."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

Resources = dict[str, dict[str, Any]]
Statement = dict[str, Any]


UNSCOPED = ["states:SendTaskSuccess"]
"""AWS knows no resource for it: who has an execution's task token may answer."""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(role: dict[str, Any]) -> Iterator[Statement]:
    for policy in role["Properties"].get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


@pytest.fixture(scope="session")
def roles(expanded: Resources) -> Resources:
    return {name: resource for name, resource in expanded.items() if resource["Type"] == "AWS::IAM::Role"}


def allowed(roles: Resources, table: str) -> dict[str, set[str]]:
    """role → DynamoDB actions that it may do on a table."""
    found: dict[str, set[str]] = {}
    for name, role in roles.items():
        for statement in statements(role):
            if any(resource == {"Fn::GetAtt": [table, "Arn"]} for resource in as_list(statement.get("Resource"))):
                found.setdefault(name, set()).update(as_list(statement["Action"]))
    return found


def leading_keys(role: dict[str, Any], table: str, action: str) -> set[str]:
    """Key prefixes that an action is bound to; an unbound statement is an error here."""
    keys: set[str] = set()
    for statement in statements(role):
        if {"Fn::GetAtt": [table, "Arn"]} in as_list(statement.get("Resource")) and action in as_list(
            statement["Action"]
        ):
            keys |= set(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
            assert statement["Condition"]["Null"] == {"dynamodb:LeadingKeys": "false"}
    return keys


def test_every_function_has_a_role_of_its_own(functions: Resources) -> None:
    used = [json.dumps(properties["Role"]) for properties in functions.values()]
    assert len(used) == len(set(used))


def test_sam_made_no_role_and_nothing_is_managed(roles: Resources, template: dict[str, Any]) -> None:
    assert set(roles) <= set(template["Resources"])
    assert not [name for name, role in roles.items() if "ManagedPolicyArns" in role["Properties"]]


def test_no_wildcard_actions_and_no_wildcard_resources(roles: Resources) -> None:
    for name, role in roles.items():
        for statement in statements(role):
            if as_list(statement["Action"]) != UNSCOPED:
                assert "*" not in as_list(statement["Resource"]), name
            assert not [action for action in as_list(statement["Action"]) if "*" in action], name


def test_nobody_scans_and_nobody_batch_writes(roles: Resources) -> None:
    banned = {"dynamodb:Scan", "dynamodb:BatchWriteItem", "dynamodb:PartiQLSelect", "dynamodb:DeleteTable"}
    for name, role in roles.items():
        for statement in statements(role):
            assert not banned & set(as_list(statement["Action"])), name


def test_nothing_deletes_on_the_board(roles: Resources) -> None:
    assert not [name for name, actions in allowed(roles, "Board").items() if "dynamodb:DeleteItem" in actions]


def test_the_ballot_box_is_not_for_those_who_know_the_voters(roles: Resources) -> None:
    """Who may read the roll may not touch ballots, and the other way round."""
    on_roll, on_board = allowed(roles, "Roll"), allowed(roles, "Board")
    for name in set(on_roll) & set(on_board):
        for action in on_board[name]:
            assert not [key for key in leading_keys(roles[name], "Board", action) if key.startswith("BALLOT")], name


def test_vote_may_do_exactly_this(roles: Resources) -> None:
    vote = roles["VoteRole"]
    assert "VoteRole" not in allowed(roles, "Roll")
    assert allowed(roles, "Board")["VoteRole"] == {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert leading_keys(vote, "Board", "dynamodb:PutItem") == {"BALLOT#*"}
    assert leading_keys(vote, "Board", "dynamodb:GetItem") == {"BALLOT#*", "LOG#*", "MANIFEST#*", "STATE#*"}
    objects = [one for one in statements(vote) if "s3:GetObject" in as_list(one["Action"])]
    assert [one["Resource"] for one in objects] == [{"Fn::Sub": "${Bucket.Arn}/elections/*/tile/0/*"}]


def test_trustee_may_do_exactly_this(roles: Resources) -> None:
    """It knows trustees: no voter, no ballot, and no key that could be unwrapped."""
    trustee = roles["TrusteeRole"]
    assert {action for statement in statements(trustee) for action in as_list(statement["Action"])} == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "sqs:SendMessage"),
        *("s3:GetObject", "s3:ListBucket", "states:SendTaskSuccess"),
    }
    for action in allowed(roles, "Roll")["TrusteeRole"]:
        assert leading_keys(trustee, "Roll", action) == {"TRUSTEES#*"}
    assert leading_keys(trustee, "Board", "dynamodb:GetItem") == {"MANIFEST#*", "OPENING#*"}
    assert leading_keys(trustee, "Board", "dynamodb:PutItem") == {"OPENING#*"}
    assert "OpeningRole" not in allowed(roles, "Roll")


def test_each_private_key_is_unwrapped_by_one_kind_of_function(roles: Resources) -> None:
    unwraps = {
        (name, purpose)
        for name, role in roles.items()
        for statement in statements(role)
        if "kms:Decrypt" in as_list(statement["Action"])
        for purpose in as_list(statement["Condition"]["StringEquals"]["kms:EncryptionContext:purpose"])
    }
    assert unwraps == {
        ("RegisterRole", "issuer"),
        ("RegisterRole", "issuance"),
        ("VoteRole", "receipt"),
        ("SequencerRole", "log"),
        ("CountRole", "election"),
    }


def test_only_organise_passes_a_role_and_only_to_the_scheduler(roles: Resources) -> None:
    passing = [
        (name, statement["Condition"])
        for name, role in roles.items()
        for statement in statements(role)
        if "iam:PassRole" in as_list(statement["Action"])
    ]
    assert passing == [("OrganiseRole", {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}})]


def test_what_starts_due_counts_may_do_exactly_this(roles: Resources) -> None:
    due = roles["DueRole"]
    assert {action for statement in statements(due) for action in as_list(statement["Action"])} == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
        *("states:StartExecution", "states:DescribeExecution", "sqs:SendMessage"),
    }
    assert "DueRole" not in allowed(roles, "Board")
    assert leading_keys(due, "Roll", "dynamodb:Query") == {"DUE", "JOBS", "MILESTONES", "BOUNCES"}
    assert leading_keys(due, "Roll", "dynamodb:PutItem") == {"DUE", "MILESTONES"}
    assert leading_keys(due, "Roll", "dynamodb:DeleteItem") == {"DUE", "MILESTONES", "BOUNCES"}
    assert leading_keys(due, "Roll", "dynamodb:UpdateItem") == {"JOBS", "BOUNCES"}
    [sending] = [one for one in statements(due) if "sqs:SendMessage" in as_list(one["Action"])]
    assert sending["Resource"] == [{"Fn::GetAtt": [name, "Arn"]} for name in ("JobsQueue", "MailQueue")]
    [starting] = [one for one in statements(due) if "states:StartExecution" in as_list(one["Action"])]
    assert starting["Resource"] == {"Ref": "CloseMachine"}


def test_the_clock_wakes_one_function_by_two_services(roles: Resources, expanded: Resources) -> None:
    """A rule of EventBridge, and the schedules that organise makes: neither may do anything else."""
    rules = [one["Properties"] for one in expanded.values() if one["Type"] == "AWS::Events::Rule"]
    assert [(rule["ScheduleExpression"], len(rule["Targets"])) for rule in rules] == [("rate(1 minute)", 1)]
    assert rules[0]["Targets"][0]["Arn"] == {"Fn::GetAtt": ["DueFunction", "Arn"]}
    [waking] = list(statements(roles["SchedulerRole"]))
    assert (waking["Action"], waking["Resource"]) == ("lambda:InvokeFunction", {"Fn::GetAtt": ["DueFunction", "Arn"]})


def test_function_policies_stay_under_the_limit(expanded: Resources) -> None:
    """Lambda allows 20 KB of resource policy; a permission is one statement of it."""
    sizes: dict[str, int] = {}
    for resource in expanded.values():
        if resource["Type"] == "AWS::Lambda::Permission":
            function = json.dumps(resource["Properties"]["FunctionName"])
            sizes[function] = sizes.get(function, 0) + 450
    assert max(sizes.values()) < 20 * 1024
