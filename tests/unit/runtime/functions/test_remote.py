"""What the other end of a worker's socket may ask for: methods of services under its role, and nothing else."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ballotcast_tools.runtime.functions.messages import Disconnected, receive
from ballotcast_tools.runtime.functions.remote import RemoteClient, answer
from ballotcast_tools.runtime.services.clients import RoleClient
from ballotcast_tools.runtime.template.roles import Role

READS = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:eu-west-1:000000000000:table/T"}
ASKED = {"TableName": "T", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}


class Tables:
    def __init__(self) -> None:
        self.trimmed = False

    def get_item(self, **asked: Any) -> dict[str, Any]:
        return {"Item": asked["Key"]}

    def trim(self) -> None:
        self.trimmed = True


@pytest.fixture
def tables() -> Tables:
    return Tables()


@pytest.fixture
def theirs(tables: Tables) -> RoleClient:
    """The client at the runtime's end."""
    return RoleClient("dynamodb", tables, Role("tests", [READS]), "")


@pytest.fixture
def remote(theirs: RoleClient) -> Iterator[RemoteClient]:
    """The worker's end."""
    here, there = socket.socketpair()

    def serve() -> None:
        with there, suppress(Disconnected):
            while True:
                answer(there, receive(there)["ask"], {"dynamodb": theirs})

    serving = Thread(target=serve)
    serving.start()
    with here:
        yield RemoteClient("dynamodb", here, Lock())
    serving.join()


@pytest.mark.parametrize(
    ("method", "positional"),
    [
        ("__setattr__", ("_name", "sqs")),
        ("__init__", ("dynamodb", None, None, "")),
        ("__getattribute__", ("_service",)),
        ("__reduce__", ()),
        ("_require", ("get_item", ASKED)),
        ("_service", ()),
        ("trim", ()),
        ("close_all", ()),
        ("exceptions", ()),
    ],
)
def test_nothing_but_calls_that_a_role_knows(
    remote: RemoteClient, theirs: RoleClient, tables: Tables, method: str, positional: tuple[Any, ...]
) -> None:
    before = dict(vars(theirs))
    with pytest.raises(ClientError, match="InternalFailure"):
        remote._ask(method, positional, {})
    assert {name: value for name, value in vars(theirs).items() if name in before} == before
    assert not tables.trimmed
    assert remote.get_item(**ASKED) == {"Item": ASKED["Key"]}, "and it goes on"


def test_arguments_have_names_so_that_none_is_overlooked(remote: RemoteClient) -> None:
    with pytest.raises(ClientError, match="InternalFailure"):
        remote.get_item("T", ASKED["Key"])


@pytest.mark.parametrize(
    "asked",
    [
        {**ASKED, "TableName": "Other"},
        {**ASKED, "TableName": ["T"]},
        {**ASKED, "TableName": "T/index/x"},
        {**ASKED, "TableName": "t"},
    ],
    ids=lambda asked: str(asked["TableName"]),
)
def test_other_tables_by_whatever_name_are_refused(remote: RemoteClient, asked: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        remote.get_item(**asked)
