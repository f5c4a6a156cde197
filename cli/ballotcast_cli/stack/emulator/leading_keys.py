"""`dynamodb:LeadingKeys`: the partition keys a DynamoDB request names, which ministack does not work out.

AWS: Service Authorization Reference, "Condition keys for Amazon DynamoDB". A request that names no partition key (Scan,
PartiQL) has no such context key, so a policy must say `Null: {dynamodb:LeadingKeys: false}` beside `ForAllValues`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

PartitionKey = Callable[[str, str | None], str | None]
"""(table, index or None) -> name of the partition key, None if there is no such table or index."""

_TRANSACTION_MEMBERS = {
    "dynamodb:PutItem": ("Put",),
    "dynamodb:UpdateItem": ("Update",),
    "dynamodb:DeleteItem": ("Delete",),
    "dynamodb:ConditionCheckItem": ("ConditionCheck",),
    "dynamodb:GetItem": ("Get",),
}
_EQUALITY = re.compile(r"(#?[\w.-]+)\s*=\s*(:\w+)")


def leading_keys(action: str, table: str, request: dict[str, Any], partition_key: PartitionKey) -> list[str] | None:
    """The partition key values that `request` names in `table` by `action`; None when it names none.

    A transaction is checked item by item as the single action that each performs, so only the items of that action and
    table count.
    """
    found = list(_keys(action, table, request, partition_key))
    return found or None


def _keys(action: str, table: str, request: dict[str, Any], partition_key: PartitionKey) -> Iterator[str]:
    name = partition_key(table, request.get("IndexName"))
    if name is None:
        return
    for item in _items(action, table, request):
        if name in item:
            yield _text(item[name])
    if action == "dynamodb:Query":
        value = _queried(name, request)
        if value is not None:
            yield _text(value)


def _items(action: str, table: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every key or item of the request that belongs to `action` and `table`."""
    for part in request.get("TransactItems", ()):
        for member in _TRANSACTION_MEMBERS.get(action, ()):
            if part.get(member, {}).get("TableName") == table:
                yield part[member].get("Key") or part[member].get("Item") or {}
    batch = request.get("RequestItems", {}).get(table, ())
    if isinstance(batch, dict):  # BatchGetItem
        yield from batch.get("Keys", ())
    else:  # BatchWriteItem
        for write in batch:
            for one in write.values():
                yield one.get("Key") or one.get("Item") or {}
    if request.get("TableName") == table:
        yield request.get("Key") or request.get("Item") or {}


def _queried(name: str, request: dict[str, Any]) -> Any:
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    for left, right in _EQUALITY.findall(request.get("KeyConditionExpression", "")):
        if names.get(left, left) == name:
            return values.get(right)
    condition = request.get("KeyConditions", {}).get(name, {})
    return next(iter(condition.get("AttributeValueList", ())), None)


def _text(value: dict[str, str]) -> str:
    """{"S": "a"} -> "a"."""
    return str(next(iter(value.values())))
