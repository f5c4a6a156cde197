"""An open election with one ballot that can be cast, as the board's table holds it: what a measured cast needs."""

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ballotcast.ballots import credential
from ballotcast.ballots.ballot import cast
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import encode
from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import RAND_LENGTH, blind, finalize
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.store.manifests import STATE, FrozenManifest, state_pk, to_item
from ballotcast.store.table import to_wire

ELECTION = "0123456789abcdef"
CONTEST = Contest(
    id="c1",
    title="Ward",
    method="scottish-stv",
    options=("Ash", "Birch", "Cedar"),
    seats=1,
    min=1,
    max=3,
    tie="lot",
)


@dataclass(frozen=True)
class Poll:
    """`ballot`: wire format. `receipt_key`: DER PKCS#8, what KMS opens. `frozen`: the item of the manifest."""

    manifest: Manifest
    issuer: IssuerKey
    ballot: bytes
    receipt_key: bytes
    frozen: FrozenManifest

    def items(self) -> dict[tuple[str, str], dict[str, Any]]:
        """As DynamoDB sends them, bytes in base64."""
        item = to_item(self.frozen)
        wire = {name: _encoded(value) for name, value in to_wire(item).items()}
        return {(item["pk"], item["sk"]): wire}

    @property
    def state_key(self) -> tuple[str, str]:
        return state_pk(ELECTION), STATE


def open_poll() -> Poll:
    issuer_pair = rsa.generate_private_key(65537, 2048)
    issuer = IssuerKey.from_pkcs8(issuer_pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    issuance_pair, receipt_pair, log_pair = (ed25519.Ed25519PrivateKey.generate() for _ in range(3))
    now = datetime.now(UTC).replace(microsecond=0)
    manifest = Manifest(
        v=1,
        election=ELECTION,
        origin=f"bench.example.org/elections/{ELECTION}/log",
        title="Ward",
        contests=(CONTEST,),
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=1),
        mode="managed",
        t=0,
        n=0,
        issuer_pk=issuer_pair.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        election_pk=p256.point(p256.generate()),
        issuance_pk=issuance_pair.public_key().public_bytes_raw(),
        receipt_pk=receipt_pair.public_key().public_bytes_raw(),
        log_pk=log_pair.public_key().public_bytes_raw(),
        roll_size=1,
        roll_root=secrets.token_bytes(32),
    )
    frozen = FrozenManifest(ELECTION, manifest.encode(), b"wrapped", b"wrapped", b"wrapped")
    receipt_key = receipt_pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Poll(manifest, issuer, new_ballot(manifest, issuer), receipt_key, frozen)


def new_ballot(manifest: Manifest, issuer: IssuerKey) -> bytes:
    """A ballot with a fresh credential, in wire format."""
    key, rand = p256.generate(), secrets.token_bytes(RAND_LENGTH)
    prepared = credential.prepare(manifest.hash, p256.point(key), rand)
    blinding = blind(manifest.issuer, prepared)
    signature = finalize(manifest.issuer, prepared, issuer.blind_sign(blinding.blinded), blinding.inverse)
    return cast(manifest, key, rand, signature, encode(manifest, [(1,)])).encode()


def _encoded(value: dict[str, Any]) -> dict[str, Any]:
    return {kind: b64encode(bytes(content)).decode() if kind == "B" else content for kind, content in value.items()}
