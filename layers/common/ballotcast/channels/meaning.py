"""Logical types (Avro 1.12 specification): what a number or a few bytes stand for, and which of them do.

A logical type that does not fit its Avro type means nothing, by the specification; readers take the plain value. One
that fits but whose attributes are missing is refused with the schema, because not every reader ignores it.
"""

from typing import Any

from ballotcast.channels.extent import SchemaError

DAY = 86_400
YEAR_1, YEAR_10000 = -62_135_596_800, 253_402_300_800
"""Seconds from 1970: the years that readers can name are 1 to 9999."""
INT, LONG = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)
RANGES: dict[tuple[str, str], tuple[int, int]] = {
    ("int", "date"): (YEAR_1 // DAY, YEAR_10000 // DAY - 1),
    ("int", "time-millis"): (0, DAY * 10**3 - 1),
    ("long", "time-micros"): (0, DAY * 10**6 - 1),
    **{
        ("long", f"{local}timestamp-{name}"): (YEAR_1 * per_second, YEAR_10000 * per_second - 1)
        for local in ("", "local-")
        for name, per_second in (("millis", 10**3), ("micros", 10**6))
    },
}
"""(Avro type, logical type) → the least and the greatest number that every reader can turn into a moment."""
MOST_DIGITS = 1000
"""Of a decimal."""


def logical_type(schema: Any) -> str:
    """Return the logical type of a type that it fits; empty where there is none."""
    if not isinstance(schema, dict) or not isinstance(schema["type"], str):
        return ""
    kind, name = schema["type"], schema.get("logicalType")
    if not isinstance(name, str):
        return ""
    fits = (kind, name) in RANGES or (kind, name) in _OTHERS or (kind == "fixed" and schema["size"] == _FIXED.get(name))
    return name if fits else ""


_OTHERS = {
    ("string", "uuid"),
    ("bytes", "decimal"),
    ("fixed", "decimal"),
    ("long", "timestamp-nanos"),
    ("long", "local-timestamp-nanos"),
}
_FIXED = {"uuid": 16, "duration": 12}
"""Logical types of a fixed, by the size that they have."""


def decimal_digits(schema: dict[str, Any]) -> int:
    """Return how many digits a decimal has. Raises SchemaError for one whose attributes not every reader can use."""
    precision, scale = schema.get("precision"), schema.get("scale", 0)
    if type(precision) is not int or not 1 <= precision <= MOST_DIGITS:
        raise SchemaError(f"a decimal must state its precision, 1 to {MOST_DIGITS}")
    if type(scale) is not int or not 0 <= scale <= precision:
        raise SchemaError("a decimal's scale must be 0 to its precision")
    if schema["type"] == "fixed" and 10**precision > 2 ** (8 * schema["size"] - 1):
        raise SchemaError(f"a decimal of {precision} digits does not fit {schema['size']} bytes")
    return precision
