"""Writes as DynamoDB plans them: the item before and after, whether the condition holds, and what the stream shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from ballotcast_tools.runtime.storage.writer import Transaction

from . import streams
from .errors import error
from .expressions import NoSuchPath, holds, updated
from .item_sizes import item_size
from .items import Wire, from_text, to_text

ITEM = 400 * 1024
"""Bytes of an item (DynamoDB's own limit, like those below)."""
PK, SK = 2048, 1024
FIND = "SELECT content FROM item WHERE tbl = ? AND pk = ? AND sk = ?"
_KEEP = "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?)"
_DROP = "DELETE FROM item WHERE tbl = ? AND pk = ? AND sk = ?"
Key = tuple[str, str, str]
"""(table, pk, sk)"""


@dataclass(frozen=True)
class TableKind:
    """`stream_view`: as CloudFormation names it, or empty. `expires_by`: the attribute with the time to live."""

    stream_view: str = ""
    expires_by: str | None = None


@dataclass
class Write:
    """One write of a request: the item before and after it, and whether its condition holds."""

    key: Key
    before: Wire
    after: Wire
    allowed: bool
    shows_before: bool
    text_before: str | None

    @property
    def refusal(self) -> Wire:
        if self.allowed:
            return {"Code": "None"}
        return {
            "Code": "ConditionalCheckFailed",
            **({"Item": self.before} if self.before and self.shows_before else {}),
        }


class Tables:
    """The tables there are. Each raises ClientError for what DynamoDB refuses."""

    def __init__(self, kinds: Mapping[str, TableKind]) -> None:
        self.kinds = kinds

    def kind(self, table: str, operation: str) -> TableKind:
        try:
            return self.kinds[table]
        except KeyError:
            raise error("ResourceNotFoundException", operation, f"there is no table {table}") from None

    def key(self, table: str, key: Wire, operation: str) -> Key:
        self.kind(table, operation)
        try:
            pk, sk = key["pk"]["S"], key["sk"]["S"]
        except KeyError:
            raise invalid(operation, "a key is missing, or is not a string") from None
        if not (0 < len(pk.encode()) <= PK and 0 < len(sk.encode()) <= SK):
            raise invalid(operation, "a key is empty or too long")
        return table, pk, sk


def plan(transaction: Transaction, tables: Tables, operation: Wire, name: str) -> Write:
    """Return what a write of a request (`{"Put": …}`) would do; `name`: of the request. Raises ClientError."""
    [(verb, asked)] = operation.items()
    key = tables.key(asked["TableName"], asked["Item"] if verb == "Put" else asked["Key"], name)
    row = transaction.execute(FIND, key).fetchone()
    text = row[0] if row else None
    before = from_text(text) if text else {}
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
    condition = asked.get("ConditionExpression")
    allowed = condition is None or holds(condition, before, names, values)
    match verb:
        case "Put":
            after: Wire = asked["Item"]
        case "Update":
            start = before or {"pk": asked["Key"]["pk"], "sk": asked["Key"]["sk"]}
            try:
                after = updated(asked["UpdateExpression"], start, names, values) if allowed else before
            except NoSuchPath as fault:
                raise invalid(name, str(fault)) from None
        case "Delete":
            after = {}
        case "ConditionCheck":
            after = before
        case _:
            raise ValueError(f"a transaction's {verb}")
    if after is not before and item_size(after) > ITEM:
        raise invalid(name, "Item size has exceeded the maximum allowed size")
    shows = asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return Write(key, before, after, allowed, shows, text)


def keep(transaction: Transaction, tables: Tables, write: Write, now: float) -> None:
    """Carry a write out, and add it to the stream of its table."""
    if write.after is write.before:
        return
    kind, text = tables.kinds[write.key[0]], to_text(write.after) if write.after else None
    if text is None:
        transaction.execute(_DROP, write.key)
    else:
        expires = write.after.get(kind.expires_by, {}).get("N") if kind.expires_by else None
        transaction.execute(_KEEP, (*write.key, text, int(float(expires)) if expires else None))
    if kind.stream_view:
        keys = to_text({"pk": {"S": write.key[1]}, "sk": {"S": write.key[2]}})
        streams.record(transaction, write.key[0], kind.stream_view, keys, write.text_before, text, now)


def invalid(operation: str, message: str) -> ClientError:
    return error("ValidationException", operation, message)
