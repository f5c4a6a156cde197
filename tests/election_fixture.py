"""An election as it is after the first invitation, written straight through the stores: what a freeze leaves.

For tests of what happens after it; how organisers get there is tested with `organise`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.roll import SALT_LENGTH, email_key, roll_root, tag
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import p256
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.store.due_counts import DueCount
from ballotcast.store.election import Election, Keys
from ballotcast.store.manifests import FrozenManifest
from ballotcast.store.table import from_wire
from ballotcast.store.vault import Purpose
from ballotcast.store.voter import Voter
from ballotcast.wiring import Wiring
from world import World

BASE_URL = "http://testserver"
VOTERS = ("ada@example.org", "ben@example.org", "cem@example.org")
CONTESTS: tuple[dict[str, Any], ...] = (
    {
        "id": "c1",
        "title": "Ward",
        "method": "scottish-stv",
        "options": ["Ash", "Birch", "Cedar"],
        "seats": 1,
        "min": 1,
        "max": 3,
        "tie": "lot",
    },
)
SPECS: dict[Purpose, Any] = {
    Purpose.ISSUER: "RSA_2048",
    Purpose.ELECTION: "ECC_NIST_P256",
    Purpose.ISSUANCE: "ECC_NIST_EDWARDS25519",
    Purpose.RECEIPT: "ECC_NIST_EDWARDS25519",
    Purpose.LOG: "ECC_NIST_EDWARDS25519",
}


@dataclass(frozen=True)
class FrozenElection:
    election: Election
    manifest: Manifest
    voters: dict[str, Voter]
    """By address, as they are on the roll after their link was sent."""
    links: dict[str, Link]
    wiring: Wiring

    @property
    def id(self) -> str:
        return self.election.id

    def link(self, email: str) -> str:
        return self.links[email].url(f"{self.election.base_url}/vote")

    def ballots(self) -> list[bytes]:
        """All that are in the box, read at once."""
        rows = self.wiring.dynamodb.get_paginator("scan").paginate(TableName=self.wiring.board.name)
        pks = f"BALLOT#{self.id}#"
        items = (from_wire(row) for page in rows for row in page["Items"])
        return [item["b"] for item in items if item["pk"].startswith(pks)]

    def resend(self, email: str) -> str:
        """A new link, which revokes the one before."""
        self.links[email] = _send_link(self.wiring, self.voters[email], self.manifest)
        return self.link(email)

    def close(self) -> None:
        """Close early, now, on both sides."""
        now = to_rfc3339(self.wiring.clock())
        wiring = self.wiring
        writes = [
            wiring.elections.closing(self.election, now),
            wiring.manifests.closing(self.id, now),
            *wiring.due_counts.moving(DueCount(self.election.closes_at, self.id), now),
        ]
        wiring.dynamodb.transact_write_items(TransactItems=writes)

    def private_key(self, purpose: Purpose) -> bytes:
        """DER PKCS#8."""
        assert self.election.keys
        return self.wiring.vault.unwrap(purpose, self.id, getattr(self.election.keys, purpose.value))

    @property
    def issuer(self) -> IssuerKey:
        return IssuerKey.from_pkcs8(self.private_key(Purpose.ISSUER))


def frozen_election(
    deployment: World,
    *,
    voters: Sequence[str] = VOTERS,
    contests: Sequence[dict[str, Any]] = CONTESTS,
    second_factor: str = "none",
    opens_in: timedelta = timedelta(hours=-1),
    lasts: timedelta = timedelta(days=1),
    phone: str = "+4915112345678",
    description: str = "",
    identity: str = "",
) -> FrozenElection:
    """An invited election that opened an hour ago, unless told otherwise; each voter has a link."""
    wiring = deployment.wiring()
    election, opens_at = identity or secrets.token_hex(8), deployment.clock().replace(microsecond=0) + opens_in
    draft = Election(
        id=election,
        organiser="organiser",
        title="Hillhead",
        description=description,
        opens_at=to_rfc3339(opens_at),
        closes_at=to_rfc3339(opens_at + lasts),
        contests=list(contests),
        second_factor=second_factor,
        mode="managed",
        created_at=to_rfc3339(deployment.clock()),
        roll_generation=1,
    )
    assert wiring.elections.add(draft)
    roll = {email: _voter(wiring, election, email, phone) for email in voters}
    wiring.voters.add(list(roll.values()))
    made = {purpose: wiring.vault.create(purpose, election, spec) for purpose, spec in SPECS.items()}
    manifest = Manifest(
        v=1,
        election=election,
        origin=f"{BASE_URL.partition('://')[2]}/elections/{election}/log",
        title=draft.title,
        contests=tuple(Contest(**contest) for contest in contests),
        opens_at=opens_at,
        closes_at=opens_at + lasts,
        mode="managed",
        t=0,
        n=0,
        issuer_pk=made[Purpose.ISSUER].public,
        election_pk=_point(made[Purpose.ELECTION].public),
        issuance_pk=made[Purpose.ISSUANCE].public[-32:],
        receipt_pk=made[Purpose.RECEIPT].public[-32:],
        log_pk=made[Purpose.LOG].public[-32:],
        roll_size=len(roll),
        roll_root=roll_root(voter.tag for voter in roll.values()),
    )
    wrapped = {purpose: pair.wrapped for purpose, pair in made.items()}
    frozen = replace(
        draft,
        revision=2,
        manifest=manifest.encode(),
        base_url=BASE_URL,
        keys=Keys(**{purpose.value: key for purpose, key in wrapped.items()}),
        roll_size=manifest.roll_size,
        roll_root=manifest.roll_root,
        roll_bounds=[0],
    )
    due = wiring.due_counts.adding(DueCount(frozen.closes_at, election))
    assert wiring.elections.freeze(frozen, 1, due)
    wiring.manifests.publish(
        FrozenManifest(
            election,
            manifest.encode(),
            receipt_key=wrapped[Purpose.RECEIPT],
            log_key=wrapped[Purpose.LOG],
            election_key=wrapped[Purpose.ELECTION],
        )
    )
    links = {email: _send_link(wiring, voter, manifest) for email, voter in roll.items()}
    return FrozenElection(frozen, manifest, roll, links, wiring)


def _voter(wiring: Wiring, election: str, email: str, phone: str) -> Voter:
    salt = secrets.token_bytes(SALT_LENGTH)
    key = wiring.roll_secret.mac("voter", election, email_key(email)).hex()
    return Voter(election=election, key=key, email=email, phone=phone, salt=salt, tag=tag(salt, email))


def _send_link(wiring: Wiring, voter: Voter, manifest: Manifest) -> Link:
    run = secrets.token_hex(8)
    link = Link(secrets.token_bytes(32), manifest.hash, voter.salt)
    wiring.voters.enlist(voter.election, voter.key, run, visibly=True)
    assert wiring.voters.give_link(voter, run, link.token_hash.hex())
    wiring.voters.mark_mailed(voter.election, voter.key, run)
    return link


def _point(spki: bytes) -> bytes:
    key = load_der_public_key(spki)
    assert isinstance(key, p256.PublicKey)
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
