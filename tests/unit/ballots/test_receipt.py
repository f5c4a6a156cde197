import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots import receipt
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.crypto.signed_note import Signer, sign

SAMPLE = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())["sample"]
LEAF_HASH = bytes(range(32))


@pytest.fixture
def signer(election: Any) -> Signer:
    der = election.receipt_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return receipt.signer(election.manifest.origin, der)


def test_the_sample_receipt_holds() -> None:
    receipt.verify(SAMPLE["receipt"], Manifest.parse(SAMPLE["manifest"].encode()), bytes.fromhex(SAMPLE["leaf_hash"]))


def test_a_receipt_is_a_note_of_four_lines(election: Any, signer: Signer) -> None:
    note = receipt.issue(signer, election.manifest, LEAF_HASH)
    origin = "vote.example/prod/elections/e1/log"
    text, signature = note.split("\n\n")
    assert text.split("\n") == ["ballotcast/receipt/1", origin, election.manifest.hash.hex(), LEAF_HASH.hex()]
    assert signature.startswith(f"— {origin}/receipt ")
    receipt.verify(note, election.manifest, LEAF_HASH)


def test_the_same_ballot_gets_the_same_receipt(election: Any, signer: Signer) -> None:
    assert receipt.issue(signer, election.manifest, LEAF_HASH) == receipt.issue(signer, election.manifest, LEAF_HASH)


def test_a_receipt_holds_for_one_leaf_of_one_election(election: Any, signer: Signer, make_election: Any) -> None:
    note = receipt.issue(signer, election.manifest, LEAF_HASH)
    with pytest.raises(ReceiptError):
        receipt.verify(note, election.manifest, bytes(32))
    with pytest.raises(ReceiptError):
        receipt.verify(note, make_election(receipt_pk=election.manifest.receipt_pk, title="T").manifest, LEAF_HASH)
    with pytest.raises(ReceiptError):
        receipt.verify(note.replace("/receipt ", "/receip "), election.manifest, LEAF_HASH)
    with pytest.raises(ReceiptError):
        receipt.verify("", election.manifest, LEAF_HASH)


def test_only_the_receipt_key_under_its_own_name_is_believed(election: Any, signer: Signer) -> None:
    text = receipt.issue(signer, election.manifest, LEAF_HASH).split("\n\n")[0] + "\n"
    for forger in (Signer(signer.name, Ed25519PrivateKey.generate()), Signer(election.manifest.origin, signer.key)):
        with pytest.raises(ReceiptError):
            receipt.verify(sign(text, forger), election.manifest, LEAF_HASH)
