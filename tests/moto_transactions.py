"""moto's transactions at a bearable cost: it copies the whole table once for each item of a transaction.

Here only the items that a transaction touches are kept, and put back if it is cancelled. What is written, refused and
answered is moto's own doing as before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_transact = DynamoDBBackend.transact_write_items


def _transact_touching(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    before = [_item(backend, operation) for entry in transact_items for operation in entry.values()]
    try:
        _transact(backend, transact_items)
    except Exception:
        for partition, key, item in before:
            partition.pop(key, None)
            if item is not None:
                partition[key] = item
        raise


def _item(backend: DynamoDBBackend, operation: dict[str, Any]) -> tuple[dict[Any, Any], DynamoType, Any]:
    key = operation.get("Key") or operation["Item"]
    partition = backend.tables[operation["TableName"]].items[DynamoType(key["pk"])]
    sort_key = DynamoType(key["sk"])
    return partition, sort_key, deepcopy(partition.get(sort_key))


@contextmanager
def transactions_by_item() -> Iterator[None]:
    with (
        patch.object(DynamoDBBackend, "transact_write_items", _transact_touching),
        patch.object(Table, "__deepcopy__", lambda table, memo: table, create=True),
    ):
        yield
