"""Performs tasks: calls of functions, and of services with the rights of the machine's role.

Errors are named as AWS names them. A function's error has the name of its exception's class, with JSON text for a
cause: {"errorMessage": …, "errorType": …, "stackTrace": []}. A service's is `DynamoDb.TransactionCanceledException`.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ballotcast_tools.runtime.functions.outcomes import FunctionFailed, FunctionTimedOut, NoSuchFunction

from .errors import TaskFailed
from .states import WITH_TOKEN

if TYPE_CHECKING:
    from ballotcast_tools.runtime.template.deployment import Machine
    from ballotcast_tools.runtime.template.roles import Role

Clients = Callable[["Role"], Mapping[str, Any]]
"""By service: `dynamodb` and `sqs`, as boto3 has them, which refuse what the role does not allow."""
Invoke = Callable[[str, Any], Any]
"""Of a function's id and an event; raises FunctionFailed, FunctionTimedOut or NoSuchFunction."""


class Tasks:
    def __init__(self, clients: Clients, invoke: Invoke) -> None:
        self._clients = clients
        self._invoke = invoke

    def __call__(self, machine: "Machine", resource: str, parameters: Any) -> Any:
        """Perform a task and return its result as JSON has it. Raises TaskFailed."""
        match resource.removeprefix("arn:aws:states:::"):
            case "dynamodb:getItem":
                return self._ask(machine, "DynamoDB", "dynamodb", "get_item", parameters)
            case "aws-sdk:dynamodb:transactWriteItems":
                return self._ask(machine, "DynamoDb", "dynamodb", "transact_write_items", parameters)
            case called if called == f"sqs:sendMessage{WITH_TOKEN}":
                return self._ask(machine, "Sqs", "sqs", "send_message", _with_text(parameters))
            case called if called == f"lambda:invoke{WITH_TOKEN}":
                return self._call(machine, parameters["FunctionName"], parameters["Payload"])
        return self._call(machine, resource, parameters)

    def _ask(self, machine: "Machine", name: str, service: str, method: str, parameters: Any) -> Any:
        client = self._clients(machine.role)[service]
        try:
            response = getattr(client, method)(**parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"].removesuffix("Exception")
            raise TaskFailed(f"{name}.{code}Exception", str(error)) from error
        return _json({field: value for field, value in response.items() if field != "ResponseMetadata"})

    def _call(self, machine: "Machine", function: str, event: Any) -> Any:
        if not machine.role.allows("lambda:InvokeFunction", function, {}):
            raise TaskFailed("Lambda.AccessDeniedException", f"{machine.role.name} may not call {function}")
        try:
            return self._invoke(function.rpartition(":")[2], event)
        except FunctionFailed as error:
            cause = {"errorMessage": error.message, "errorType": error.error_type, "stackTrace": []}
            raise TaskFailed(error.error_type, json.dumps(cause)) from error
        except FunctionTimedOut as error:
            cause = {"errorMessage": str(error), "errorType": "Sandbox.Timedout"}
            raise TaskFailed("Sandbox.Timedout", json.dumps(cause)) from error
        except NoSuchFunction as error:
            raise TaskFailed("Lambda.ResourceNotFoundException", f"there is no function {function}") from error


def _with_text(parameters: Mapping[str, Any]) -> dict[str, Any]:
    body = parameters.get("MessageBody")
    text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    return {**parameters, "MessageBody": text}


def _json(value: Any) -> Any:
    """Return what boto3 returned, as JSON has it: bytes in Base64."""
    match value:
        case dict():
            return {name: _json(content) for name, content in value.items()}
        case list() | tuple() | set():
            return [_json(item) for item in value]
        case bytes():
            return b64encode(value).decode()
    return value
