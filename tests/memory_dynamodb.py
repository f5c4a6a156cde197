"""As much of DynamoDB and S3 as the log's writer needs, in dicts: quick for property tests, and right under threads.

Puts, reads and transactions with the conditions that the stores write; the stores' own tests hold moto (and DynamoDB
Local) to the same.
"""

import operator
import re
from collections.abc import Iterator
from io import BytesIO
from threading import Lock
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

Wire = dict[str, Any]
ITEM = 400 * 1024
"""Bytes of an item, names included (DynamoDB's own limit)."""
COMPARE = {"=": operator.eq, "<>": operator.ne, "<": operator.lt}


class ConditionalCheckFailedException(ClientError): ...


class TransactionCanceledException(ClientError): ...


class NoSuchKey(ClientError): ...


class MemoryDynamoDB:
    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        TransactionCanceledException=TransactionCanceledException,
        NoSuchKey=NoSuchKey,
    )

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], Wire] = {}
        self._objects: dict[str, bytes] = {}
        self._lock = Lock()

    def put_object(self, **request: Any) -> Wire:
        self._objects[request["Key"]] = request["Body"]
        return {}

    def get_object(self, **request: Any) -> Wire:
        if request["Key"] not in self._objects:
            raise NoSuchKey({}, "GetObject")
        return {"Body": BytesIO(self._objects[request["Key"]])}

    def query(self, **request: Any) -> Wire:
        """Of one partition, by a prefix of the sort key, in one page."""
        values = request["ExpressionAttributeValues"]
        pk, prefix = values[":pk"]["S"], values[":prefix"]["S"]
        after = request.get("ExclusiveStartKey", {"sk": {"S": ""}})["sk"]["S"]
        with self._lock:
            keys = sorted(key for key in self._items if key[0] == pk and key[1].startswith(prefix) and key[1] > after)
            return {"Items": [self._items[key] for key in keys[: request.get("Limit")]]}

    def get_item(self, **request: Any) -> Wire:
        found = self._items.get(_key(request["Key"]))
        return {"Item": found} if found else {}

    def batch_get_item(self, **request: Any) -> Wire:
        [(table, wanted)] = request["RequestItems"].items()
        assert len(wanted["Keys"]) <= 100
        return {"Responses": {table: [self._items[key] for key in map(_key, wanted["Keys"]) if key in self._items]}}

    def put_item(self, **put: Any) -> None:
        _require_small(put["Item"], "PutItem")
        with self._lock:
            if not self._allows(put):
                answer = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": self._standing(put)}
                raise ConditionalCheckFailedException(answer, "PutItem")
            self._items[_key(put["Item"])] = put["Item"]

    def transact_write_items(self, **request: Any) -> None:
        puts = [write["Put"] for write in request["TransactItems"]]
        assert len(puts) <= 100
        assert len({_key(put["Item"]) for put in puts}) == len(puts)
        for put in puts:
            _require_small(put["Item"], "TransactWriteItems")
        with self._lock:
            if not all(map(self._allows, puts)):
                reasons = [
                    {"Code": "None"}
                    if self._allows(put)
                    else {"Code": "ConditionalCheckFailed", "Item": self._standing(put)}
                    for put in puts
                ]
                answer = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
                raise TransactionCanceledException(answer, "TransactWriteItems")
            self._items.update((_key(put["Item"]), put["Item"]) for put in puts)

    def _standing(self, put: Wire) -> Wire:
        return self._items.get(_key(put["Item"]), {})

    def _allows(self, put: Wire) -> bool:
        standing, alternatives = self._standing(put), put.get("ConditionExpression", "").split(" OR ")
        return alternatives == [""] or any(_holds(atom, standing, put) for atom in alternatives)


def _require_small(item: Wire, operation: str) -> None:
    if (
        sum(len(name) + len(str(content) if kind == "BOOL" else content) for name, kind, content in _attributes(item))
        > ITEM
    ):
        raise ClientError({"Error": {"Code": "ValidationException", "Message": "item too large"}}, operation)


def _attributes(item: Wire) -> Iterator[tuple[str, str, Any]]:
    for name, value in item.items():
        [(kind, content)] = value.items()
        yield name, kind, content


def _holds(atom: str, standing: Wire, put: Wire) -> bool:
    if atom == "attribute_not_exists(pk)":
        return not standing
    match = re.fullmatch(r"(#\w+) (=|<>|<) (:\w+)", atom)
    assert match, f"not a condition that this fake knows: {atom}"
    name, comparison, value = match.groups()
    found = standing.get(put["ExpressionAttributeNames"][name])
    wanted = put["ExpressionAttributeValues"][value]
    return found is not None and COMPARE[comparison](_plain(found), _plain(wanted))


def _plain(value: Wire) -> Any:
    [(kind, content)] = value.items()
    return int(content) if kind == "N" else content


def _key(item: Wire) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]
