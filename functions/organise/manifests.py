"""Making a manifest of a draft: the keys of the election, and what is fixed with them."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from ballotcast.ballots.contest import Contest
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.named_trustees import NamedTrustee, NamedTrustees
from ballotcast.ballots.roll import roll_root
from ballotcast.clock import from_rfc3339
from ballotcast.elections.addresses import gets_text_messages
from ballotcast.errors import Conflict
from ballotcast.store.election import Election, Keys
from ballotcast.store.vault import ED25519, Purpose, WrappedKey
from ballotcast.store.voter import RollLine
from ballotcast.trustees.transcript import Transcript
from ballotcast.wiring import Wiring

PairsMade = dict[Purpose, WrappedKey]


def make_keys(wiring: Wiring, election: str, *, trustees: bool) -> PairsMade:
    """Fresh key pairs. trustees: they make the election's own key, so none is made here, and nobody has it."""
    large = wiring.settings.issuer_bits == 3072
    pairs = {Purpose.ISSUER: wiring.vault.create(Purpose.ISSUER, election, "RSA_3072" if large else "RSA_2048")}
    if not trustees:
        pairs[Purpose.ELECTION] = wiring.vault.create(Purpose.ELECTION, election, "ECC_NIST_P256")
    for purpose in (Purpose.ISSUANCE, Purpose.RECEIPT, Purpose.LOG):
        pairs[purpose] = wiring.vault.create(purpose, election, ED25519)
    return pairs


def make_manifest(
    draft: Election, roll: Sequence[RollLine], base_url: str, keys: PairsMade, transcript: Transcript | None = None
) -> Manifest:
    """transcript: of the ceremony that made the election's key; None: it is among `keys`."""
    return Manifest(
        v=1,
        election=draft.id,
        origin=f"{base_url.partition('://')[2]}/elections/{draft.id}/log",
        title=draft.title,
        contests=tuple(Contest(**contest) for contest in draft.contests),
        opens_at=from_rfc3339(draft.opens_at),
        closes_at=from_rfc3339(draft.closes_at),
        release="held" if draft.release == "held" else None,
        rehearsal=True if draft.rehearsal else None,
        mode="trustees" if transcript else "managed",
        t=transcript.setup.t if transcript else 0,
        n=transcript.setup.n if transcript else 0,
        issuer_pk=keys[Purpose.ISSUER].public,
        election_pk=transcript.election_key if transcript else _raw(keys[Purpose.ELECTION]),
        issuance_pk=_raw(keys[Purpose.ISSUANCE]),
        receipt_pk=_raw(keys[Purpose.RECEIPT]),
        log_pk=_raw(keys[Purpose.LOG]),
        roll_size=len(roll),
        roll_root=roll_root(voter.tag for voter in roll),
        trustees=_named(transcript) if transcript else None,
    )


def require_phones(wiring: Wiring, draft: Election, roll: Sequence[RollLine]) -> None:
    """Raise Conflict if codes go out by text message, and one of the voters would get none."""
    reached = wiring.settings.sms_countries
    if draft.second_factor == "sms" and any(not gets_text_messages(voter.phone, reached) for voter in roll):
        raise Conflict("phone-missing", "some voters have no telephone number that text messages are sent to")


def hash_of(manifest: bytes) -> bytes:
    """M, 32 bytes."""
    return sha256(manifest).digest()


def _named(transcript: Transcript) -> NamedTrustees:
    people = tuple(
        NamedTrustee(name=name, signing_key=join.signing_key)
        for name, join in zip(transcript.setup.trustees, transcript.joins, strict=True)
    )
    return NamedTrustees(transcript=transcript.hash, people=people)


def _raw(pair: WrappedKey) -> bytes:
    """A public key as the manifest has it: a point of P-256 (65 bytes) or an Ed25519 key (32 bytes)."""
    key = load_der_public_key(pair.public)
    if isinstance(key, Ed25519PublicKey):
        return key.public_bytes_raw()
    assert isinstance(key, EllipticCurvePublicKey)
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def stated(draft: Election, manifest: Manifest, base_url: str, keys: PairsMade) -> dict[str, Any]:
    """The election's fields that go with its manifest: address, keys and roll."""
    return {
        "base_url": base_url,
        "keys": Keys(**{purpose.value: key.wrapped for purpose, key in keys.items()}),
        "roll_size": manifest.roll_size,
        "roll_root": manifest.roll_root,
        "roll_bounds": [draft.roll_generation - 1],
    }
