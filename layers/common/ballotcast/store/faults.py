"""Faults between this process and AWS that pass: the same request may succeed a moment later.

    NotTaken                      AWS took only a part of what it was given
    botocore's own exceptions     no connection, no answer in time, half an answer, no credentials at the moment
    ClientError                   by its code, or by a status of 500 and above

What `passes` does not name is a fault of ours (a refused parameter, a missing right): sending the request again does
not mend it.
"""

from http import HTTPStatus

from botocore import exceptions as aws
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from ballotcast.store.contention import contended

THROTTLED = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "SlowDown"),
        *("RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "BandwidthLimitExceeded"),
        *("ProvisionedThroughputExceededException", "LimitExceededException", "EC2ThrottledException", "OverLimit"),
    }
)
"""Too many requests: AWS did not carry this one out."""

UNFINISHED = frozenset(
    {
        *("TransactionInProgressException", "PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"),
        *("InternalServerError", "InternalServerException", "InternalServiceError", "InternalFailure", "InternalError"),
        *("ServiceUnavailable", "ServiceUnavailableException"),
        *("DependencyTimeoutException", "KMSInternalException", "KeyUnavailableException"),
    }
)
"""AWS did not finish the request in time, or cannot say whether it did."""

CREDENTIALS = frozenset(
    {
        *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "RequestTimeTooSkewed"),
        *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidSignatureException"),
    }
)
"""The process's credentials have expired or are being replaced, or its clock is off."""

ON_THE_WAY: tuple[type[Exception], ...] = (
    *(aws.ConnectionError, aws.HTTPClientError, aws.IncompleteReadError, ResponseParserError),
    *(aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError, aws.MetadataRetrievalError),
    *(aws.NoAuthTokenError, aws.TokenRetrievalError, aws.SSOError, aws.LoginError, aws.RefreshWithMFAUnsupportedError),
)
"""What botocore raises where there is no answer of AWS, or nothing to sign the request with."""


class NotTaken(RuntimeError):
    """AWS took only a part of what it was given, in every attempt."""


def throttled(error: Exception) -> bool:
    """Return True if AWS turned the request away, so it was certainly not carried out."""
    return isinstance(error, ClientError) and (_code(error) in THROTTLED or contended(error))


def passes(error: Exception) -> bool:
    """Return True if the same request may succeed a moment later. It may have been carried out unless `throttled`."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        named = _code(error) in UNFINISHED | CREDENTIALS
        return named or throttled(error) or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, (NotTaken, *ON_THE_WAY))


def describe(error: Exception) -> str:
    """The operation and AWS's code, or the exception's name: never a message, which may repeat what was sent."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {_code(error)}"
    return type(error).__name__


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
