"""A ceremony of trustees with every value, and what must be refused in its place (docs/protocol.md, section 12)."""

from collections.abc import Sequence
from hashlib import pbkdf2_hmac
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ballotcast.crypto import canonical, p256
from ballotcast.crypto.encoding import b64u_encode
from vector_maker import seeded
from vector_maker.ceremony import Json, SeededCeremony

MADE = SeededCeremony("trustees", 2, ("Ada", "Björn", "Chen"), attempt=2)
M, ROOT, SIZE = seeded.draw("trustees/manifest", 32), seeded.draw("trustees/root", 32), 12
OTHER = seeded.draw("trustees/other", 32)


def confirm(index: int, **changes: Any) -> Json:
    return MADE.confirm(index, M, **changes)


def agree(index: int, **changes: Any) -> Json:
    return MADE.agree(index, M, SIZE, ROOT, **changes)


def release(index: int, **changes: Any) -> Json:
    return MADE.release(index, M, ROOT, **changes)


def wrong(what: str, at: int, sent: Json, reason: str, index: int | None = None) -> Json:
    """In the place of the message of this round at this place, from 0."""
    return {"what": what, "round": sent["round"], "at": at, "message": sent, "reason": reason, "index": index}


def without(sent: Json) -> Json:
    """The members of its round."""
    return {name: sent[name] for name in sent if name not in {"v", "round", "ceremony", "index", "signature"}}


def refused() -> list[Json]:
    first, second = MADE.joins[:2]
    foreign = MADE.message(2, "join", ceremony=OTHER, **without(second))
    stolen = {**second, "signature": first["signature"]}
    same_key, same_parts = (MADE.join(2, **{name: first[name]}) for name in ("encryption_key", "commitment"))
    deal = MADE.deals[2]
    reordered = MADE.deal(3, points=deal["points"][::-1])
    forged = {**agree(3), "signature": agree(1)["signature"]}
    beyond = MADE.message(1, "release", 4, **without(release(1)))
    return [
        wrong("a join of another ceremony", 1, foreign, "another-ceremony", 2),
        wrong("a join under another index", 1, first, "another-index", 2),
        wrong("a join signed by another trustee", 1, stolen, "bad-signature", 2),
        wrong("an encryption key that is another trustee's", 1, same_key, "shared-key"),
        wrong("a commitment that is another trustee's", 1, same_parts, "shared-key"),
        wrong("a deal that names other joins", 2, MADE.deal(3, joins=OTHER.hex()), "other-joins", 3),
        wrong("a deal with one point", 2, MADE.deal(3, points=deal["points"][:1]), "malformed", 3),
        wrong("a deal with two shares", 2, MADE.deal(3, shares=deal["shares"][:2]), "malformed", 3),
        wrong("points that were not committed to", 2, reordered, "not-committed", 3),
        wrong("a proof that was not committed to", 2, MADE.deal(3, proof=MADE.deals[0]["proof"]), "not-committed", 3),
        wrong("another trustee's deal", 2, MADE.deals[0], "another-index", 3),
        wrong("a confirmation of another transcript", 0, confirm(1, transcript=OTHER.hex()), "other-transcript", 1),
        wrong("a confirmation of another manifest", 0, confirm(1, manifest=OTHER.hex()), "other-manifest", 1),
        wrong("a confirmation by another trustee", 0, confirm(2), "another-index", 1),
        wrong("agreement to another root", 0, agree(1, root=OTHER.hex()), "other-checkpoint", 1),
        wrong("agreement to another size", 0, agree(1, size=13), "other-checkpoint", 1),
        wrong("agreement for another manifest", 0, agree(1, manifest=OTHER.hex()), "other-manifest", 1),
        wrong("the same trustee's agreement twice", 0, agree(3), "another-index", 3),
        wrong("an agreement with another's signature", 1, forged, "bad-signature", 3),
        wrong("another trustee's share", 0, release(1, share=b64u_encode(MADE.share(2))), "wrong-share", 1),
        wrong("a share of 0", 0, release(1, share=b64u_encode(bytes(32))), "wrong-share", 1),
        wrong("a share for another checkpoint", 0, release(1, root=OTHER.hex()), "other-checkpoint", 1),
        wrong("a share for another manifest", 0, release(1, manifest=OTHER.hex()), "other-manifest", 1),
        wrong("a trustee that there is not", 1, beyond, "another-index", 4),
    ]


def complaints() -> list[Json]:
    """About the deal of trustee 3, with another share for trustee 1 in it, or about a right one."""

    def judged(what: str, share: bytes, sent: Json, reason: str, index: int) -> Json:
        shares = [share, *(MADE.sealed(3, one) for one in MADE.everybody[1:])]
        changed = MADE.deal(3, shares=[b64u_encode(one) for one in shares])
        return {"what": what, "deal": changed, "complaint": sent, "reason": reason, "index": index}

    right, complaint = MADE.sealed(3, 1), MADE.complaint(1, 3)
    damaged = right[:-1] + bytes([right[-1] ^ 1])
    return [
        judged("a right share", right, complaint, "false-complaint", 1),
        judged("another key", right, MADE.complaint(1, 3, MADE.number(2, "encryption")), "false-complaint", 1),
        judged("no key", right, MADE.complaint(1, 3, 0), "false-complaint", 1),
        judged("a damaged share", damaged, complaint, "does-not-open", 3),
        judged("a share for another trustee", MADE.sealed(3, 2), complaint, "does-not-open", 3),
        judged("a wrong share", MADE.sealed(3, 1, 5), complaint, "does-not-fit", 3),
        judged("a share of 0", MADE.sealed(3, 1, 0), complaint, "does-not-fit", 3),
    ]


def secrets(index: int, **more: Any) -> Json:
    return {
        "v": "ballotcast/secrets/1",
        "setup": MADE.setup,
        "index": index,
        "signing": b64u_encode(p256.scalar(MADE.key(index, "signing"))),
        "encryption": b64u_encode(p256.scalar(MADE.key(index, "encryption"))),
        "join": MADE.joins[index - 1],
        **more,
    }


def sealed_file(passphrase: str) -> Json:
    """The second file of secrets, sealed."""
    salt, nonce = seeded.draw(f"trustees/salt {passphrase}", 16), seeded.draw(f"trustees/nonce {passphrase}", 12)
    key = pbkdf2_hmac("sha256", passphrase.encode(), salt, 600_000)
    label = b"ballotcast/sealed/1"
    sealed = AESGCM(key).encrypt(nonce, canonical.dumps(secrets(1, deal=MADE.deals[0])), label)
    parts = {"salt": salt, "nonce": nonce, "sealed": sealed}
    file = {"v": label.decode(), **{name: b64u_encode(part) for name, part in parts.items()}}
    return {"passphrase": passphrase, "file": file}


def _scalars(numbers: Sequence[int]) -> list[str]:
    return [b64u_encode(one.to_bytes(32)) for one in numbers]


def trustees() -> Json:
    undealt = {"polynomial": _scalars(MADE.coefficients(1)), "proof": b64u_encode(MADE.proof(1))}
    return {
        "about": "A ceremony of two of three trustees, with all messages and secrets. refused: one message in the place"
        " of the right one, with the reason and the trustee whom it names. `agree` and `release` have those"
        " of trustees 1 and 3. complaints: a deal in the place of trustee 3's, and who is to blame. secrets: files"
        " of trustee 1, at first, and with its deal; sealed: the latter as a file.",
        "setup": MADE.setup,
        "ceremony": MADE.hash.hex(),
        "joins_hash": MADE.joins_hash.hex(),
        "fingerprint": MADE.fingerprint.hex(),
        "election_key": p256.point(p256.from_scalar(MADE.private_key)).hex(),
        "private_key": MADE.private_key.hex(),
        "share_keys": [p256.point(p256.from_scalar(MADE.share(index))).hex() for index in MADE.everybody],
        "shares": [MADE.share(index).hex() for index in MADE.everybody],
        "manifest_hash": M.hex(),
        "size": SIZE,
        "root": ROOT.hex(),
        "join": MADE.joins,
        "deal": MADE.deals,
        "confirm": [confirm(index) for index in MADE.everybody],
        "agree": [agree(1), agree(3)],
        "release": [release(1), release(3)],
        "secrets": [secrets(1, **undealt), secrets(1, deal=MADE.deals[0])],
        "sealed": [sealed_file("correct horse battery staple"), sealed_file("Äpfel 😀")],
        "refused": refused(),
        "complaints": complaints(),
    }
