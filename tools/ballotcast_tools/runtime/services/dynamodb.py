"""DynamoDB over SQLite: the calls and expressions that the stores have, with streams and expiry.

A conformance test holds every call to moto and to DynamoDB Local. What the stores do not ask for is an error here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from ballotcast.clock import Clock, system_clock
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction

from .errors import EXCEPTIONS, error
from .item_sizes import item_size
from .items import Wire, from_text
from .planned_writes import FIND, Key, TableKind, Tables, Write, invalid, keep, plan

DYNAMODB_SCHEMA = """
    CREATE TABLE IF NOT EXISTS item (
        tbl TEXT, pk TEXT, sk TEXT, content TEXT NOT NULL, expires INTEGER, PRIMARY KEY (tbl, pk, sk)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS item_expiry ON item (expires) WHERE expires IS NOT NULL;
    CREATE TABLE IF NOT EXISTS transaction_token (
        token TEXT PRIMARY KEY, digest BLOB NOT NULL, at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS transaction_token_age ON transaction_token (at);
"""
PAGE = 1 << 20
"""Bytes that one Query reads at most."""
BATCH = TRANSACTION = 100
TOKEN_LIFE = 600
"""Seconds for which a transaction's token is remembered."""
_CONDITION = re.compile(r"pk = :pk(?: AND (?:begins_with\(sk, :prefix\)|sk < :before))?")


class DynamoDB:
    """`tables`: by name; any other is not found."""

    exceptions = EXCEPTIONS

    def __init__(self, database: Database, tables: Mapping[str, TableKind], clock: Clock = system_clock) -> None:
        self._database = database
        self._tables = Tables(tables)
        self._clock = clock

    def get_item(self, *, TableName: str, Key: Wire, ConsistentRead: bool = False) -> Wire:
        item = self._read(self._tables.key(TableName, Key, "GetItem"))
        self.charge_read("GetItem", [item], consistent=ConsistentRead)
        return {"Item": item} if item else {}

    def batch_get_item(self, *, RequestItems: Wire) -> Wire:
        [(table, wanted)] = RequestItems.items()
        keys = [self._tables.key(table, key, "BatchGetItem") for key in wanted["Keys"]]
        if len(keys) > BATCH or len(set(keys)) < len(keys):
            raise invalid("BatchGetItem", "too many keys, or one of them twice")
        items = [self._read(key) for key in keys]
        self.charge_read("BatchGetItem", items, consistent=wanted.get("ConsistentRead", False))
        return {"Responses": {table: [item for item in items if item]}, "UnprocessedKeys": {}}

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ExpressionAttributeValues: Wire,
        **asked: Any,
    ) -> Wire:
        if not _CONDITION.fullmatch(KeyConditionExpression):
            raise ValueError(f"a key condition that the runtime does not know: {KeyConditionExpression}")
        self._tables.kind(TableName, "Query")
        values = {name: value["S"] for name, value in ExpressionAttributeValues.items()}
        newest, prefix = not asked.get("ScanIndexForward", True), values.get(":prefix", "")
        after = asked["ExclusiveStartKey"]["sk"]["S"] if "ExclusiveStartKey" in asked else None
        tests, given = ["tbl = ?", "pk = ?"], [TableName, values[":pk"]]
        for test, bound in (
            ("sk >= ?", prefix or None),
            ("sk < ?", _beyond(prefix)),
            ("sk < ?", values.get(":before")),
            ("sk < ?" if newest else "sk > ?", after),
        ):
            if bound is not None:
                tests.append(test)
                given.append(bound)
        rows = self._database.reader().execute(
            f"SELECT content FROM item WHERE {' AND '.join(tests)} ORDER BY sk {'DESC' if newest else 'ASC'}",  # noqa: S608
            given,
        )
        items, more = _page((from_text(text) for (text,) in rows), asked.get("Limit"))
        rows.close()  # an unfinished SELECT would keep the write-ahead log from being carried over
        self.charge_read("Query", items, consistent=asked.get("ConsistentRead", False), together=True)
        return {"Items": _projected(items, asked), **({"LastEvaluatedKey": _key_of(items[-1])} if more else {})}

    def put_item(self, **put: Any) -> Wire:
        self._write("PutItem", {"Put": put})
        return {}

    def update_item(self, **update: Any) -> Wire:
        after = self._write("UpdateItem", {"Update": update}).after
        return {"Attributes": after} if update.get("ReturnValues") == "ALL_NEW" else {}

    def delete_item(self, **delete: Any) -> Wire:
        self._write("DeleteItem", {"Delete": delete})
        return {}

    def transact_write_items(self, *, TransactItems: Sequence[Wire], ClientRequestToken: str = "") -> Wire:
        """A token that was carried out within ten minutes is not carried out again."""
        digest = sha256(repr(TransactItems).encode()).digest() if ClientRequestToken else b""

        def carry_out(transaction: Transaction) -> None:
            now = self._clock().timestamp()
            if ClientRequestToken and _was_carried_out(transaction, ClientRequestToken, digest, now):
                return
            writes = [plan(transaction, self._tables, operation, "TransactWriteItems") for operation in TransactItems]
            if not 1 <= len(writes) <= TRANSACTION or len({write.key for write in writes}) < len(writes):
                raise invalid("TransactWriteItems", "no items, too many, or one of them twice")
            self.charge_write("TransactWriteItems", writes, 2)
            if not all(write.allowed for write in writes):
                reasons = [write.refusal for write in writes]
                raise error("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
            for write in writes:
                keep(transaction, self._tables, write, now)
            if ClientRequestToken:
                transaction.execute(
                    "INSERT OR REPLACE INTO transaction_token VALUES (?, ?, ?)", (ClientRequestToken, digest, int(now))
                )

        self._database.write(carry_out)
        return {}

    def expire(self, most: int = 100) -> int:
        """Delete at most so many items whose time to live is over, and forget old tokens. Returns how many items."""

        def sweep(transaction: Transaction) -> int:
            now = self._clock().timestamp()
            found = transaction.execute(
                "SELECT tbl, pk, sk, content FROM item WHERE expires < ? LIMIT ?", (int(now), most)
            ).fetchall()
            for *key, text in found:
                keep(
                    transaction,
                    self._tables,
                    Write((key[0], key[1], key[2]), from_text(text), {}, True, False, text),
                    now,
                )
            transaction.execute("DELETE FROM transaction_token WHERE at < ?", (int(now) - TOKEN_LIFE,))
            return len(found)

        return self._database.write(sweep)

    def charge_read(self, operation: str, items: Sequence[Wire], *, consistent: bool, together: bool = False) -> None:
        """What a meter overrides; `together`: the sizes are added up before they are rounded."""

    def charge_write(self, operation: str, writes: Sequence[Write], times: int) -> None:
        """What a meter overrides."""

    def _write(self, operation: str, wanted: Wire) -> Write:
        def carry_out(transaction: Transaction) -> Write:
            write = plan(transaction, self._tables, wanted, operation)
            self.charge_write(operation, [write], 1)
            if not write.allowed:
                shown: Wire = {"Item": write.before} if write.before and write.shows_before else {}
                raise error("ConditionalCheckFailedException", operation, **shown)
            keep(transaction, self._tables, write, self._clock().timestamp())
            return write

        return self._database.write(carry_out)

    def _read(self, key: Key) -> Wire:
        row = self._database.reader().execute(FIND, key).fetchone()
        return from_text(row[0]) if row else {}


def _was_carried_out(transaction: Transaction, token: str, digest: bytes, now: float) -> bool:
    found = transaction.execute("SELECT digest, at FROM transaction_token WHERE token = ?", (token,)).fetchone()
    if not found or found[1] < now - TOKEN_LIFE:
        return False
    if found[0] != digest:
        raise error("IdempotentParameterMismatchException", "TransactWriteItems", "the token names other items")
    return True


def _page(items: Iterable[Wire], limit: int | None) -> tuple[list[Wire], bool]:
    """Items of one page, and whether it ended before them all."""
    page: list[Wire] = []
    size = 0
    for item in items:
        page.append(item)
        size += item_size(item)
        if len(page) == limit or size >= PAGE:
            return page, True
    return page, False


def _beyond(prefix: str) -> str | None:
    """The least string after all that begin with `prefix`; None if there is no end."""
    for at in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[at])
        if code < 0x10FFFF:
            return prefix[:at] + chr(0xE000 if code == 0xD7FF else code + 1)
    return None


def _projected(items: list[Wire], asked: Wire) -> list[Wire]:
    """Only the attributes that the projection names, each by a name of the request (`#tag`)."""
    if "ProjectionExpression" not in asked:
        return items
    names = [asked["ExpressionAttributeNames"][name] for name in asked["ProjectionExpression"].split(", ")]
    return [{name: item[name] for name in names if name in item} for item in items]


def _key_of(item: Wire) -> Wire:
    return {"pk": item["pk"], "sk": item["sk"]}
