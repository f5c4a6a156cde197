"""Everything that an operator might do to an export, by what it is: for every program that verifies one."""

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.ballots.roll import roll_root
from ballotcast.crypto import canonical, p256
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import b64_decode, b64_encode, b64u_encode
from ballotcast.crypto.signed_note import Signer, sign
from forged_export import CLOSES, OPENS, ORIGIN, Forger, flipped, in_order
from voting import new_request

Entries = list[bytes]
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def amended(forger: Forger, size: int) -> bytes:
    tags = [bytes([number]) * 32 for number in range(size)]
    roll = RollRevision(revision=1, roll_size=size, roll_root=roll_root(tags))
    return AmendmentLeaf(at=OPENS, reason="Voters were added", roll=roll).encode()


def other_issuer(forger: Forger) -> bytes:
    other = Forger()
    forged = other.ballot()
    stranger = replace(forged, manifest_hash=forger.manifest.hash)
    return BallotLeaf(stranger.encode()).encode()


def twice(forger: Forger) -> Entries:
    return [BallotLeaf(ballot.encode()).encode() for ballot in forger.second_ballot()]


def negated(leaf: bytes) -> bytes:
    """The ballot with the other value of s that ECDSA allows."""
    return leaf[:-32] + (P256_ORDER - int.from_bytes(leaf[-32:])).to_bytes(32)


def sealed_off_the_curve(forger: Forger) -> bytes:
    """A ballot signed by its key, whose ciphertext begins with a key that is not a point."""
    request = new_request(forger.manifest)
    ballot = request.ballot(forger.issuer.blind_sign(request.blinding.blinded), (1,))
    unsigned = replace(ballot, sealed=flipped(ballot.sealed, 64), signature=b"")
    signature = p256.sign(request.key, b"ballotcast/cast/1\n" + unsigned.encode())
    return BallotLeaf(replace(unsigned, signature=signature).encode()).encode()


def signed_above_the_modulus(forger: Forger) -> bytes:
    """A ballot whose issuer's signature has the modulus added, and still fits its bytes."""
    k, n = forger.manifest.issuer.k, forger.manifest.issuer.n
    while True:
        ballot = forger.ballot()
        larger = int.from_bytes(ballot.issuer_signature) + n
        if larger < 256**k:
            return BallotLeaf(replace(ballot, issuer_signature=larger.to_bytes(k)).encode()).encode()


def resealed(forger: Forger, entries: Entries) -> Entries:
    """The log with its ballots in order, and a closing leaf that fits: all that its writer can put right."""
    ballots = in_order(entry for entry in entries[1:-1] if entry[:1] == b"\1")
    return forger.closed([entries[0], *(entry for entry in entries[1:-1] if entry[:1] != b"\1"), *ballots])


def exchanged(forger: Forger, entries: Entries, doctor: Callable[[bytes], bytes]) -> Entries:
    """Something is done to one ballot."""
    return resealed(forger, [*entries[:2], doctor(entries[2]), *entries[3:]])


def added(forger: Forger, entries: Entries, *ballots: bytes) -> Entries:
    return resealed(forger, [*entries[:-1], *ballots, entries[-1]])


def amended_by(forger: Forger, entries: Entries, size: int) -> Entries:
    return forger.closed([entries[0], amended(forger, size), *entries[1:-1]])


def told_otherwise(**changes: object) -> Callable[[Forger, Entries], Entries]:
    """The closing leaf says something else."""
    return lambda f, e: f.closed(e[:-1], **changes)


FORGED: dict[str, tuple[str, Callable[[Forger, Entries], Entries]]] = {
    "a ballot stands there twice": ("one-ballot-each", lambda f, e: added(f, e, e[1])),
    "a leaf's hash is there twice": ("order", lambda f, e: added(f, e, e[1])),
    "a credential was used twice": ("one-ballot-each", lambda f, e: added(f, e, *twice(f))),
    "a credential is forged": ("credentials", lambda f, e: exchanged(f, e, lambda one: flipped(one, 1 + 130))),
    "a credential is of another election": ("credentials", lambda f, e: added(f, [e[0], e[-1]], other_issuer(f))),
    "a ballot is not signed by its key": (
        "ballots",
        lambda f, e: exchanged(f, e, lambda one: flipped(one, len(one) - 1)),
    ),
    "a ballot's ciphertext was changed": (
        "ballots",
        lambda f, e: exchanged(f, e, lambda one: flipped(one, len(one) - 80)),
    ),
    "a ballot's s was negated": ("ballots", lambda f, e: exchanged(f, e, negated)),
    "a ballot is sealed by a key off the curve": ("ballots", lambda f, e: added(f, e, sealed_off_the_curve(f))),
    "a credential is not below the modulus": ("credentials", lambda f, e: added(f, e, signed_above_the_modulus(f))),
    "a ballot's key is no key": ("ballots", lambda f, e: exchanged(f, e, lambda one: flipped(one, 1 + 34))),
    "a ballot is cut short": ("ballots", lambda f, e: exchanged(f, e, lambda one: one[:-1])),
    "a ballot names another manifest": ("ballots", lambda f, e: exchanged(f, e, lambda one: flipped(one, 1 + 1))),
    "a ballot's version is unknown": ("ballots", lambda f, e: exchanged(f, e, lambda one: flipped(one, 1))),
    "two ballots have changed places": ("order", lambda f, e: [e[0], e[2], e[1], *e[3:]]),
    "the ballots stand in descending order": ("order", lambda f, e: [e[0], *e[-2:0:-1], e[-1]]),
    "a leaf is of no kind": ("leaves", lambda f, e: [*e[:2], b"\7", *e[2:]]),
    "a leaf is empty": ("leaves", lambda f, e: [*e[:2], b"", *e[2:]]),
    "the first leaf is missing": ("leaves", lambda f, e: e[1:]),
    "the first leaf is another manifest": ("leaves", lambda f, e: [flipped(e[0], 5), *e[1:]]),
    "the manifest stands there again": ("leaves", lambda f, e: [*e[:2], e[0], *e[2:]]),
    "nothing closes the log": ("leaves", lambda f, e: e[:-1]),
    "the log goes on after the end": ("leaves", lambda f, e: [*e, e[-1]]),
    "a ballot came after the end": ("leaves", lambda f, e: [*e[:2], *e[3:], e[2]]),
    "only the manifest is there": ("leaves", lambda f, e: e[:1]),
    "it closed too late": ("leaves", told_otherwise(closed_at=CLOSES.replace(second=1))),
    "it closed before it opened": ("leaves", told_otherwise(closed_at=datetime(2026, 11, 20, 8, tzinfo=UTC))),
    "it closed in another version": ("leaves", lambda f, e: [*e[:-1], e[-1].replace(b'"v":2', b'"v":1')]),
    "the end tells of an amendment": ("leaves", told_otherwise(roll_revision=1)),
    "the end tells of no amendment": (
        *("leaves",),
        lambda f, e: f.closed(amended_by(f, e, 9)[:-1], roll_revision=0),
    ),
    "the end tells of fewer ballots": ("turnout", told_otherwise(ballots=5)),
    "the end tells of more ballots": ("turnout", told_otherwise(ballots=7)),
    "the end tells of fewer credentials": ("turnout", told_otherwise(issued=5)),
    "the end names another ledger": ("ledger", told_otherwise(ledger_sha256=bytes(32))),
    "a ballot is missing": ("turnout", lambda f, e: [*e[:2], *e[3:]]),
    "the roll shrank": ("leaves", lambda f, e: amended_by(f, e, 7)),
    "the roll was exchanged": ("leaves", lambda f, e: amended_by(f, e, 8)),
    "the roll grew behind a ballot": ("leaves", lambda f, e: f.closed([*e[:2], amended(f, 9), *e[2:-1]])),
    "the roll grew and the ledger did not": ("rolls", lambda f, e: amended_by(f, e, 9)),
    "there are more ballots than credentials": ("turnout", lambda f, e: added(f, e, *more(f, 3))),
}


def more(forger: Forger, number: int) -> Entries:
    return forger.entries([forger.ballot() for _ in range(number)])[1:-1]


def other_log_key(forger: Forger, entries: Entries) -> bytes:
    return forger.note(entries, Signer(ORIGIN, Ed25519PrivateKey.generate()))


def other_line(forger: Forger, entries: Entries, key: Ed25519PrivateKey | None = None, name: str = ORIGIN) -> bytes:
    """A signature line of the log's text, by the log's key under its name unless told otherwise."""
    text = forger.note(entries).split(b"\n\n")[0].decode() + "\n"
    return sign(text, Signer(name, key or forger.log_key)).split("\n\n")[1].encode()


def with_larger_s(note: bytes) -> bytes:
    """The checkpoint with the order of Ed25519's group added to the second half of its signature."""
    text, _, line = note.decode().rpartition(" ")
    data = b64_decode(line.strip())
    larger = int.from_bytes(data[36:], "little") + ED25519_ORDER
    return f"{text} {b64_encode(data[:36] + larger.to_bytes(32, 'little'))}\n".encode()


def signed_anew(forger: Forger, note: bytes) -> bytes:
    """The text of a door statement as it is, with a signature that fits."""
    text = note.decode().rpartition("\n\n")[0] + "\n"
    return sign(text, Signer(f"{ORIGIN}/door", forger.log_key)).encode()


def sized(forger: Forger, size: int) -> bytes:
    return Checkpoint(ORIGIN, size, bytes(32)).sign(Signer(ORIGIN, forger.log_key)).encode()


def manifest(data: bytes, **changes: object) -> bytes:
    """Members of the manifest with other values, or more of them."""
    return canonical.dumps(json.loads(data) | changes)


def named(data: bytes, option: str) -> bytes:
    """The manifest with another name for the first option."""
    [contest] = json.loads(data)["contests"]
    return manifest(data, contests=[contest | {"options": [option, *contest["options"][1:]]}])


SMALL_ORDER = b64u_encode((1).to_bytes(32, "little"))

DOCTORED: dict[str, tuple[str, str, Callable[[Forger, Entries, bytes], bytes]]] = {
    "another log key": ("checkpoint", "checkpoint", lambda f, e, d: other_log_key(f, e)),
    "another origin": ("checkpoint", "checkpoint", lambda f, e, d: f.note(e, Signer("elsewhere", f.log_key))),
    "another root": ("checkpoint", "log", lambda f, e, d: f.note([*e[:-1], e[-1][:-1]])),
    "a checkpoint of fewer leaves": ("checkpoint", "archive", lambda f, e, d: f.note(e[:-1])),
    "no signature": ("checkpoint", "checkpoint", lambda f, e, d: d[:-100]),
    "a junk line behind the signature": ("checkpoint", "checkpoint", lambda f, e, d: d + b"junk\n"),
    "a junk signature behind the log's": ("checkpoint", "checkpoint", lambda f, e, d: d + b"\xe2\x80\x94 x AAAAAAA=\n"),
    "an empty line behind the signature": ("checkpoint", "checkpoint", lambda f, e, d: d + b"\n"),
    "the log's signature twice": ("checkpoint", "checkpoint", lambda f, e, d: d + other_line(f, e)),
    "a signature of another key": (
        *("checkpoint", "checkpoint"),
        lambda f, e, d: d + other_line(f, e, Ed25519PrivateKey.generate(), "witness.example"),
    ),
    "a signature of another key before the log's": (
        *("checkpoint", "checkpoint"),
        lambda f, e, d: d.replace(b"\n\n", b"\n\n" + other_line(f, e, Ed25519PrivateKey.generate(), "witness.example")),
    ),
    "a signature with a larger S": ("checkpoint", "checkpoint", lambda f, e, d: with_larger_s(d)),
    "a signature cut short": ("checkpoint", "checkpoint", lambda f, e, d: d[:-5] + b"\n"),
    "a checkpoint with an extension line": ("checkpoint", "checkpoint", lambda f, e, d: d.replace(b"\n\n", b"\nx\n\n")),
    "a checkpoint with two empty lines": ("checkpoint", "checkpoint", lambda f, e, d: d.replace(b"\n\n", b"\n\n\n")),
    "a checkpoint of too many leaves for an integer": ("checkpoint", "checkpoint", lambda f, e, d: sized(f, 2**53)),
    "a checkpoint of more leaves than bytes": ("checkpoint", "archive", lambda f, e, d: sized(f, 2**53 - 1)),
    "a door of fewer ballots": ("door", "door", lambda f, e, d: f.door(e, ballots=5)),
    "a door of more ballots": ("door", "door", lambda f, e, d: f.door(e, ballots=7)),
    "a door of more credentials": ("door", "door", lambda f, e, d: f.door(e, issued=7)),
    "a door shut at another time": ("door", "door", lambda f, e, d: f.door(e, closed_at=CLOSES.replace(hour=17))),
    "a door of another election": ("door", "door", lambda f, e, d: Forger().door(e)),
    "a door with a leading zero": ("door", "door", lambda f, e, d: signed_anew(f, d.replace(b"\n6\n", b"\n06\n", 1))),
    "a door with a line more": ("door", "door", lambda f, e, d: signed_anew(f, d.replace(b"\n\n", b"\n7\n\n"))),
    "a door of too many ballots": ("door", "door", lambda f, e, d: f.door(e, ballots=2**53)),
    "a door that the log's key signed under another name": ("door", "door", lambda f, e, d: f.note(e)),
    "an empty door": ("door", "door", lambda f, e, d: b""),
    "a manifest that names a witness": ("manifest.json", "manifest", lambda f, e, d: manifest(d, witnesses=["w"])),
    "a manifest with the list of witnesses": ("manifest.json", "manifest", lambda f, e, d: manifest(d, witnesses=[])),
    "one key for receipts and the log": (
        *("manifest.json", "manifest"),
        lambda f, e, d: manifest(d, receipt_pk=json.loads(d)["log_pk"]),
    ),
    "a log key of small order": ("manifest.json", "manifest", lambda f, e, d: manifest(d, log_pk=SMALL_ORDER)),
    "a receipt key of small order": ("manifest.json", "manifest", lambda f, e, d: manifest(d, receipt_pk=SMALL_ORDER)),
    "a receipt key that is no point": (
        *("manifest.json", "manifest"),
        lambda f, e, d: manifest(d, receipt_pk=b64u_encode((2).to_bytes(32, "little"))),
    ),
    "a title that turns the direction": ("manifest.json", "manifest", lambda f, e, d: manifest(d, title="a\u202eb")),
    "a title with a control character": ("manifest.json", "manifest", lambda f, e, d: manifest(d, title="a\u009fb")),
    "an option with a zero-width space": ("manifest.json", "manifest", lambda f, e, d: named(d, "As\u200bh")),
    "an option of tag characters": ("manifest.json", "manifest", lambda f, e, d: named(d, "Ash\U000e0041")),
    "an option twice": ("manifest.json", "manifest", lambda f, e, d: named(d, "Birch")),
    "a member of the manifest twice": (
        *("manifest.json", "manifest"),
        lambda f, e, d: d.replace(b'"mode":"managed"', b'"mode":"managed","mode":"managed"'),
    ),
    "a manifest not canonical": ("manifest.json", "manifest", lambda f, e, d: d + b"\n"),
    "a manifest with other bytes": ("manifest.json", "leaves", lambda f, e, d: d.replace(b"Hillhead", b"Hillheat")),
    "an empty manifest": ("manifest.json", "manifest", lambda f, e, d: b""),
    "another election key": ("election_key.hex", "election-key", lambda f, e, d: key_hex(p256.generate())),
    "no key of the curve": ("election_key.hex", "election-key", lambda f, e, d: b"0" * 64),
    "a key in capitals": ("election_key.hex", "election-key", lambda f, e, d: d.upper()),
    "a key that is not text": ("election_key.hex", "election-key", lambda f, e, d: b"\xff" * 64),
    "a ledger without its header": ("issuance.csv", "ledger", lambda f, e, d: d.partition(b"\n")[2]),
    "an empty ledger": ("issuance.csv", "ledger", lambda f, e, d: b""),
    "a ledger line twice": ("issuance.csv", "ledger", lambda f, e, d: d + d.splitlines(keepends=True)[-1]),
    "a ledger line lost": ("issuance.csv", "rolls", lambda f, e, d: b"\n".join(d.split(b"\n")[:-2]) + b"\n"),
    "a ledger out of order": ("issuance.csv", "ledger", lambda f, e, d: swapped(d)),
    "a ledger without its end": ("issuance.csv", "ledger", lambda f, e, d: d[:-1]),
    "a ledger in capitals": ("issuance.csv", "ledger", lambda f, e, d: d[:40] + d[40:].upper()),
    "a ledger of protocol 1": ("issuance.csv", "ledger", lambda f, e, d: old_ledger(d)),
    "a revision with a zero before it": ("issuance.csv", "ledger", lambda f, e, d: d.replace(b",0,", b",00,", 1)),
    "a revision that is negative": ("issuance.csv", "ledger", lambda f, e, d: d.replace(b",0,", b",-1,", 1)),
    "a revision of sixteen digits": (
        "issuance.csv",
        "ledger",
        lambda f, e, d: d.replace(b",0,", b"," + b"1" * 16 + b",", 1),
    ),
    "no revision": ("issuance.csv", "ledger", lambda f, e, d: d.replace(b",0,", b",,", 1)),
    "ended in revision 0": ("issuance.csv", "ledger", lambda f, e, d: d.replace(b",0,,", b",0,0,", 1)),
    "a column too many": ("issuance.csv", "ledger", lambda f, e, d: d.replace(b",0,,", b",0,,,", 1)),
    "a carriage return in the ledger": ("issuance.csv", "ledger", lambda f, e, d: d.replace(b"\n", b"\r\n")),
    "a ledger line without end": ("issuance.csv", "ledger", lambda f, e, d: d + b"0" * 100_000),
    "fewer credentials than ballots": ("issuance.csv", "turnout", lambda f, e, d: f.ledger(5)),
    "another winner": ("result.json", "result", lambda f, e, d: d.replace(b'"winners":[1]', b'"winners":[2]')),
    "a ballot fewer": ("result.json", "result", lambda f, e, d: d.replace(b'"counted":4', b'"counted":3')),
    "a ballot not listed as spoilt": ("result.json", "spoilt", lambda f, e, d: without_first_spoilt(d)),
    "another reason": ("result.json", "spoilt", lambda f, e, d: d.replace(b"gap-in-ranks", b"unreadable")),
    "another seed of the lots": ("result.json", "result", lambda f, e, d: told(d, lots_seed="00" * 32)),
    "another root in the result": ("result.json", "result", lambda f, e, d: told(d, log_root="00" * 32)),
    "the seed of protocol 1": ("result.json", "result", lambda f, e, d: told(d, checkpoint_sha256="00" * 32)),
    "a member of the result missing": ("result.json", "result", lambda f, e, d: d.replace(b'"v":1', b'"w":1')),
    "a result not canonical": ("result.json", "result", lambda f, e, d: d + b" "),
    "a result that is none": ("result.json", "result", lambda f, e, d: b"[]"),
    "a result nested deeply": ("result.json", "result", lambda f, e, d: b"[" * 100_000),
}


def told(result: bytes, **changes: object) -> bytes:
    return canonical.dumps(json.loads(result) | changes)


def key_hex(key: p256.PrivateKey) -> bytes:
    return p256.scalar(key).hex().encode()


def old_ledger(ledger: bytes) -> bytes:
    """The tag and the hash alone."""
    rows = [line.split(b",") for line in ledger.splitlines()]
    return b"".join(b",".join([row[0], row[-1]]) + b"\n" for row in rows)


def swapped(ledger: bytes) -> bytes:
    header, one, two, *rest = ledger.split(b"\n")
    return b"\n".join([header, two, one, *rest])


def without_first_spoilt(result: bytes) -> bytes:
    before, start, listed = result.partition(b'"spoilt":[')
    return before + start + listed.partition(b"},")[2]


def in_local(at: int, value: bytes) -> Callable[[bytes], bytes]:
    """The zip with other bytes in the local header of its first file, at an offset of APPNOTE 4.3.7."""
    return lambda zipped: zipped[:at] + value + zipped[at + len(value) :]


def in_directory(at: int, value: bytes) -> Callable[[bytes], bytes]:
    """The same in the directory's header of its first file, at an offset of APPNOTE 4.3.12."""

    def doctor(zipped: bytes) -> bytes:
        [start] = struct.unpack_from("<L", zipped, len(zipped) - 6)
        return zipped[: start + at] + value + zipped[start + at + len(value) :]

    return doctor


ZIPPED: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda zipped: b"",
    "no zip": lambda zipped: b"x" * 1000,
    "something behind": lambda zipped: zipped + b"hidden",
    "something before": lambda zipped: b"hidden" + zipped,
    "cut short": lambda zipped: zipped[:-1],
    "half of it": lambda zipped: zipped[: len(zipped) // 2],
    "a comment": lambda zipped: zipped[:-2] + b"\6\0hidden",
    "made by a later version": in_directory(4, b"\x2d"),
    "made on another system": in_directory(5, b"\0"),
    "a later version needed, in the directory": in_directory(6, b"\x2d"),
    "a later version needed, at the file": in_local(4, b"\x2d"),
    "flags in the directory": in_directory(8, b"\0\x08"),
    "flags at the file": in_local(6, b"\0\x08"),
    "a method in the directory": in_directory(10, b"\x08"),
    "a method at the file": in_local(8, b"\x08"),
    "a time in the directory": in_directory(12, b"\1"),
    "a time at the file": in_local(10, b"\1"),
    "a date in the directory": in_directory(14, b"\x22"),
    "a date at the file": in_local(12, b"\x22"),
    "another disk": in_directory(34, b"\1"),
    "said to be text": in_directory(36, b"\1"),
    "a file for all to read": in_directory(38, struct.pack("<L", 0o644 << 16)),
    "a file to run": in_directory(38, struct.pack("<L", 0o700 << 16)),
    "a link": in_directory(38, struct.pack("<L", 0o120600 << 16)),
    "a read-only file": in_directory(38, struct.pack("<L", 0o600 << 16 | 1)),
}
"""What may be done to the zip around honest files."""
