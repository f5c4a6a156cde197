"""The rest of AWS that the functions ask for, and the wiring over it: one folder is one deployment."""

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ballotcast.settings import Settings
from ballotcast.wiring import Wiring

from .buckets import FolderS3
from .capacity import Meter
from .dynamodb import MeteredDynamoDB

ENVIRONMENT = {
    "ENVIRONMENT": "local",
    "ROLL_TABLE": "roll",
    "BOARD_TABLE": "board",
    "CHANNELS_TABLE": "channels",
    "BUCKET": "bucket",
    "KMS_KEY": "key",
    "ROLL_SECRET": "roll",
    "SEQUENCE_QUEUE": "sequence.fifo",
    "MAIL_QUEUE": "mail",
    "JOBS_QUEUE": "jobs",
    "CLOSE_MACHINE": "close",
    "SCHEDULER_ROLE": "scheduler",
    "SCHEDULE_GROUP": "default",
    "DUE_FUNCTION": "due",
    "ISSUER_BITS": "2048",
    "DAILY_MAILS": "2000000",
    "APPROVE_ORGANISERS": "false",
}
OPENED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_KINDS: dict[str, Callable[[], Any]] = {
    "RSA_2048": lambda: rsa.generate_private_key(65537, 2048),
    "ECC_NIST_P256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ECC_NIST_EDWARDS25519": ed25519.Ed25519PrivateKey.generate,
}


class Folder(Wiring):
    """A process of the deployment in `path`. `moment` is what its clock shows; mails and job messages stay here."""

    def __init__(self, path: Path, moment: datetime = OPENED) -> None:
        super().__init__(Settings(ENVIRONMENT), lambda: self.moment)
        self.path = path
        self.moment = moment
        self.meter = Meter()
        self.messages = Messages(self.meter)
        self._clients = {
            "dynamodb": MeteredDynamoDB(path / "tables.sqlite", self.meter),
            "s3": FolderS3(path / "bucket", self.meter),
            "sqs": self.messages,
            "kms": OpenKeys(),
            "secretsmanager": OneSecret(),
            "scheduler": NoSchedule(),
            "stepfunctions": None,
        }

    def client(self, service: Any) -> Any:
        return self._clients[service]


class Messages:
    """SQS: what was sent and is not yet taken, by queue. Mails are only counted: nobody takes them here."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._waiting: dict[str, deque[str]] = {}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self._meter.requests["SendMessageBatch"] += 1
        if QueueUrl != ENVIRONMENT["MAIL_QUEUE"]:
            self._waiting.setdefault(QueueUrl, deque()).extend(entry["MessageBody"] for entry in Entries)
        return {}

    def waiting(self, queue: str) -> int:
        return len(self._waiting.get(queue, ()))

    def take(self, queue: str, most: int) -> dict[str, Any]:
        """At most so many messages, as a function is told them."""
        waiting = self._waiting.get(queue, deque())
        bodies = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        attributes = {"ApproximateReceiveCount": "1"}
        records = [
            {"messageId": str(number), "receiptHandle": str(number), "body": body, "attributes": attributes}
            for number, body in enumerate(bodies)
        ]
        return {"Records": records}

    def change_message_visibility_batch(self, **failed: Any) -> None:
        raise RuntimeError(f"a message failed: {json.dumps(failed)}")


class OpenKeys:
    """KMS without its secrecy: a wrapped key is the key."""

    def generate_data_key_pair_without_plaintext(self, *, KeyPairSpec: str, **_: Any) -> dict[str, bytes]:  # noqa: N803
        key = _KINDS[KeyPairSpec]()
        return {
            "PublicKey": key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "PrivateKeyCiphertextBlob": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        }

    def decrypt(self, *, CiphertextBlob: bytes, **_: Any) -> dict[str, bytes]:  # noqa: N803
        return {"Plaintext": CiphertextBlob}


class OneSecret:
    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        return {"SecretString": SecretId * 64}


class NoSchedule:
    def create_schedule(self, **_: Any) -> None:
        """Nothing happens by itself here."""
