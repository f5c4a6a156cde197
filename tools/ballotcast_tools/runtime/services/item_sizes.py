"""The size of an item by DynamoDB's documented rules (Developer Guide: "Item sizes and formats")."""

from collections.abc import Mapping
from typing import Any

OVERHEAD = 3
"""Bytes of a list or a map next to its elements, each of which has one of its own."""


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Bytes of an item as boto3 has it: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    size: int
    match kind:
        case "S":
            size = len(content.encode())
        case "B":
            size = len(content)
        case "N":
            size = (len(content.strip("-0")) + 1) // 2 + 1 + content.startswith("-")
        case "BOOL" | "NULL":
            size = 1
        case "L":
            size = OVERHEAD + sum(1 + _value_size(part) for part in content)
        case "M":
            size = OVERHEAD + len(content) + item_size(content)
        case _:
            raise ValueError(f"no size is known for a {kind}")
    return size
