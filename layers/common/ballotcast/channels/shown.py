"""Records as JSON shows them: what JSON does not have is marked, and what is too large is cut.

    "not-json": {"/x": "NaN"}    a number that JSON does not have, by its place (RFC 6901); the value there is null
    "left-out": 3                so many fields were left out, because the record is too large to be shown

Names in Avro have no dash, so no field of a record is called so.
"""

import json
import math
from typing import Any

NOT_JSON, LEFT_OUT = "not-json", "left-out"
MOST_MARKS = 100
"""Places that are marked in one record."""
Point = dict[str, Any]


def word(number: float) -> str:
    """NaN, Infinity or -Infinity, as Avro's JSON encoding calls them."""
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def to_json(value: Any) -> Any:
    """Bytes as Avro's JSON encoding has them, text of the code points 0 to 255; NaN and infinity are words."""
    match value:
        case bytes():
            return value.decode("latin-1")
        case float() if not math.isfinite(value):
            return word(value)
        case list():
            return [to_json(part) for part in value]
        case dict():
            return {name: to_json(part) for name, part in value.items()}
        case _:
            return value


def shown(record: Point) -> Point:
    """Return what the live window shows of a record, or of a point that was shown before and calculated with."""
    marks: dict[str, str] = {}
    point: Point = {
        name: _plain(value, f"/{name}", marks) for name, value in record.items() if name not in (NOT_JSON, LEFT_OUT)
    }
    for place, name in record.get(NOT_JSON, {}).items():
        if point.get(place.split("/")[1]) is None or place.count("/") > 1:
            marks.setdefault(place, name)
    if marks:
        point[NOT_JSON] = dict(list(marks.items())[:MOST_MARKS])
    if LEFT_OUT in record:
        point[LEFT_OUT] = record[LEFT_OUT]
    return point


def _plain(value: Any, place: str, marks: dict[str, str]) -> Any:
    match value:
        case bytes():
            return value.decode("latin-1")
        case float() if not math.isfinite(value):
            marks[place] = word(value)
            return None
        case list():
            return [_plain(part, f"{place}/{number}", marks) for number, part in enumerate(value)]
        case dict():
            return {
                name: _plain(part, f"{place}/{name.replace('~', '~0').replace('/', '~1')}", marks)
                for name, part in value.items()
            }
        case _:
            return value


def cut(point: Point, axis: str, most: int) -> Point:
    """Return the point without its largest fields, so that it has at most `most` characters as JSON; the axis stays."""
    sizes = {name: len(json.dumps({name: value})) for name, value in point.items()}
    kept, left, size = {axis: point[axis]}, 0, sizes.pop(axis) + len(LEFT_OUT) + 16
    for name in sorted(sizes, key=sizes.__getitem__):
        size += sizes[name]
        if size <= most:
            kept[name] = point[name]
        else:
            left += 1
    ordered = {name: kept[name] for name in point if name in kept}
    return {**ordered, LEFT_OUT: left} if left else ordered
