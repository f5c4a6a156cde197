"""An export made by somebody who holds every key of the election: honest unless told otherwise."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import PrivateAttr

from ballotcast.ballots import ballot as wire
from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.contest import Contest
from ballotcast.ballots.door import Door
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf, LeafError, ManifestLeaf, parse
from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason
from ballotcast.ballots.roll import roll_root
from ballotcast.crypto import canonical, merkle, p256, tiles
from ballotcast.crypto.blind_rsa import finalize
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.crypto.signed_note import Signer
from ballotcast.crypto.tile_files import encode_bundle
from ballotcast.elections import export_files
from ballotcast.elections.amendment_audit import AmendmentAudit, Withdrawn
from ballotcast.elections.result import SpoiltBallot, count_election, read_ballot
from voting import new_request

Entries = list[bytes]
"""Of a log, in order."""
ORIGIN = "vote.example.org/v1/elections/e1/log"
OPENS, CLOSES = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 20, 18, tzinfo=UTC)


class UncheckedManifest(Manifest):
    """A manifest whose bytes nobody has checked: members may be missing, wrong, or too many."""

    _data: bytes = PrivateAttr(b"")

    @classmethod
    def of(cls, manifest: Manifest, changes: Mapping[str, Any]) -> "UncheckedManifest":
        """`changes`: members as in JSON, whose values take the place of the manifest's or are added."""
        unchecked = cls.model_construct(**{name: getattr(manifest, name) for name in Manifest.model_fields})
        unchecked._data = canonical.dumps(json.loads(manifest.encode()) | dict(changes))
        return unchecked

    def encode(self) -> bytes:
        return self._data


@dataclass(eq=False)
class Forger:
    """The keys, and a manifest with 8 voters on the roll. `changes`: of members of the manifest, unchecked."""

    voters: int = 8
    issuer: IssuerKey = field(default_factory=IssuerKey.generate)
    election_key: p256.PrivateKey = field(default_factory=p256.generate)
    issuance_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    receipt_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    log_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    changes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        options = ("Ash", "Birch", "Cedar")
        contest = Contest(
            id="c1", title="Ward", method="irv", options=options, seats=1, min=1, max=3, tie="previous-stages"
        )
        self.tags = [sha256(number.to_bytes(4)).digest() for number in range(self.voters)]
        self.manifest = Manifest(
            v=1,
            election="e1",
            origin=ORIGIN,
            title="Hillhead",
            contests=(contest,),
            opens_at=OPENS,
            closes_at=CLOSES,
            mode="managed",
            t=0,
            n=0,
            issuer_pk=self.issuer.public.spki(),
            election_pk=p256.point(self.election_key),
            issuance_pk=self.issuance_key.public_key().public_bytes_raw(),
            receipt_pk=self.receipt_key.public_key().public_bytes_raw(),
            log_pk=self.log_key.public_key().public_bytes_raw(),
            roll_size=self.voters,
            roll_root=roll_root(self.tags),
        )
        if self.changes:
            self.manifest = UncheckedManifest.of(self.manifest, self.changes)

    def ballot(self, plaintext: bytes = b"\1\0\0") -> Ballot:
        request = new_request(self.manifest)
        blind_signature = self.issuer.blind_sign(request.blinding.blinded)
        signature = finalize(self.manifest.issuer, request.prepared, blind_signature, request.blinding.inverse)
        return wire.cast(self.manifest, request.key, request.rand, signature, plaintext)

    def second_ballot(self) -> tuple[Ballot, Ballot]:
        """Two ballots of one credential."""
        request = new_request(self.manifest)
        blind_signature = self.issuer.blind_sign(request.blinding.blinded)
        return request.ballot(blind_signature, (1,)), request.ballot(blind_signature, (2,))

    def entries(self, ballots: Iterable[Ballot]) -> list[bytes]:
        """A whole log of these ballots, in the order that they must have."""
        leaves = in_order(BallotLeaf(ballot.encode()).encode() for ballot in ballots)
        return self.closed([ManifestLeaf(self.manifest.hash).encode(), *leaves])

    def closed(self, entries: Sequence[bytes], **changes: Any) -> list[bytes]:
        """The entries with the closing leaf that fits them and a ledger of as many lines; `changes`: of its members."""
        kinds = Counter(entry[:1] for entry in entries)
        ballots = kinds[b"\1"]
        fitting: dict[str, Any] = {
            "closed_at": CLOSES,
            "ballots": ballots,
            "issued": ballots,
            "ledger_sha256": sha256(self.ledger(ballots)).digest(),
            "roll_revision": sum(b'"roll"' in entry for entry in entries if entry[:1] == b"\2"),
        }
        return [*entries, ClosingLeaf(**fitting | changes).encode()]

    def root(self, entries: list[bytes]) -> bytes:
        return merkle.root([merkle.leaf_hash(entry) for entry in entries])

    def note(self, entries: list[bytes], signer: Signer | None = None) -> bytes:
        root = self.root(entries)
        signer = signer or Signer(ORIGIN, self.log_key)
        return Checkpoint(signer.name, len(entries), root).sign(signer).encode()

    def door(self, entries: list[bytes], **changes: Any) -> bytes:
        """The door statement that fits the closing leaf, or says other things."""
        fields = {"closed_at": CLOSES, "ballots": 0, "issued": 0}
        try:
            closing = parse(entries[-1])
        except LeafError:
            closing = None
        if isinstance(closing, ClosingLeaf):
            fields = {name: getattr(closing, name) for name in fields}
        return Door(**fields | changes).sign(self.manifest, Signer(ORIGIN, self.log_key)).encode()

    def ledger(self, issued: int) -> bytes:
        return Ledger(
            LedgerLine(tag, blinded_sha256=sha256(number.to_bytes(4, "little")).digest() if number < issued else b"")
            for number, tag in enumerate(self.tags)
        ).encode()

    def result(self, entries: list[bytes], withdrawn: Withdrawn | None = None) -> bytes:
        """What an honest count of what is readable gives; or one with other withdrawn options than the entries say."""
        plaintexts: Counter[bytes] = Counter()
        spoilt = []
        for index, entry in enumerate(entries):
            if entry[:1] == b"\1" and len(entry) == 1 + self.manifest.ballot_length:
                said = read_ballot(Ballot.parse(entry[1:], self.manifest), self.manifest, self.election_key)
                if isinstance(said, Reason):
                    spoilt.append(SpoiltBallot(index=index, reason=said))
                else:
                    plaintexts[said] += 1
        key = p256.scalar(self.election_key)
        heeded = self.withdrawn(entries) if withdrawn is None else withdrawn
        root, voters = self.root(entries), self.voters
        return count_election(self.manifest, key, root, plaintexts, spoilt, heeded, voters=voters).encode()

    def withdrawn(self, entries: list[bytes]) -> dict[str, set[int]]:
        """What the amendments that may stand where they are withdraw."""
        audit = AmendmentAudit(self.manifest)
        for entry in entries[1:]:
            try:
                amendment = parse(entry)
            except LeafError:
                continue
            if isinstance(amendment, AmendmentLeaf):
                audit.take(amendment)
        return audit.withdrawn

    def files(self, entries: list[bytes], issued: int | None = None) -> dict[str, bytes]:
        """Everything follows from the entries: nothing gives a forgery away but what the entries say."""
        note = self.note(entries)
        _, hashes = tiles.append(0, {}, [merkle.leaf_hash(entry) for entry in entries])
        files = {
            export_files.MANIFEST: self.manifest.encode(),
            export_files.CHECKPOINT: note,
            export_files.DOOR: self.door(entries),
            export_files.LEDGER: self.ledger(len(entries) - 2 if issued is None else issued),
            export_files.ELECTION_KEY: p256.scalar(self.election_key).hex().encode(),
            export_files.RESULT: self.result(entries) if _is_of(entries, self.manifest) else b"{}",
        }
        files |= {str(path): hashes[path.level, path.n] for path in export_files.tile_paths(len(entries))}  # type: ignore[index]
        for path in export_files.bundle_paths(len(entries)):
            files[str(path)] = encode_bundle(entries[path.n * 256 : path.n * 256 + path.width])
        return files


def in_order(ballots: Iterable[bytes]) -> list[bytes]:
    """Leaves as the log must have them: ascending by hash."""
    return sorted(ballots, key=merkle.leaf_hash)


def _is_of(entries: list[bytes], manifest: Manifest) -> bool:
    ballots = [entry[1:] for entry in entries if entry[:1] == b"\1"]
    return all(len(data) == manifest.ballot_length and data[:33] == b"\1" + manifest.hash for data in ballots)


def write(path: Path, files: Mapping[str, bytes]) -> Path:
    export_files.write_export(path, sorted(files.items()))
    return path


def flipped(data: bytes, at: int) -> bytes:
    """One bit is another."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
