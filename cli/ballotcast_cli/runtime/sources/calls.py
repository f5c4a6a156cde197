"""How sources call functions."""

from collections.abc import Callable
from typing import Any

from ballotcast_cli.runtime.functions.outcomes import FunctionFailed, FunctionTimedOut

Invoke = Callable[[str, dict[str, Any]], Any]
"""Takes a function's id and an event; returns the response, or raises one of FAILURES. It waits for the function."""
FAILURES = (FunctionFailed, FunctionTimedOut)
