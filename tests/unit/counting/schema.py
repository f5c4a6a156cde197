"""Just so much of JSON Schema (draft 2020-12) as docs/count.schema.json uses; another keyword is an error."""

import re
from typing import Any

DESCRIBING = {"$schema", "$id", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def complaints(schema: dict[str, Any], value: Any, root: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value breaks the schema; empty if it does not."""
    found: list[str] = []
    for keyword, rule in schema.items():
        match keyword:
            case "$ref":
                found += complaints(root["$defs"][rule.removeprefix("#/$defs/")], value, root, at)
            case "type":
                if type(value) is not TYPES[rule]:
                    return [f"{at}: not of type {rule}"]
            case "enum":
                found += [] if value in rule else [f"{at}: {value!r} is not in the list"]
            case "pattern":
                found += [] if re.search(rule, value) else [f"{at}: {value!r} is not like {rule}"]
            case "minimum":
                found += [] if value >= rule else [f"{at}: {value} is less than {rule}"]
            case "minLength":
                found += [] if len(value) >= rule else [f"{at}: too short"]
            case "required":
                found += [f"{at}: {name} is missing" for name in rule if name not in value]
            case "additionalProperties":
                assert rule is False
                found += [f"{at}: {name} is unknown" for name in value if name not in schema["properties"]]
            case "properties":
                for name in rule.keys() & value.keys():
                    found += complaints(rule[name], value[name], root, f"{at}.{name}")
            case "items":
                for place, item in enumerate(value):
                    found += complaints(rule, item, root, f"{at}[{place}]")
            case _:
                assert keyword in DESCRIBING, keyword
    return found
