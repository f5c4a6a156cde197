"""Notes, leaves, rolls, lots and plaintexts in all their spellings (docs/protocol.md, sections 7 to 10)."""

from hashlib import sha256
from typing import Any

from ballotcast.ballots import issuance, lots, receipt
from ballotcast.ballots.amendment import commitment
from ballotcast.ballots.issuance import Issuance
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.plaintext import Spoilt, decode
from ballotcast.ballots.roll import email_key, roll_root, tag
from ballotcast.counting import RULES
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.signed_note import Signer
from forged_export import ORIGIN
from recount import contest, manifest_of
from vector_maker import seeded
from vector_maker.bases import amended, extended, plain, withdrawn

ADDRESSES = (
    " Ada@Example.ORG\n",
    "ada@example.org",
    "Ünal@example.org",
    "\ta@xn--bcher-kva.example\r\n",
    "",
    "a b@c.example",
)


def notes() -> dict[str, Any]:
    """All kinds of one election, the whole export `plain`."""
    base = plain()
    forger, leaf = base.forger, leaf_hash(base.entries[1])
    issued = Issuance(base.forger.tags[0], sha256(b"blinded").digest())
    signer = Signer(f"{ORIGIN}/issuance", forger.issuance_key)
    made = {
        "checkpoint": (base.files["checkpoint"].decode(), ORIGIN, forger.log_key),
        "door": (base.files["door"].decode(), f"{ORIGIN}/door", forger.log_key),
        "receipt": (
            receipt.issue(Signer(f"{ORIGIN}/receipt", forger.receipt_key), forger.manifest, leaf),
            *(f"{ORIGIN}/receipt", forger.receipt_key),
        ),
        "issuance": (
            issuance.issue(signer, ORIGIN, forger.manifest.hash, issued),
            *(f"{ORIGIN}/issuance", forger.issuance_key),
        ),
    }
    return {
        "about": "The signed notes of the election in exports/plain.zip, with the seed of each private key.",
        "manifest": forger.manifest.encode().decode(),
        "leaf_hash": leaf.hex(),
        "tag": issued.tag.hex(),
        "blinded_sha256": issued.blinded_sha256.hex(),
        "notes": {
            kind: {
                "name": name,
                "seed": key.private_bytes_raw().hex(),
                "key": key.public_key().public_bytes_raw().hex(),
                "key_id": Signer(name, key).verifier.key_id.hex(),
                "note": note,
            }
            for kind, (note, name, key) in made.items()
        },
    }


def leaves() -> dict[str, Any]:
    """Those of `amended`, and what they state."""
    base = amended()
    later = [entry for entry in extended().entries if b'"schedule"' in entry]
    gone = [entry for entry in withdrawn().entries if b'"withdrawn"' in entry]
    ballots = [entry for entry in base.entries if entry[:1] == BallotLeaf(b"").encode()]
    shown = [entry for entry in base.entries if entry not in ballots[1:]] + later + gone
    return {
        "about": (
            "Leaves of exports/amended.zip; amendments of extended.zip that let voting end later, and of withdrawn.zip"
            " that withdraw options; with hashes."
        ),
        "leaves": [{"leaf": entry.hex(), "hash": leaf_hash(entry).hex()} for entry in shown],
    }


def roll() -> dict[str, Any]:
    base = amended()
    ledger = base.files["issuance.csv"]
    salts = [seeded.draw(f"salt {number}", 16) for number in range(len(ADDRESSES))]
    after = {line.replaces: line.tag for line in base.lines if line.replaces}
    return {
        "about": "Tags; and of exports/amended.zip ledger, rolls by revision, and commitments to rights that end.",
        "tags": [
            {"address": address, "key": email_key(address), "salt": salt.hex(), "tag": tag(salt, address).hex()}
            for address, salt in zip(ADDRESSES, salts, strict=True)
        ],
        "manifest_hash": base.forger.manifest.hash.hex(),
        "ledger": ledger.decode(),
        "ledger_sha256": sha256(ledger).hexdigest(),
        "rolls": [
            {"size": len(tags), "root": roll_root(tags).hex()}
            for tags in ([line.tag for line in base.lines if line.added <= revision] for revision in range(5))
        ],
        "commitments": [
            {
                "revision": line.ended,
                "tag": line.tag.hex(),
                "successor": after.get(line.tag, b"").hex(),
                "commitment": commitment(
                    base.forger.manifest.hash, line.ended, line.tag, after.get(line.tag, b"")
                ).hex(),
            }
            for line in base.lines
            if line.ended
        ],
    }


def drawn() -> dict[str, Any]:
    key, root = seeded.draw("lots/key", 32), seeded.draw("lots/root", 32)
    seed = lots.seed(key, root)
    places = [("c1", 1, option) for option in range(1, 6)] + [("c2", 1, 1), ("c1", 12, 1), ("c1", 1, 21), ("c11", 2, 1)]
    return {
        "about": "The seed of lots and what options draw: contest, stage, option. The lowest hash is the best.",
        "election_key": key.hex(),
        "log_root": root.hex(),
        "seed": seed.hex(),
        "lots": [
            {"contest": one, "stage": stage, "option": option, "lot": _lot(seed, one, stage, option)}
            for one, stage, option in places
        ],
    }


def _lot(seed: bytes, contest: str, stage: int, option: int) -> str:
    return sha256(b"ballotcast/lot/1\n" + seed + f"{contest}\n{stage}\n{option}".encode()).hexdigest()


def plaintexts() -> dict[str, Any]:
    """Of each method every plaintext of three options whose bytes are small, with its choice or why it is spoilt."""
    return {
        "about": "Plaintexts of one contest: the choice of each, or the reason why a ballot with it is spoilt.",
        "contests": [_plaintexts(method) for method in RULES],
    }


def _plaintexts(method: str) -> dict[str, Any]:
    of = contest(method, 3, 1, highest=2)
    if RULES[method].ballot == "scores":
        of = of.model_copy(update={"min": 1})
    elif method != "plurality":
        of = of.model_copy(update={"min": 2, "max": 2})
    manifest = manifest_of(of)
    texts = [bytes([a, b, c]) for a in range(4) for b in range(4) for c in (0, 1, 3)]
    texts += [b"", b"\0\0", bytes(4), b"\xff\0\0", b"\1\0\xff"]
    read = []
    for text in texts:
        try:
            read.append({"plaintext": text.hex(), "choice": decode(manifest, text)[0]})
        except Spoilt as spoilt:
            read.append({"plaintext": text.hex(), "spoilt": str(spoilt.reason)})
    return {"contest": of.model_dump(mode="json"), "plaintexts": read}
