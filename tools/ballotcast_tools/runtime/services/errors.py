"""Errors as botocore raises them: a ClientError of a class that is named by the error's code."""

from functools import cache
from typing import Any

from botocore.exceptions import ClientError


@cache
def named(code: str) -> type[ClientError]:
    """Return the class of errors with that code, always the same one."""
    return type(code, (ClientError,), {})


def error(code: str, operation: str, message: str = "", **response: Any) -> ClientError:
    """Return the error of a refused `operation`; `response` is what a client finds next to `Error` in it."""
    told: Any = {"Error": {"Code": code, "Message": message}, **response}
    return named(code)(told, operation)


class Exceptions:
    """A client's `exceptions`: every name is the class of the errors with that code."""

    def __getattr__(self, code: str) -> type[ClientError]:
        return named(code)


EXCEPTIONS = Exceptions()
