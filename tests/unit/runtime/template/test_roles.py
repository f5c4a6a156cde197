"""IAM's evaluation: who wins, what patterns match, and what conditions say of keys that are absent."""

import pickle
from typing import Any

import pytest

from ballotcast_tools.runtime.template.errors import TemplateError
from ballotcast_tools.runtime.template.roles import Context, Role

TABLE = "arn:aws:dynamodb:eu-west-1:000000000000:table/Board"
ALLOW = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}
LEADING = "dynamodb:LeadingKeys"


def allows(statement: dict[str, Any], action: str, resource: str, context: Context | None = None) -> bool:
    return Role("R", [{"Effect": "Allow", "Action": "*", "Resource": "*"} | statement]).allows(
        action, resource, context or {}
    )


def test_what_nothing_allows_is_refused() -> None:
    assert not Role("R", []).allows("dynamodb:GetItem", TABLE, {})


@pytest.mark.parametrize("first", ["Allow", "Deny"])
def test_a_denial_wins_wherever_it_is(first: str) -> None:
    deny = {**ALLOW, "Effect": "Deny", "Action": "dynamodb:*"}
    role = Role("R", [ALLOW, deny] if first == "Allow" else [deny, ALLOW])
    assert not role.allows("dynamodb:GetItem", TABLE, {})


def test_a_denial_of_something_else_does_not_matter() -> None:
    deny = {**ALLOW, "Effect": "Deny", "Condition": {"StringEquals": {"s3:prefix": "x"}}}
    role = Role("R", [ALLOW, deny])
    assert role.allows("dynamodb:GetItem", TABLE, {})
    assert not role.allows("dynamodb:GetItem", TABLE, {"s3:prefix": "x"})


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("dynamodb:GetItem", "dynamodb:GetItem", True),
        ("dynamodb:getitem", "dynamodb:GetItem", True),  # actions have no case
        ("dynamodb:Get*", "dynamodb:GetItem", True),
        ("dynamodb:Get*", "dynamodb:BatchGetItem", False),
        ("dynamodb:Ge?Item", "dynamodb:GetItem", True),
        ("dynamodb.GetItem", "dynamodb:GetItem", False),
        (["s3:*", "dynamodb:PutItem"], "dynamodb:GetItem", False),
    ],
)
def test_actions(pattern: str | list[str], action: str, matches: bool) -> None:
    assert allows({"Action": pattern}, action, TABLE) is matches


def test_every_action_but_some() -> None:
    role = Role("R", [{"Effect": "Allow", "NotAction": ["s3:*"], "Resource": "*"}])
    assert role.allows("dynamodb:GetItem", TABLE, {})
    assert not role.allows("s3:GetObject", "arn:aws:s3:::Bucket/x", {})


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("*", "*", True),
        (TABLE, TABLE, True),
        (TABLE, TABLE.lower(), False),
        (TABLE, f"{TABLE}2", False),
        (f"{TABLE}/index/*", f"{TABLE}/index/x", True),
        (f"{TABLE}/index/*", TABLE, False),
        ("arn:aws:s3:::Bucket/elections/*/issuance.csv", "arn:aws:s3:::Bucket/elections/e/issuance.csv", True),
        ("arn:aws:s3:::Bucket/elections/*/issuance.csv", "arn:aws:s3:::Bucket/elections/e/result.json", False),
        ("arn:aws:s3:::B?cket/*", "arn:aws:s3:::Bucket/a\nb", True),
        (["arn:aws:s3:::Bucket/a+", "arn:aws:s3:::x*"], "arn:aws:s3:::Bucket/aa", False),
    ],
)
def test_resources(pattern: str | list[str], resource: str, matches: bool) -> None:
    assert allows({"Resource": pattern}, "s3:GetObject", resource) is matches


def test_every_resource_but_some() -> None:
    role = Role("R", [{"Effect": "Allow", "Action": "sns:Publish", "NotResource": "arn:aws:sns:*:*:*"}])
    assert role.allows("sns:Publish", "+43123", {})
    assert not role.allows("sns:Publish", "arn:aws:sns:eu-west-1:000000000000:Feedback", {})


KEYED = {"ForAllValues:StringLike": {LEADING: ["BALLOT#*", "DUE"]}, "Null": {LEADING: "false"}}
IN_PREFIX = {"StringLike": {"s3:prefix": ["imports/*"]}}
PURPOSE = {"StringEquals": {"kms:EncryptionContext:purpose": "log"}}


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        (KEYED, {LEADING: ("BALLOT#1",)}, True),
        (KEYED, {LEADING: ("BALLOT#1", "DUE")}, True),
        (KEYED, {LEADING: ("BALLOT#1", "VOTER#1")}, False),
        (KEYED, {LEADING: ("DUE#1",)}, False),
        (KEYED, {LEADING: ()}, False),
        (KEYED, {}, False),
        ({"ForAllValues:StringLike": KEYED["ForAllValues:StringLike"]}, {}, True),
        ({"ForAllValues:StringLike": KEYED["ForAllValues:StringLike"]}, {LEADING: "VOTER#1"}, False),
        ({"Null": {LEADING: "true"}}, {}, True),
        ({"Null": {LEADING: "true"}}, {LEADING: ("x",)}, False),
        (IN_PREFIX, {"s3:prefix": "imports/e/"}, True),
        (IN_PREFIX, {"s3:prefix": "exports/imports/e/"}, False),
        (IN_PREFIX, {}, False),
        (PURPOSE, {"kms:EncryptionContext:purpose": "log"}, True),
        (PURPOSE, {"kms:EncryptionContext:purpose": "logs"}, False),
        (PURPOSE, {"kms:EncryptionContext:purpose": "LOG"}, False),
        (PURPOSE, {"kms:EncryptionContext:election": "log"}, False),
        (PURPOSE, {}, False),
        ({**IN_PREFIX, **PURPOSE}, {"s3:prefix": "imports/e"}, False),  # both must hold
    ],
)
def test_conditions(condition: dict[str, Any], context: Context, holds: bool) -> None:
    assert allows({"Condition": condition}, "dynamodb:GetItem", TABLE, context) is holds


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Principal": "*"}, "unknown element Principal"),
        ({"Effect": "allow"}, "Effect must be"),
        ({"NotAction": "s3:*"}, "either Action or NotAction"),
        ({"Action": 1}, "is not a string"),
        ({"Resource": "arn:aws:s3:::x/${aws:username}"}, "policy variables"),
        ({"Condition": {"StringNotEquals": {"s3:prefix": "x"}}}, r"StringNotEquals\.s3:prefix: unknown operator"),
        ({"Condition": {"StringEqualsIfExists": {"s3:prefix": "x"}}}, "unknown operator"),
        ({"Condition": {"ForAnyValue:StringLike": {"s3:prefix": "x"}}}, "unknown operator"),
        ({"Condition": {"StringLike": {LEADING: "x"}}}, "needs ForAllValues"),
        ({"Condition": {"StringLike": {"aws:SourceIp": "x"}}}, "unknown condition key"),
        ({"Condition": {"Null": {LEADING: "no"}}}, "must be 'true' or 'false'"),
    ],
)
def test_what_is_not_evaluated_is_an_error_at_once(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(TemplateError, match=reason) as refused:
        Role("VoteRole", [ALLOW, {**ALLOW, **change}])
    assert str(refused.value).startswith("VoteRole.Statement[1]")


def test_a_statement_needs_a_resource() -> None:
    with pytest.raises(TemplateError, match="either Resource or NotResource"):
        Role("R", [{"Effect": "Allow", "Action": "*"}])


def test_a_role_can_be_sent_to_another_process() -> None:
    role = pickle.loads(pickle.dumps(Role("R", [{**ALLOW, "Condition": KEYED}])))
    assert role.allows("dynamodb:GetItem", TABLE, {LEADING: ("DUE",)})
    assert not role.allows("dynamodb:GetItem", TABLE, {})
