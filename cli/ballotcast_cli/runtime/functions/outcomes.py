"""How a call of a function ends when it does not end well."""


class FunctionFailed(Exception):
    """The function raised. `kind` is the name of the exception's class, which state machines match."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message


class FunctionTimedOut(Exception):
    """The function did not end within its timeout, and was killed where it could be."""
