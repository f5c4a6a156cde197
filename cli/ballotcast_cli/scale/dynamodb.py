"""DynamoDB as a boto3 client has it, over SQLite: the calls that the stores make, counted and charged.

Items lie in a file, so that processes share them and none holds them in memory. A conformance test holds every call
to what moto and DynamoDB Local answer and charge. One process writes at a time; reads may go on beside it.
"""

import marshal
import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from threading import RLock
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from .capacity import Meter, item_size, read_units, write_units
from .expressions import Wire, holds, updated

PAGE = 1 << 20
"""Bytes that one Query reads at most."""
ITEM = 400 * 1024
"""Bytes of an item (DynamoDB's own limit)."""
BATCH = TRANSACTION = 100
Key = tuple[str, str, str]
"""(table, pk, sk)"""
_SCHEMA = """
    PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS item (
        tbl TEXT, pk TEXT, sk TEXT, content BLOB, PRIMARY KEY (tbl, pk, sk)
    ) WITHOUT ROWID;
"""


class ConditionalCheckFailedException(ClientError): ...


class TransactionCanceledException(ClientError): ...


TOKENS = 100


class SqliteDynamoDB:
    """`path`: of the file; `:memory:` for one of this process alone."""

    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        TransactionCanceledException=TransactionCanceledException,
    )

    def __init__(self, path: Path | str, meter: Meter) -> None:
        self.meter = meter
        self._lock = RLock()
        self._carried_out: deque[str] = deque(maxlen=TOKENS)
        """Threads read a roll together, and write its voters."""
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.executescript(_SCHEMA)

    def get_item(self, *, TableName: str, Key: Wire, ConsistentRead: bool = False) -> Wire:  # noqa: N803
        item = self._find(_key(TableName, Key))
        self._read("GetItem", read_units(item_size(item), consistent=ConsistentRead))
        return {"Item": item} if item else {}

    def batch_get_item(self, *, RequestItems: Wire) -> Wire:  # noqa: N803
        [(table, wanted)] = RequestItems.items()
        if len(wanted["Keys"]) > BATCH:
            raise _invalid("BatchGetItem", "too many keys")
        items = [self._find(_key(table, key)) for key in wanted["Keys"]]
        consistent = wanted.get("ConsistentRead", False)
        self._read("BatchGetItem", sum(read_units(item_size(item), consistent=consistent) for item in items))
        return {"Responses": {table: [item for item in items if item]}, "UnprocessedKeys": {}}

    def query(self, *, TableName: str, ExpressionAttributeValues: Wire, **asked: Any) -> Wire:  # noqa: N803
        pk, prefix = ExpressionAttributeValues[":pk"]["S"], ExpressionAttributeValues.get(":prefix", {"S": ""})["S"]
        newest = not asked.get("ScanIndexForward", True)
        after = asked.get("ExclusiveStartKey", {"sk": {"S": ""}})["sk"]["S"]
        beyond = ("sk < ?" if newest else "sk > ?") if after else "sk >= ?"
        before = ExpressionAttributeValues.get(":before", {"S": None})["S"]
        rows = self._db.execute(
            f"SELECT content FROM item WHERE tbl = ? AND pk = ? AND {beyond} AND substr(sk, 1, ?) = ? "  # noqa: S608
            f"AND (? IS NULL OR sk < ?) ORDER BY sk {'DESC' if newest else 'ASC'}",
            (TableName, pk, after, len(prefix), prefix, before, before),
        )
        items, size, more = _page(map(_item, rows), asked.get("Limit"))
        self._read("Query", read_units(size, consistent=asked.get("ConsistentRead", False)))
        return {"Items": items, **({"LastEvaluatedKey": _key_of(items[-1])} if more else {})}

    def put_item(self, **put: Any) -> Wire:
        self._write("PutItem", {"Put": put})
        return {}

    def update_item(self, **update: Any) -> Wire:
        return {"Attributes": self._write("UpdateItem", {"Update": update})}

    def delete_item(self, **delete: Any) -> Wire:
        self._write("DeleteItem", {"Delete": delete})
        return {}

    def transact_write_items(self, *, TransactItems: list[Wire], ClientRequestToken: str = "") -> Wire:  # noqa: N803
        """A token that was carried out is not carried out again; only the last ones are remembered."""
        with self._lock:
            if ClientRequestToken in self._carried_out:
                return {}
            wanted = [_Wanted(self, operation) for operation in TransactItems]
            if len(wanted) > TRANSACTION or len({each.key for each in wanted}) < len(wanted):
                raise _invalid("TransactWriteItems", "too many items, or one of them twice")
            self._charge("TransactWriteItems", wanted, 2)
            if not all(each.allowed for each in wanted):
                reasons = [{"Code": "None"} if each.allowed else each.refusal for each in wanted]
                told = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
                raise TransactionCanceledException(told, "TransactWriteItems")  # type: ignore[arg-type]
            self._db.execute("BEGIN IMMEDIATE")
            for each in wanted:
                self._keep(each)
            self._db.execute("COMMIT")
            if ClientRequestToken:
                self._carried_out.append(ClientRequestToken)
        return {}

    def _write(self, operation: str, write: Wire) -> Wire:
        with self._lock:
            wanted = _Wanted(self, write)
            self._charge(operation, [wanted], 1)
            if not wanted.allowed:
                error = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": wanted.standing}
                raise ConditionalCheckFailedException(error, operation)  # type: ignore[arg-type]
            self._keep(wanted)
        return wanted.after

    def _charge(self, operation: str, wanted: list["_Wanted"], times: int) -> None:
        sizes = [(item_size(each.standing), item_size(each.after)) for each in wanted]
        self.meter.requests[operation] += 1
        self.meter.writes += times * sum(write_units(before, after) for before, after in sizes)
        self.meter.largest = max(self.meter.largest, *(after for _, after in sizes))
        if any(after > ITEM for _, after in sizes):
            raise _invalid(operation, "Item size has exceeded the maximum allowed size")

    def _read(self, operation: str, units: float) -> None:
        with self._lock:
            self.meter.requests[operation] += 1
            self.meter.reads += units

    def _find(self, key: Key) -> Wire:
        row = self._db.execute("SELECT content FROM item WHERE tbl = ? AND pk = ? AND sk = ?", key).fetchone()
        return _item(row) if row else {}

    def _keep(self, wanted: "_Wanted") -> None:
        if wanted.after:
            content = marshal.dumps(wanted.after)
            self._db.execute("INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)", (*wanted.key, content))
        else:
            self._db.execute("DELETE FROM item WHERE tbl = ? AND pk = ? AND sk = ?", wanted.key)


class _Wanted:
    """One write: the item before and after it, and whether its condition holds."""

    def __init__(self, client: SqliteDynamoDB, operation: Wire) -> None:
        [(verb, write)] = operation.items()
        self.key = _key(write["TableName"], write["Item"] if verb == "Put" else write["Key"])
        self.standing = client._find(self.key)
        names, values = write.get("ExpressionAttributeNames", {}), write.get("ExpressionAttributeValues", {})
        condition = write.get("ConditionExpression")
        self.allowed = condition is None or holds(condition, self.standing, names, values)
        match verb:
            case "Put":
                self.after: Wire = write["Item"]
            case "Update":
                self.after = updated(write["UpdateExpression"], self.standing or write["Key"], names, values)
            case "Delete":
                self.after = {}
            case _:
                self.after = self.standing

    @property
    def refusal(self) -> Wire:
        return {"Code": "ConditionalCheckFailed", **({"Item": self.standing} if self.standing else {})}


def _page(items: Iterator[Wire], limit: int | None) -> tuple[list[Wire], int, bool]:
    """Items of one answer, their bytes, and whether it ended before them all."""
    page: list[Wire] = []
    size = 0
    for item in items:
        page.append(item)
        size += item_size(item)
        if len(page) == limit or size >= PAGE:
            return page, size, True
    return page, size, False


def _item(row: tuple[bytes]) -> Wire:
    item: Wire = marshal.loads(row[0])  # noqa: S302 - a file of our own
    return item


def _key(table: str, key: Wire) -> Key:
    return table, key["pk"]["S"], key["sk"]["S"]


def _key_of(item: Wire) -> Wire:
    return {"pk": item["pk"], "sk": item["sk"]}


def _invalid(operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationException", "Message": message}}, operation)
