"""moto at a bearable cost; what is written, refused and answered is its own doing as before.

It has a way in for each service of AWS, made again for each test: here only for those that the product uses. It copies
the whole table once for each item of a transaction: here only the items that a transaction touches are kept, and put
back if it is cancelled. It seeks every possible type in every value of an answer: here those that are text, numbers and
truth are taken as they are.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import Any
from unittest.mock import patch

from moto import backend_index
from moto.core import responses
from moto.core.serialize import JSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.sqs import models as sqs

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


_serialize = JSONSerializer._serialize_type_structure
PLAIN = {"S", "N", "BOOL", "NULL", "SS", "NS"}


def _serialize_plainly(serializer: Any, serialized: dict[str, Any], value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue" and key and type(value) is dict and value.keys() <= PLAIN:
        serialized[key] = value
    else:
        _serialize(serializer, serialized, value, shape, key)


SERVICES = re.compile("dynamodb|events|iam|kms|lambda|s3|scheduler|secretsmanager|ses|sns|sqs|stepfunctions|sts")
_PATTERNS = [(name, pattern) for name, pattern in backend_index.backend_url_patterns if SERVICES.fullmatch(name)]
_underscored = cache(responses.camelcase_to_underscores)
_method_names = cache(responses.method_names_from_class)


@contextmanager
def bearable() -> Iterator[None]:
    """Around `mock_aws`."""
    with (
        patch.object(responses, "camelcase_to_underscores", _underscored),
        patch.object(sqs, "camelcase_to_underscores", _underscored),
        patch.object(responses, "method_names_from_class", _method_names),
        patch.object(backend_index, "backend_url_patterns", _PATTERNS),
        patch.object(JSONSerializer, "_serialize_type_structure", _serialize_plainly),
        patch.object(DynamoDBBackend, "transact_write_items", _transact_touching),
        patch.object(Table, "__deepcopy__", lambda table, memo: table, create=True),
    ):
        yield
