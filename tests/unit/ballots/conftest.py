"""A small election of two contests, its keys, and one voter's ballot in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots import ballot, credential, plaintext
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import blind_rsa, p256
from ballotcast.crypto.issuer_key import IssuerKey

ORIGIN = "vote.example/prod/elections/e1/log"
CONTESTS = (
    Contest(
        id="c1",
        title="Ward councillors",
        method="scottish-stv",
        options=["Ann", "Bo", "Çağla", "Dee"],
        seats=2,
        min=0,
        max=4,
        tie="previous-stages",
    ),
    Contest(
        id="c2", title="Which days?", method="approval", options=["Mon", "Tue", "Wed"], seats=1, min=1, max=2, tie="lot"
    ),
)


class Election(NamedTuple):
    """An election's manifest with the private keys behind it."""

    manifest: Manifest
    issuer: IssuerKey
    election_key: p256.PrivateKey
    issuance_key: Ed25519PrivateKey
    receipt_key: Ed25519PrivateKey


MakeElection = Callable[..., Election]


@pytest.fixture(scope="session")
def make_election() -> MakeElection:
    issuer = IssuerKey.generate()

    def make(**changes: Any) -> Election:
        election_key = p256.generate()
        issuance_key, receipt_key, log_key = (Ed25519PrivateKey.generate() for _ in range(3))
        fields = {
            "v": 1,
            "election": "e1",
            "origin": ORIGIN,
            "title": "Council",
            "contests": CONTESTS,
            "opens_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
            "closes_at": datetime(2026, 11, 27, 18, 30, tzinfo=UTC),
            "mode": "managed",
            "t": 0,
            "n": 0,
            "issuer_pk": issuer.public.spki(),
            "election_pk": p256.point(election_key),
            "issuance_pk": issuance_key.public_key().public_bytes_raw(),
            "receipt_pk": receipt_key.public_key().public_bytes_raw(),
            "log_pk": log_key.public_key().public_bytes_raw(),
            "roll_size": 3,
            "roll_root": bytes(32),
        }
        return Election(Manifest(**fields | changes), issuer, election_key, issuance_key, receipt_key)

    return make


@pytest.fixture(scope="session")
def election(make_election: MakeElection) -> Election:
    return make_election()


@pytest.fixture(scope="session")
def cast_ballot() -> Callable[..., ballot.Ballot]:
    """Plays the voter and the issuer: a ballot with these choices, or with this raw plaintext."""

    def cast(election: Election, choices: list[list[int]] | bytes) -> ballot.Ballot:
        manifest, key, rand = election.manifest, p256.generate(), bytes(range(32))
        prepared = credential.prepare(manifest.hash, p256.point(key), rand)
        blinding = blind_rsa.blind(manifest.issuer, prepared)
        blind_signature = election.issuer.blind_sign(blinding.blinded)
        signature = blind_rsa.finalize(manifest.issuer, prepared, blind_signature, blinding.inverse)
        text = choices if isinstance(choices, bytes) else plaintext.encode(manifest, choices)
        return ballot.cast(manifest, key, rand, signature, text)

    return cast
