"""What a function wrote to its log, one readable line for each record."""

import json
import re
from typing import Any

# What says nothing to a reader at a terminal: the function's name already starts the line.
_PLUMBING = frozenset(
    {
        "cold_start",
        "function_arn",
        "function_memory_size",
        "function_name",
        "function_request_id",
        "location",
        "sampling_rate",
        "service",
        "timestamp",
        "xray_trace_id",
    }
)


def readable(line: str) -> str:
    """A line of JSON as `LEVEL message key=value …` (a traceback on the lines after it); any other line as it is."""
    try:
        record = json.loads(line)
    except ValueError:
        return line.rstrip()
    if not isinstance(record, dict):
        return line.rstrip()
    if "_aws" in record:
        return f"METRIC {_fields(record, skip=frozenset({'_aws'}))}".rstrip()
    record.pop("exception_name", None), record.pop("stack_trace", None)
    traceback = record.pop("exception", None)
    head = f"{record.pop('level', 'INFO')} {record.pop('message', '')}"
    text = f"{head} {_fields(record, skip=_PLUMBING)}".rstrip()
    return f"{text}\n{traceback}" if traceback else text


def short_name(function: str) -> str:
    """The name in the template of a function that CloudFormation named: `stack-VoteFn-B77D026EF3C8` -> `VoteFn`."""
    found = re.fullmatch(r"[\w-]+?-(\w+)-[0-9A-F]+", function)
    return found[1] if found else function


def _fields(record: dict[str, Any], *, skip: frozenset[str]) -> str:
    return " ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in record.items()
        if name not in skip
    )
