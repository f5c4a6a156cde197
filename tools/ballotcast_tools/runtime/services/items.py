"""Items as rows hold them: JSON, with the bytes of `{"B": …}` as base64, which is also how a stream shows them."""

import json
from binascii import a2b_base64, b2a_base64
from typing import Any

Wire = dict[str, Any]
"""An item as boto3 has it: `{"pk": {"S": "a"}, "b": {"B": b"…"}}`."""
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=lambda content: b2a_base64(content, newline=False).decode()
)


def to_text(item: Wire) -> str:
    return _ENCODER.encode(item)


def from_text(text: str) -> Wire:
    item: Wire = json.loads(text)
    for name, value in item.items():
        [(kind, content)] = value.items()
        if kind == "B":
            item[name] = {"B": a2b_base64(content)}
        elif kind in ("L", "M"):
            item[name] = {kind: _inner(kind, content)}
    return item


def _inner(kind: str, content: Any) -> Any:
    if kind == "L":
        return [_value(part) for part in content]
    return {name: _value(part) for name, part in content.items()}


def _value(value: Wire) -> Wire:
    [(kind, content)] = value.items()
    if kind == "B":
        return {"B": a2b_base64(content)}
    return {kind: _inner(kind, content)} if kind in ("L", "M") else value
