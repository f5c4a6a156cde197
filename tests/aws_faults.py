"""AWS that fails when told to: before it carries a request out, or after, so that only the answer is lost."""

from collections.abc import Callable
from typing import Any, Literal

from botocore import exceptions as aws
from botocore.parsers import ResponseParserError

from dying import ACTS
from world import World, WorldWiring

Side = Literal["before", "after"]
Fault = Callable[[], Exception]

URL = "https://dynamodb.eu-central-1.amazonaws.com/"
ON_THE_WAY: dict[str, Fault] = {
    "EndpointConnectionError": lambda: aws.EndpointConnectionError(endpoint_url=URL),
    "ReadTimeoutError": lambda: aws.ReadTimeoutError(endpoint_url=URL),
    "ConnectTimeoutError": lambda: aws.ConnectTimeoutError(endpoint_url=URL),
    "ConnectionClosedError": lambda: aws.ConnectionClosedError(endpoint_url=URL),
    "HTTPClientError": lambda: aws.HTTPClientError(error="reset"),
    "ProxyConnectionError": lambda: aws.ProxyConnectionError(proxy_url=URL),
    "SSLError": lambda: aws.SSLError(endpoint_url=URL, error="handshake"),
    "ResponseStreamingError": lambda: aws.ResponseStreamingError(error="broken"),
    "IncompleteReadError": lambda: aws.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    "ResponseParserError": lambda: ResponseParserError("half an answer"),
    "NoCredentialsError": lambda: aws.NoCredentialsError(),
    "PartialCredentialsError": lambda: aws.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
    "CredentialRetrievalError": lambda: aws.CredentialRetrievalError(provider="container-role", error_msg="timeout"),
    "MetadataRetrievalError": lambda: aws.MetadataRetrievalError(error_msg="timeout"),
}
CODES = {
    **dict.fromkeys(("ExpiredTokenException", "UnrecognizedClientException", "ExpiredToken"), 400),
    **dict.fromkeys(("RequestExpired", "InvalidClientTokenId", "InvalidSignatureException"), 403),
    **dict.fromkeys(("ThrottlingException", "Throttling", "ProvisionedThroughputExceededException"), 400),
    **dict.fromkeys(("RequestLimitExceeded", "TooManyRequestsException", "TransactionConflictException"), 400),
    **dict.fromkeys(("TransactionInProgressException", "RequestTimeout", "LimitExceededException"), 400),
    **dict.fromkeys(("InternalServerError", "InternalFailure", "AnythingElse"), 500),
    **dict.fromkeys(("ServiceUnavailable", "SlowDown"), 503),
    "BadGateway": 502,
}
"""What AWS says, and under which status."""


def client_error(code: str, status: int) -> aws.ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "secret"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return aws.ClientError(answer, "PutItem")


FAULTS: dict[str, Fault] = {
    **ON_THE_WAY,
    **{code: lambda code=code, status=status: client_error(code, status) for code, status in CODES.items()},  # type: ignore[misc]
}


class FailingWiring(WorldWiring):
    """Fails the request to AWS numbered `at` (from 0), or all from it on (`lasting`). `made`: what was counted so far.

    `acts_only` counts writes, messages and executions: a read that fails is the act before it whose answer is lost.
    """

    def __init__(
        self,
        deployment: World,
        at: int,
        side: Side = "before",
        fault: Fault = ON_THE_WAY["ReadTimeoutError"],
        *,
        lasting: bool = False,
        acts_only: bool = False,
        **settings: str,
    ) -> None:
        super().__init__(deployment, **settings)
        self.made: list[str] = []
        self.failed = 0
        self._at, self._side, self._fault, self._lasting, self._acts_only = at, side, fault, lasting, acts_only

    def client(self, service: Any) -> Any:
        client = super().client(service)
        if service != "kms":
            client.meta.events.register_first("before-call", self._before)
            client.meta.events.register("after-call", self._after)
        return client

    def _before(self, model: Any, **_: Any) -> None:
        if self._counts(model.name):
            self.made.append(model.name)
        if self._side == "before":
            self._fail(model.name)

    def _after(self, model: Any, **_: Any) -> None:
        if self._side == "after":
            self._fail(model.name)

    def _counts(self, operation: str) -> bool:
        return not self._acts_only or operation.startswith(ACTS)

    def _fail(self, operation: str) -> None:
        number = len(self.made) - 1
        if (number == self._at and self._counts(operation)) or (self._lasting and number >= self._at):
            self.failed += 1
            raise self._fault()
