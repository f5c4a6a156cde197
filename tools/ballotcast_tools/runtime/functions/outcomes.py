"""How a call of a function ends when it does not end well."""


class FunctionFailed(Exception):
    """The function raised. `error_type` is the name of the exception's class, which state machines match."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.message = message


class FunctionTimedOut(Exception):
    """The function did not end within its timeout, and was killed where it could be."""


class NoSuchFunction(Exception):
    """The template has no function of that id."""
