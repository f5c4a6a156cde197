"""Errors of definitions, and errors that Retry and Catch see.

InvalidDefinition        raised when a definition is loaded
StateFailed              a state failed; `error` is the name that ErrorEquals compares
└── TaskFailed           what a task calls failed
"""

RUNTIME = "States.Runtime"
TIMEOUT = "States.Timeout"
TASK_FAILED = "States.TaskFailed"
ALL = "States.ALL"


class InvalidDefinition(ValueError):
    """The definition is wrong, or uses what this interpreter does not know."""


class StateFailed(Exception):
    """`error`: its name (`States.Timeout`, `CountStopped`). `cause`: text for a person to read."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


class TaskFailed(StateFailed):
    """Raised by anyone who performs a task."""
