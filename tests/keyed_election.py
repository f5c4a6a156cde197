"""A small election with the private keys behind its manifest, for tests that play every side of the protocol."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import p256
from ballotcast.crypto.issuer_key import IssuerKey


class KeyedElection(NamedTuple):
    manifest: Manifest
    issuer: IssuerKey
    election_key: p256.PrivateKey
    issuance_key: Ed25519PrivateKey
    receipt_key: Ed25519PrivateKey
    log_key: Ed25519PrivateKey


def keyed_election(bits: int) -> KeyedElection:
    """One contest that is ranked and one that is scored; `bits` is the size of the issuer's key."""
    issuer, election_key = IssuerKey.generate(bits), p256.generate()
    issuance_key, receipt_key, log_key = (Ed25519PrivateKey.generate() for _ in range(3))
    common: dict[str, Any] = {
        "options": ["Ann", "Bo", "Çağla", "Dee", "😀"],
        "seats": 1,
        "min": 0,
        "max": 5,
        "tie": "lot",
    }
    manifest = Manifest(
        v=1,
        election="e1",
        origin="vote.example/prod/elections/e1/log",
        title="Räte",
        contests=(
            Contest(id="c1", title="Ward", method="scottish-stv", **common),
            Contest(id="c2", title="Days", method="score", **common),
        ),
        opens_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        closes_at=datetime(2026, 11, 27, 18, 30, tzinfo=UTC),
        mode="managed",
        t=0,
        n=0,
        issuer_pk=issuer.public.spki(),
        election_pk=p256.point(election_key),
        issuance_pk=issuance_key.public_key().public_bytes_raw(),
        receipt_pk=receipt_key.public_key().public_bytes_raw(),
        log_pk=log_key.public_key().public_bytes_raw(),
        roll_size=3,
        roll_root=bytes(32),
    )
    return KeyedElection(manifest, issuer, election_key, issuance_key, receipt_key, log_key)
