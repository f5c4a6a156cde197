"""KMS, the master key and secrets: what is wrapped opens under its own context only, and survives a restart."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from ballotcast.store.vault import ED25519, Purpose, Vault
from ballotcast_tools.runtime.services.kms import Kms
from ballotcast_tools.runtime.services.master_key import MasterKey, UnusableKey, open_or_make
from ballotcast_tools.runtime.services.secretsmanager import SECRETS_SCHEMA, SecretsManager
from ballotcast_tools.runtime.storage.database import Database

KEY = "arn:aws:kms:eu-west-1:000000000000:key/Key"


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", ED25519])
def test_a_key_pair_opens_for_its_purpose_and_election_only(spec: str) -> None:
    kms = Kms(MasterKey(bytes(32)), KEY)
    vault = Vault(kms, KEY)  # type: ignore[arg-type]
    made = vault.create(Purpose.RECEIPT, "e1", spec)  # type: ignore[arg-type]
    private = load_der_private_key(vault.unwrap(Purpose.RECEIPT, "e1", made.wrapped), None)
    assert private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == made.public
    for purpose, election in ((Purpose.LOG, "e1"), (Purpose.RECEIPT, "e2")):
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            vault.unwrap(purpose, election, made.wrapped)


def test_what_another_master_key_wrapped_does_not_open() -> None:
    wrapped = Kms(MasterKey(bytes(32)), KEY).encrypt(KeyId=KEY, Plaintext=b"secret")["CiphertextBlob"]
    other = Kms(MasterKey(b"\1" * 32), KEY)
    for damaged in (wrapped, wrapped[:-1], b"", b"\2" + wrapped[1:]):
        with pytest.raises(other.exceptions.InvalidCiphertextException):
            other.decrypt(KeyId=KEY, CiphertextBlob=damaged)
    assert b"secret" not in wrapped


def test_the_master_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    made = open_or_make(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert open_or_make(tmp_path / "key").content == made.content
    assert made.derive("kms") != made.derive("downloads")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(UnusableKey, match="chmod 600"):
        open_or_make(tmp_path / "key")
    (tmp_path / "short").write_bytes(b"cut")
    (tmp_path / "short").chmod(0o600)
    with pytest.raises(UnusableKey, match="32 bytes"):
        open_or_make(tmp_path / "short")


def test_secrets_are_random_stay_the_same_and_are_not_in_the_file_as_such(tmp_path: Path) -> None:
    def values() -> list[str]:
        database = Database(tmp_path / "data", [SECRETS_SCHEMA])
        secrets = SecretsManager(database, Kms(MasterKey(bytes(32)), KEY), KEY, ["session", "roll"])
        found = [secrets.get_secret_value(SecretId=name)["SecretString"] for name in ("session", "roll")]
        with pytest.raises(secrets.exceptions.ResourceNotFoundException):
            secrets.get_secret_value(SecretId="other")
        database.close()
        return found

    first = values()
    assert first == values()
    assert len(set(first)) == 2
    assert all(len(value) == 64 and value.encode() not in (tmp_path / "data").read_bytes() for value in first)
