"""`dynamodb:LeadingKeys` of every kind of request that the functions make."""

from typing import Any

import pytest

from ballotcast_cli.stack.emulator.leading_keys import leading_keys

BALLOT = {"pk": {"S": "BALLOT#1"}, "sk": {"S": "a"}}
MANIFEST = {"pk": {"S": "MANIFEST#1"}, "sk": {"S": "a"}}
VOTER = {"pk": {"S": "VOTER#1"}, "sk": {"S": "a"}}
TRANSACTION = {
    "TransactItems": [
        {"Put": {"TableName": "board", "Item": {**BALLOT, "b": {"B": ""}}}},
        {"Put": {"TableName": "roll", "Item": VOTER}},
        {"Update": {"TableName": "board", "Key": MANIFEST}},
        {"ConditionCheck": {"TableName": "board", "Key": VOTER}},
        {"Delete": {"TableName": "board", "Key": BALLOT}},
    ]
}


def partition_key(table: str, index: str | None) -> str | None:
    return {("board", None): "pk", ("roll", None): "pk", ("board", "by-name"): "name"}.get((table, index))


def query(condition: str, **values: str) -> dict[str, Any]:
    return {
        "TableName": "board",
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {"#p": "pk", "#s": "sk"},
        "ExpressionAttributeValues": {f":{name}": {"S": value} for name, value in values.items()},
    }


@pytest.mark.parametrize(
    ("action", "request_", "keys"),
    [
        ("GetItem", {"TableName": "board", "Key": BALLOT}, ["BALLOT#1"]),
        ("PutItem", {"TableName": "board", "Item": MANIFEST}, ["MANIFEST#1"]),
        ("UpdateItem", {"TableName": "board", "Key": BALLOT}, ["BALLOT#1"]),
        ("Query", query("pk = :p", p="BALLOT#2"), ["BALLOT#2"]),
        ("Query", query("#p = :p AND begins_with(#s, :s)", p="BALLOT#2", s="x"), ["BALLOT#2"]),
        ("Query", query("sk = :s and #p=:p", p="BALLOT#2", s="MANIFEST#1"), ["BALLOT#2"]),
        ("Query", {**query("#n = :n", n="relay"), "IndexName": "by-name"}, None),
        ("Query", {**query("name = :n", n="relay"), "IndexName": "by-name"}, ["relay"]),
        (
            "Query",
            {"TableName": "board", "KeyConditions": {"pk": {"AttributeValueList": [{"S": "LOG#1"}]}}},
            ["LOG#1"],
        ),
        ("Scan", {"TableName": "board"}, None),
        ("PartiQLSelect", {"Statement": 'SELECT * FROM "board"'}, None),
        ("BatchGetItem", {"RequestItems": {"board": {"Keys": [BALLOT, MANIFEST]}}}, ["BALLOT#1", "MANIFEST#1"]),
        ("BatchGetItem", {"RequestItems": {"roll": {"Keys": [VOTER]}}}, None),
        (
            "BatchWriteItem",
            {
                "RequestItems": {
                    "board": [{"PutRequest": {"Item": BALLOT}}, {"DeleteRequest": {"Key": MANIFEST}}],
                    "roll": [{"PutRequest": {"Item": VOTER}}],
                }
            },
            ["BALLOT#1", "MANIFEST#1"],
        ),
        ("PutItem", TRANSACTION, ["BALLOT#1"]),
        ("UpdateItem", TRANSACTION, ["MANIFEST#1"]),
        ("ConditionCheckItem", TRANSACTION, ["VOTER#1"]),
        ("DeleteItem", TRANSACTION, ["BALLOT#1"]),
        ("GetItem", TRANSACTION, None),
        ("GetItem", {"TransactItems": [{"Get": {"TableName": "board", "Key": VOTER}}]}, ["VOTER#1"]),
    ],
)
def test_keys_of(action: str, request_: dict[str, Any], keys: list[str] | None) -> None:
    assert leading_keys(f"dynamodb:{action}", "board", request_, partition_key) == keys


def test_an_unknown_table_has_no_keys() -> None:
    assert leading_keys("dynamodb:GetItem", "other", {"TableName": "other", "Key": BALLOT}, partition_key) is None
