"""`Idempotency-Key` on POSTs that create: the first answer is kept for a day and given again, byte for byte.

Powertools' persistence layer keeps the records (Roll, IDEMPOTENCY#<service> / <hash>). The key counts per caller and
route, so nobody meets another's answer; the same key with another body is refused. Strangers have no name: theirs
counts per body. Answers may hold what is erased before the day is over (an address), so they are sealed by a key that
is made of the request's body, and only the same request opens them.
"""

import hmac
import json
import secrets
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyValidationError,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from ballotcast.crypto.encoding import b64u_decode, b64u_encode
from ballotcast.errors import Conflict, Invalid, Malformed
from ballotcast.http.access import IDEMPOTENCY_KEY
from ballotcast.store.faults import passes
from ballotcast.wiring import Wiring

DAY = 24 * 60 * 60
IN_PROGRESS_SECONDS = 30
"""How long a request that died keeps others with its key waiting: the function's own timeout."""

NONCE = 12
"""Bytes; drawn again for each answer (AES-GCM, NIST SP 800-38D)."""
KEPT_HEADERS = frozenset({"content-type", "location"})

Handler = Callable[[Request], Awaitable[Response]]


@contextmanager
def _best_effort() -> Iterator[None]:
    """Let a passing fault of AWS pass: the record then expires, and the endpoint tells a repeated request itself."""
    try:
        yield
    except Exception as error:
        if not passes(error):
            raise


class Idempotency:
    def __init__(self, wiring: Wiring, service: str) -> None:
        self._secret = wiring.session_secret
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._records = DynamoDBPersistenceLayer(
                table_name=wiring.roll.name,
                key_attr="pk",
                sort_key_attr="sk",
                static_pk_value=f"IDEMPOTENCY#{service}",
                boto3_client=wiring.dynamodb,
            )
            self._records.configure(
                IdempotencyConfig(
                    event_key_jmespath="key", payload_validation_jmespath="body", expires_after_seconds=DAY
                ),
                service,
            )

    async def once(self, request: Request, caller: str, handler: Handler) -> Response:
        """Run the handler unless this caller's key has an answer already. Only answers under 400 are kept.

        `caller` is empty for a stranger.
        """
        key = request.headers[IDEMPOTENCY_KEY]
        if not 1 <= len(key) <= 255:
            raise Malformed("idempotency-key", "Idempotency-Key must be 1 to 255 characters")
        body = await request.body()
        # keyed, for a body may hold a password, and the record must not help to guess it
        digest = (await run_in_threadpool(self._digest, "body", body)).hex()
        path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
        asked = f"{path}?{query}" if query else path
        data = {"key": f"{caller or digest} {request.method} {asked} {key}", "body": digest}
        answers = AESGCM(self._digest("answer", body))
        if sealed := await run_in_threadpool(self._begin, data):
            kept = json.loads(answers.decrypt(sealed[:NONCE], sealed[NONCE:], None))
            return Response(kept["body"], kept["status"], {**kept["headers"], "Idempotency-Replayed": "true"})
        try:
            response = await handler(request)
        except Exception as error:
            with _best_effort():
                await run_in_threadpool(self._records.delete_record, data, error)
            raise
        answer = {
            "status": response.status_code,
            "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
            "body": bytes(response.body).decode(),
        }
        nonce = secrets.token_bytes(NONCE)
        sealed = nonce + answers.encrypt(nonce, json.dumps(answer).encode(), None)
        with _best_effort():
            await run_in_threadpool(self._records.save_success, data, {"sealed": b64u_encode(sealed)})
        return response

    def _digest(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._secret.key(f"idempotency/{purpose}"), body, "sha256")

    def _begin(self, data: dict[str, str]) -> bytes | None:
        """Return the kept answer, sealed; None for anyone who comes first."""
        try:
            self._records.save_inprogress(data, IN_PROGRESS_SECONDS * 1000)
        except IdempotencyValidationError:
            raise Invalid("idempotency-key-reused", "this Idempotency-Key was used with another body") from None
        except IdempotencyItemAlreadyExistsError as exists:
            record = exists.old_data_record or self._records.get_record(data)
            if record is None or record.status != "COMPLETED":
                raise Conflict(
                    "in-progress", "a request with this Idempotency-Key is still under way", retry_after=1
                ) from None
            return b64u_decode(json.loads(record.response_data)["sealed"])
        return None
