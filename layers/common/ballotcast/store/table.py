"""One DynamoDB table as the entity modules use it: plain Python items in, plain Python items out.

Every table has the string keys `pk` and `sk`. Conditions are told by outcome, not by exception: a conditional write
that was refused answers with the item that stood in its way, so nobody reads a second time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NewType

from boto3.dynamodb.types import TypeSerializer

from ballotcast.store.contention import insist
from ballotcast.store.faults import repeat

Item = dict[str, Any]
TransactItem = NewType("TransactItem", dict[str, Any])
"""A write or a check for `transact` (store/transaction.py): made by `Table`, and by nothing else."""
_serialize = TypeSerializer().serialize


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serialize(value) for name, value in item.items()}


def from_wire(item: Mapping[str, Any]) -> Item:
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    """Only what the stores write. boto3's TypeDeserializer takes four times as long, and a roll may be of a million."""
    [(kind, content)] = value.items()
    match kind:
        case "S" | "B" | "BOOL":
            return content
        case "N":
            return int(content)
        case "L":
            return [_plain(part) for part in content]
        case "M":
            return from_wire(content)
        case "NULL":
            return None
    raise TypeError(f"no store writes values of type {kind}")


class Refusal(Exception):
    """A conditional write found its condition false; `item` is what stood there (empty: nothing did)."""

    def __init__(self, item: Item) -> None:
        super().__init__("a condition was false")
        self.item = item


@dataclass(frozen=True)
class Condition:
    """A DynamoDB condition expression with its values; names are written as `#name` and mapped by themselves."""

    expression: str
    values: Mapping[str, Any]


ABSENT = Condition("attribute_not_exists(pk)", {})
PRESENT = Condition("attribute_exists(pk)", {})
ANYWAY = Condition("attribute_not_exists(pk) OR attribute_exists(pk)", {})


def _names(*expressions: str) -> dict[str, str]:
    words = " ".join(expressions).replace("(", " ").replace(")", " ").replace(",", " ").replace("=", " ").split()
    return {word: word[1:] for word in words if word.startswith("#")}


def _expression(update: str | None, condition: Condition | None, values: Mapping[str, Any]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if update:
        parts["UpdateExpression"] = update
    if condition:
        parts["ConditionExpression"] = condition.expression
        parts["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        values = {**condition.values, **values}
    if names := _names(update or "", condition.expression if condition else ""):
        parts["ExpressionAttributeNames"] = names
    if values:
        parts["ExpressionAttributeValues"] = to_wire(values)
    return parts


def of_present(condition: Condition) -> Condition:
    """The condition, of an item that is there."""
    return Condition(f"attribute_exists(pk) AND ({condition.expression})", condition.values)


class Table:
    """A table by its name, over an injected boto3 client."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def get(self, pk: str, sk: str, *, consistent: bool = True) -> Item | None:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        answer = repeat(lambda: self.client.get_item(TableName=self.name, Key=key, ConsistentRead=consistent))
        found = answer.get("Item")
        return from_wire(found) if found else None

    def put(self, item: Item, condition: Condition | None = None) -> None:
        """One PutItem; Refusal carries the item that is there."""
        put = {"TableName": self.name, "Item": to_wire(item), **_expression(None, condition, {})}
        try:
            insist(lambda: self.client.put_item(**put))
        except self.client.exceptions.ConditionalCheckFailedException as refused:
            raise Refusal(from_wire(refused.response.get("Item", {}))) from None

    def update(self, pk: str, sk: str, update: str, values: Mapping[str, Any], condition: Condition) -> Item:
        """One UpdateItem; returns the whole new item, Refusal carries the old one."""
        key, written = {"pk": {"S": pk}, "sk": {"S": sk}}, _expression(update, condition, values)
        try:
            answer = insist(
                lambda: self.client.update_item(TableName=self.name, Key=key, ReturnValues="ALL_NEW", **written)
            )
        except self.client.exceptions.ConditionalCheckFailedException as refused:
            raise Refusal(from_wire(refused.response.get("Item", {}))) from None
        return from_wire(answer["Attributes"])

    def update_present(
        self, pk: str, sk: str, update: str, values: Mapping[str, Any], condition: Condition
    ) -> Item | None:
        """The same of an item that is there; None, and no change, if it is not, or the condition does not hold."""
        try:
            return self.update(pk, sk, update, values, of_present(condition))
        except Refusal:
            return None

    def delete(self, pk: str, sk: str) -> None:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        insist(lambda: self.client.delete_item(TableName=self.name, Key=key))

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        before: str | None = None,
        limit: int | None = None,
        newest: bool = False,
        only: Sequence[str] = (),
    ) -> Iterator[Item]:
        """Items of one partition in order of `sk`, strongly consistent, page after page; `only` these attributes.

        `after` and `before` are exclusive. `prefix` and `before` exclude each other: DynamoDB takes one condition on
        the sort key.
        """
        assert not (prefix and before)
        values: dict[str, Any] = {":pk": {"S": pk}}
        expression = "pk = :pk"
        if prefix:
            expression += " AND begins_with(sk, :prefix)"
            values[":prefix"] = {"S": prefix}
        if before:
            expression += " AND sk < :before"
            values[":before"] = {"S": before}
        start: dict[str, Any] = {"ExclusiveStartKey": {"pk": {"S": pk}, "sk": {"S": after}}} if after else {}
        chosen: dict[str, Any] = {}
        if only:
            names = {f"#{name}": name for name in only}
            chosen = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        left = limit
        while left is None or left > 0:
            page = repeat(
                partial(
                    self.client.query,
                    TableName=self.name,
                    KeyConditionExpression=expression,
                    ExpressionAttributeValues=values,
                    ConsistentRead=True,
                    ScanIndexForward=not newest,
                    **({"Limit": left} if left else {}),
                    **start,
                    **chosen,
                )
            )
            for item in page["Items"]:
                yield from_wire(item)
            left = None if left is None else left - len(page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def get_many(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Strongly consistent BatchGetItem over any number of distinct keys; what is absent is left out."""
        found: dict[tuple[str, str], Item] = {}
        waiting = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
        while waiting:
            request = {self.name: {"Keys": waiting[:100], "ConsistentRead": True}}
            answer = repeat(partial(self.client.batch_get_item, RequestItems=request))
            for wire in answer["Responses"].get(self.name, []):
                item = from_wire(wire)
                found[item["pk"], item["sk"]] = item
            unread = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            waiting = [*unread, *waiting[100:]]
        return found

    def putting(self, item: Item, condition: Condition | None = None) -> TransactItem:
        """Return a Put for `transact`."""
        return TransactItem(
            {"Put": {"TableName": self.name, "Item": to_wire(item), **_expression(None, condition, {})}}
        )

    def updating(self, pk: str, sk: str, update: str, values: Mapping[str, Any], condition: Condition) -> TransactItem:
        """Return an Update for `transact`."""
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return TransactItem({"Update": {"TableName": self.name, "Key": key, **_expression(update, condition, values)}})

    def checking(self, pk: str, sk: str, condition: Condition) -> TransactItem:
        """Return a ConditionCheck for `transact`: writes nothing, but must hold."""
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return TransactItem(
            {"ConditionCheck": {"TableName": self.name, "Key": key, **_expression(None, condition, {})}}
        )

    def deleting(self, pk: str, sk: str, condition: Condition | None = None) -> TransactItem:
        """Return a Delete for `transact`."""
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return TransactItem({"Delete": {"TableName": self.name, "Key": key, **_expression(None, condition, {})}})
