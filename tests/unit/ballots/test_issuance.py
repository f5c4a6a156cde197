"""The issuance receipt: what it states, and who is believed to have signed it."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots import issuance
from ballotcast.ballots.issuance import Issuance, IssuanceError
from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.roll import tag
from ballotcast.crypto.signed_note import Signer, sign

SAMPLE = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())["sample"]
STATED = Issuance(sha256(b"tag").digest(), sha256(b"blinded").digest())


@pytest.fixture
def signer(election: Any) -> Signer:
    der = election.issuance_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return issuance.signer(election.manifest.origin, der)


def issue(signer: Signer, election: Any, stated: Issuance = STATED) -> str:
    return issuance.issue(signer, election.manifest.origin, election.manifest.hash, stated)


def test_the_sample_receipt_names_the_voters_line() -> None:
    stated = issuance.verify(SAMPLE["issuance_receipt"], Manifest.parse(SAMPLE["manifest"].encode()))
    assert stated.tag == tag(Link.parse(SAMPLE["link"]).salt, SAMPLE["email"])


def test_a_receipt_is_a_note_of_five_lines(election: Any, signer: Signer) -> None:
    note, origin = issue(signer, election), election.manifest.origin
    text, signature = note.split("\n\n")
    hashes = [election.manifest.hash.hex(), *(one.hex() for one in STATED)]
    assert text.split("\n") == ["ballotcast/issuance/1", origin, *hashes]
    assert signature.startswith(f"— {origin}/issuance ")
    assert issuance.verify(note, election.manifest) == STATED
    assert issue(signer, election) == note


def test_a_receipt_holds_for_one_election(election: Any, signer: Signer, make_election: Any) -> None:
    other = make_election(issuance_pk=election.manifest.issuance_pk, title="T").manifest
    for note, manifest in (
        (issue(signer, election), other),
        (issue(signer, election).replace("/issuance ", "/receipt "), election.manifest),
        (issue(signer, election, Issuance(b"short", STATED.blinded_sha256)), election.manifest),
        (issue(signer, election, Issuance(STATED.tag, b"")), election.manifest),
        (sign("ballotcast/issuance/1\n", signer), election.manifest),
        ("", election.manifest),
    ):
        with pytest.raises(IssuanceError):
            issuance.verify(note, manifest)


def test_only_the_issuance_key_under_its_own_name_is_believed(election: Any, signer: Signer) -> None:
    text = issue(signer, election).split("\n\n")[0] + "\n"
    for forger in (Signer(signer.name, Ed25519PrivateKey.generate()), Signer(election.manifest.origin, signer.key)):
        with pytest.raises(IssuanceError):
            issuance.verify(sign(text, forger), election.manifest)
