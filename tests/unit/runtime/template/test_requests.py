"""The rights that every kind of call needs."""

from typing import Any

import pytest

from ballotcast_tools.runtime.template.requests import UnknownCall, asked
from granted_calls import ARN, key

BALLOT, MANIFEST, VOTER = key("BALLOT#1"), key("MANIFEST#1"), key("VOTER#1")
BOARD, ROLL = "arn:aws:dynamodb:eu-west-1:000000000000:table/Board", ARN.format("dynamodb", "table/Roll")
MAILS = {"QueueUrl": "http://sqs.local/000000000000/MailQueue"}
OBJECT = {"Bucket": "Bucket", "Key": "imports/e/0"}
SIGNED = {"ClientMethod": "get_object", "Params": OBJECT, "ExpiresIn": 60}


def query(condition: str, **values: str) -> dict[str, Any]:
    return {
        "TableName": "Board",
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {"#p": "pk", "#s": "sk"},
        "ExpressionAttributeValues": {f":{name}": {"S": value} for name, value in values.items()},
    }


@pytest.mark.parametrize(
    ("method", "arguments", "action", "keys"),
    [
        ("get_item", {"TableName": "Board", "Key": BALLOT}, "GetItem", ["BALLOT#1"]),
        ("put_item", {"TableName": "Board", "Item": MANIFEST}, "PutItem", ["MANIFEST#1"]),
        ("update_item", {"TableName": "Board", "Key": BALLOT}, "UpdateItem", ["BALLOT#1"]),
        ("delete_item", {"TableName": "Board", "Key": BALLOT}, "DeleteItem", ["BALLOT#1"]),
        ("query", query("pk = :p", p="BALLOT#2"), "Query", ["BALLOT#2"]),
        ("query", query("#p = :p AND begins_with(#s, :s)", p="BALLOT#2", s="x"), "Query", ["BALLOT#2"]),
        ("query", query("sk = :s and #p=:p", p="BALLOT#2", s="MANIFEST#1"), "Query", ["BALLOT#2"]),
        ("query", query("sk = :s", s="MANIFEST#1"), "Query", None),
        ("scan", {"TableName": "Board"}, "Scan", None),
        (
            "batch_get_item",
            {"RequestItems": {"Board": {"Keys": [BALLOT, MANIFEST]}}},
            "BatchGetItem",
            ["BALLOT#1", "MANIFEST#1"],
        ),
        (
            "batch_write_item",
            {"RequestItems": {"Board": [{"PutRequest": {"Item": BALLOT}}, {"DeleteRequest": {"Key": MANIFEST}}]}},
            "BatchWriteItem",
            ["BALLOT#1", "MANIFEST#1"],
        ),
        (
            "transact_get_items",
            {"TransactItems": [{"Get": {"TableName": "Board", "Key": VOTER}}]},
            "GetItem",
            ["VOTER#1"],
        ),
    ],
)
def test_a_request_to_a_table(method: str, arguments: dict[str, Any], action: str, keys: list[str] | None) -> None:
    context = {} if keys is None else {"dynamodb:LeadingKeys": tuple(keys)}
    assert list(asked("dynamodb", method, arguments)) == [(f"dynamodb:{action}", BOARD, context)]


def test_an_index_is_another_resource_and_has_other_keys() -> None:
    arguments = {**query("pk = :p", p="BALLOT#2"), "IndexName": "by-name"}
    assert list(asked("dynamodb", "query", arguments)) == [("dynamodb:Query", f"{BOARD}/index/by-name", {})]


def test_a_batch_asks_for_each_of_its_tables() -> None:
    request = {"RequestItems": {"Board": {"Keys": [BALLOT]}, "Roll": {"Keys": [VOTER]}}}
    assert list(asked("dynamodb", "batch_get_item", request)) == [
        ("dynamodb:BatchGetItem", BOARD, {"dynamodb:LeadingKeys": ("BALLOT#1",)}),
        ("dynamodb:BatchGetItem", ROLL, {"dynamodb:LeadingKeys": ("VOTER#1",)}),
    ]


def test_a_transaction_asks_for_each_of_its_items_alone() -> None:
    items = [
        {"Put": {"TableName": "Board", "Item": {**BALLOT, "b": {"B": b""}}}},
        {"Put": {"TableName": "Roll", "Item": VOTER}},
        {"Update": {"TableName": "Board", "Key": MANIFEST}},
        {"ConditionCheck": {"TableName": "Board", "Key": VOTER}},
        {"Delete": {"TableName": "Board", "Key": BALLOT}},
    ]
    assert list(asked("dynamodb", "transact_write_items", {"TransactItems": items, "ClientRequestToken": "t"})) == [
        ("dynamodb:PutItem", BOARD, {"dynamodb:LeadingKeys": ("BALLOT#1",)}),
        ("dynamodb:PutItem", ROLL, {"dynamodb:LeadingKeys": ("VOTER#1",)}),
        ("dynamodb:UpdateItem", BOARD, {"dynamodb:LeadingKeys": ("MANIFEST#1",)}),
        ("dynamodb:ConditionCheckItem", BOARD, {"dynamodb:LeadingKeys": ("VOTER#1",)}),
        ("dynamodb:DeleteItem", BOARD, {"dynamodb:LeadingKeys": ("BALLOT#1",)}),
    ]


@pytest.mark.parametrize(
    ("service", "method", "arguments", "action", "resource", "context"),
    [
        ("sqs", "send_message", MAILS, "sqs:SendMessage", ARN.format("sqs", "MailQueue"), {}),
        ("sqs", "send_message_batch", MAILS, "sqs:SendMessage", ARN.format("sqs", "MailQueue"), {}),
        ("sqs", "receive_message", MAILS, "sqs:ReceiveMessage", ARN.format("sqs", "MailQueue"), {}),
        ("sqs", "delete_message_batch", MAILS, "sqs:DeleteMessage", ARN.format("sqs", "MailQueue"), {}),
        (
            *("sqs", "change_message_visibility_batch", {"QueueUrl": "http://sqs.local/000000000000/Q.fifo"}),
            *("sqs:ChangeMessageVisibility", ARN.format("sqs", "Q.fifo"), {}),
        ),
        ("s3", "get_object", OBJECT, "s3:GetObject", "arn:aws:s3:::Bucket/imports/e/0", {}),
        ("s3", "put_object", OBJECT, "s3:PutObject", "arn:aws:s3:::Bucket/imports/e/0", {}),
        ("s3", "upload_file", OBJECT, "s3:PutObject", "arn:aws:s3:::Bucket/imports/e/0", {}),
        ("s3", "delete_object", OBJECT, "s3:DeleteObject", "arn:aws:s3:::Bucket/imports/e/0", {}),
        ("s3", "generate_presigned_url", SIGNED, "s3:GetObject", "arn:aws:s3:::Bucket/imports/e/0", {}),
        ("s3", "list_objects_v2", {"Bucket": "Bucket"}, "s3:ListBucket", "arn:aws:s3:::Bucket", {}),
        (
            *("s3", "list_objects_v2", {"Bucket": "Bucket", "Prefix": "dead/"}),
            *("s3:ListBucket", "arn:aws:s3:::Bucket", {"s3:prefix": "dead/"}),
        ),
        (
            *("kms", "decrypt", {"KeyId": "Key", "EncryptionContext": {"purpose": "log", "election": "e"}}),
            *("kms:Decrypt", ARN.format("kms", "key/Key")),
            {"kms:EncryptionContext:purpose": "log", "kms:EncryptionContext:election": "e"},
        ),
        (
            *("secretsmanager", "get_secret_value", {"SecretId": "RollSecret"}),
            *("secretsmanager:GetSecretValue", ARN.format("secretsmanager", "secret:RollSecret"), {}),
        ),
        ("sns", "publish", {"PhoneNumber": "+43123", "Message": "m"}, "sns:Publish", "+43123", {}),
        ("sns", "publish", {"TopicArn": "arn:aws:sns:x"}, "sns:Publish", "arn:aws:sns:x", {}),
        (
            *("stepfunctions", "start_execution", {"stateMachineArn": ARN.format("states", "stateMachine:M")}),
            *("states:StartExecution", ARN.format("states", "stateMachine:M"), {}),
        ),
        ("stepfunctions", "send_task_success", {"taskToken": "t"}, "states:SendTaskSuccess", "*", {}),
        ("lambda", "invoke", {"FunctionName": "F"}, "lambda:InvokeFunction", ARN.format("lambda", "function:F"), {}),
    ],
)
def test_a_request_to_another_service(
    service: str, method: str, arguments: dict[str, Any], action: str, resource: str, context: dict[str, str]
) -> None:
    assert list(asked(service, method, arguments)) == [(action, resource, context)]


@pytest.mark.parametrize(
    ("source", "verified", "identity"),
    [
        ("ballots@example.org", "example.org", "example.org"),
        ("Ballots <ballots@example.org>", "example.org", "example.org"),
        ("ballots@example.org", "ballots@example.org", "ballots@example.org"),
        ("other@example.org", "ballots@example.org", "example.org"),
    ],
)
def test_a_mail_asks_for_the_senders_identity(source: str, verified: str, identity: str) -> None:
    rights = asked("ses", "send_raw_email", {"Source": source}, mail_identity=verified)
    assert list(rights) == [("ses:SendRawEmail", ARN.format("ses", f"identity/{identity}"), {})]


def test_a_mail_asks_for_its_configuration_set_as_well() -> None:
    _, second = asked("ses", "send_raw_email", {"Source": "a@example.org", "ConfigurationSetName": "C"})
    assert second == ("ses:SendRawEmail", ARN.format("ses", "configuration-set/C"), {})


def test_a_schedule_passes_a_role() -> None:
    arguments = {"Name": "close-e", "GroupName": "Schedules", "Target": {"RoleArn": "arn:aws:iam::1:role/R"}}
    assert list(asked("scheduler", "create_schedule", arguments)) == [
        ("scheduler:CreateSchedule", ARN.format("scheduler", "schedule/Schedules/close-e"), {}),
        ("iam:PassRole", "arn:aws:iam::1:role/R", {"iam:PassedToService": "scheduler.amazonaws.com"}),
    ]


def test_an_unknown_call_is_refused_before_it_is_carried_out() -> None:
    with pytest.raises(UnknownCall, match=r"dynamodb\.execute_statement"):
        asked("dynamodb", "execute_statement", {"Statement": 'SELECT * FROM "Board"'})
