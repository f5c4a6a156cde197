"""Wrapped keys: those that KMS makes, and those made here for an emulator whose KMS lacks Ed25519."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from ballotcast.store.vault import ED25519, Purpose, Vault
from fake_kms import FakeKms


class WithoutEd25519(FakeKms):
    """As LocalStack's KMS refuses the specification."""

    code = "ValidationException"

    def generate_data_key_pair_without_plaintext(self, **asked: Any) -> dict[str, Any]:
        if asked["KeyPairSpec"] == ED25519:
            raise ClientError({"Error": {"Code": self.code, "Message": "not in the enum"}}, "GenerateDataKeyPair")
        return super().generate_data_key_pair_without_plaintext(**asked)


def opened(vault: Vault, wrapped: bytes, election: str = "e1") -> Ed25519PrivateKey:
    key = load_der_private_key(vault.unwrap(Purpose.LOG, election, wrapped), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


@pytest.mark.parametrize("kms", [FakeKms, WithoutEd25519])
def test_an_emulator_gets_ed25519_keys_whether_its_kms_makes_them_or_not(kms: type[FakeKms]) -> None:
    vault = Vault(kms(), "key", emulated=True)  # type: ignore[arg-type]
    made = vault.create(Purpose.LOG, "e1", ED25519)
    public = load_der_public_key(made.public)
    assert opened(vault, made.wrapped).public_key() == public
    with pytest.raises(ClientError):
        opened(vault, made.wrapped, election="e2")


def test_elsewhere_a_key_is_never_made_in_this_process() -> None:
    with pytest.raises(ClientError, match="not in the enum"):
        Vault(WithoutEd25519(), "key").create(Purpose.LOG, "e1", ED25519)  # type: ignore[arg-type]


def test_another_refusal_is_not_taken_for_a_missing_specification() -> None:
    kms = WithoutEd25519()
    kms.code = "AccessDeniedException"
    with pytest.raises(ClientError, match="AccessDenied"):
        Vault(kms, "key", emulated=True).create(Purpose.LOG, "e1", ED25519)  # type: ignore[arg-type]
