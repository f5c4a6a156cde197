"""Secrets Manager: random secrets, made once and stored wrapped."""

import secrets
import string
from collections.abc import Iterable
from typing import Any

from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction

from .errors import EXCEPTIONS, error
from .kms import Kms

SECRETS_SCHEMA = """
    CREATE TABLE IF NOT EXISTS secret (arn TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
"""
LENGTH = 64
LETTERS = string.ascii_letters + string.digits


class SecretsManager:
    """`arns`: of the secrets there are."""

    exceptions = EXCEPTIONS

    def __init__(self, database: Database, kms: Kms, key: str, arns: Iterable[str]) -> None:
        self._kms = kms
        self._key = key

        def make(transaction: Transaction) -> dict[str, bytes]:
            for arn in arns:
                value = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
                wrapped = kms.encrypt(KeyId=key, Plaintext=value.encode(), EncryptionContext={"secret": arn})
                transaction.execute("INSERT OR IGNORE INTO secret VALUES (?, ?)", (arn, wrapped["CiphertextBlob"]))
            return dict(transaction.execute("SELECT arn, wrapped FROM secret").fetchall())

        self._wrapped = database.write(make)

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        if SecretId not in self._wrapped:
            raise error("ResourceNotFoundException", "GetSecretValue", "there is no such secret")
        opened = self._kms.decrypt(
            KeyId=self._key, CiphertextBlob=self._wrapped[SecretId], EncryptionContext={"secret": SecretId}
        )
        return {"ARN": SecretId, "SecretString": opened["Plaintext"].decode()}
