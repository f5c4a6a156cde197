"""Tables for the store tests: moto's always, and those of a real engine too when DYNAMODB_ENDPOINT names one."""

import os
import secrets
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ballotcast.store.table import Table
from bearable_moto import bearable

ENDPOINT = os.environ.get("DYNAMODB_ENDPOINT")
ENGINES = ["moto", "dynamodb"] if ENDPOINT else ["moto"]


@pytest.fixture(scope="module", params=ENGINES)
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A boto3 client of one engine; making one takes longer than most tests."""
    options = {"region_name": "eu-central-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    if request.param == "dynamodb":
        yield boto3.client("dynamodb", endpoint_url=ENDPOINT, **options)
    else:
        with bearable(), mock_aws():
            yield boto3.client("dynamodb", **options)


def make_table(dynamodb: Any) -> Table:
    name, keys = f"table-{secrets.token_hex(8)}", (("pk", "HASH"), ("sk", "RANGE"))
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
    )
    return Table(dynamodb, name)


@pytest.fixture
def roll(dynamodb: Any) -> Iterator[Table]:
    table = make_table(dynamodb)
    yield table
    dynamodb.delete_table(TableName=table.name)


@pytest.fixture
def board(dynamodb: Any) -> Iterator[Table]:
    table = make_table(dynamodb)
    yield table
    dynamodb.delete_table(TableName=table.name)
