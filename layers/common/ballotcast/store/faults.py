"""Faults between this process and AWS that pass: the same request may succeed a moment later.

    NotTaken                      AWS took only a part of what it was given
    botocore's own exceptions     no connection, no answer in time, half an answer, no credentials at the moment
    ClientError                   by its code, or by a status of 500 and above

What `passes` does not name is a fault of ours (a refused parameter, a missing right): sending the request again does
not mend it.

`repeat` is for reads, and for writes that may be carried out twice. Long work consists of hundreds of them: if one that
failed started all again, it would never come to an end where one in twenty fails.
"""

import random
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from botocore import exceptions as aws
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from ballotcast.store.contention import Sleep, contended

ATTEMPTS = 5
"""Of a request that may be repeated, each of them with the repetitions that botocore makes by itself."""
LONGEST = 2.0
"""Seconds after which nothing is repeated: a caller behind API Gateway is better served by a quick 503."""
Answer = TypeVar("Answer")

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

CONTENT = frozenset({"ValidationException", "EntityTooLarge", "InvalidRequest", "InvalidParameterValue"})
"""AWS does not take such a value, or one so large."""

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
    return _contended(error) or (isinstance(error, ClientError) and _code(error) in THROTTLED)


def passes(error: Exception) -> bool:
    """Return True if the same request may succeed a moment later. It may have been carried out unless `throttled`."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        named = _code(error) in UNFINISHED | CREDENTIALS
        return named or throttled(error) or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, (NotTaken, *ON_THE_WAY))


def of_content(error: Exception) -> bool:
    """Return True if what was sent is at fault, or what was made of it: sending it again would fail again."""
    if isinstance(error, ClientError):
        return _code(error) in CONTENT
    return not isinstance(error, (NotTaken, *ON_THE_WAY)) and (
        isinstance(error, aws.ParamValidationError) or not isinstance(error, aws.BotoCoreError)
    )


def repeat(act: Callable[[], Answer], *, sleep: Sleep = time.sleep) -> Answer:
    """Return what `act` returns in one of a few attempts with full jitter between them; otherwise raise its error.

    `act` must be a request that may be carried out twice, because one that failed may have been carried out. Contention
    is not for it: `contention.insist` has tried that again already.
    """
    until = time.monotonic() + LONGEST
    for attempt in range(ATTEMPTS - 1):
        try:
            return act()
        except Exception as error:
            if not passes(error) or _contended(error) or time.monotonic() > until:
                raise
        sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
    return act()


def describe(error: Exception) -> str:
    """Return the operation and AWS's code, or the exception's name: never a message, which may repeat what was sent."""
    if isinstance(error, ClientError):
        return f"{error.operation_name}: {_code(error)}"
    return type(error).__name__


def _contended(error: Exception) -> bool:
    return isinstance(error, ClientError) and contended(error)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
