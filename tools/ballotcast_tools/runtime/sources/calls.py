"""How sources call functions."""

from collections.abc import Callable
from typing import Any

from ballotcast_tools.runtime.functions.outcomes import FunctionFailed, FunctionTimedOut

Invoke = Callable[[str, dict[str, Any]], Any]
"""Takes a function's id and an event; returns the response, or raises one of FAILURES. It waits for the function."""
FAILURES = (FunctionFailed, FunctionTimedOut)


def kind_of(error: Exception) -> str:
    """Return the class of what a function raised, for a log; its text may repeat what the event says."""
    return error.error_type if isinstance(error, FunctionFailed) else type(error).__name__
