"""Tables for the store tests: moto's, the embedded runtime's, and a real engine's where DYNAMODB_ENDPOINT names one."""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ballotcast.store.table import Table
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.scale.dynamodb import AnyTable
from bearable_moto import bearable

ENDPOINT = os.environ.get("DYNAMODB_ENDPOINT")
ENGINES = ["moto", "embedded", *(["dynamodb"] if ENDPOINT else [])]


@pytest.fixture(scope="module", params=ENGINES)
def dynamodb(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of one engine; making one takes longer than most tests."""
    options = {"region_name": "eu-central-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    if request.param == "dynamodb":
        yield boto3.client("dynamodb", endpoint_url=ENDPOINT, **options)
    elif request.param == "embedded":
        path = tmp_path_factory.mktemp("embedded") / "data"
        with closing(Database(path, [DYNAMODB_SCHEMA, STREAM_SCHEMA], synchronous="OFF")) as database:
            yield DynamoDB(database, AnyTable())
    else:
        with bearable(), mock_aws():
            yield boto3.client("dynamodb", **options)


def make_table(dynamodb: Any) -> Table:
    name, keys = f"table-{secrets.token_hex(8)}", (("pk", "HASH"), ("sk", "RANGE"))
    if isinstance(dynamodb, DynamoDB):  # it has every table
        return Table(dynamodb, name)
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
    )
    return Table(dynamodb, name)


@pytest.fixture
def roll(dynamodb: Any) -> Iterator[Table]:
    yield from made_and_deleted(dynamodb)


@pytest.fixture
def board(dynamodb: Any) -> Iterator[Table]:
    yield from made_and_deleted(dynamodb)


def made_and_deleted(dynamodb: Any) -> Iterator[Table]:
    table = make_table(dynamodb)
    yield table
    if not isinstance(dynamodb, DynamoDB):
        dynamodb.delete_table(TableName=table.name)
