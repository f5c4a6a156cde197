"""Everything that an operator might do to an export, by what it is: for every program that verifies one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots.leaf import AmendmentLeaf, BallotLeaf, ClosingLeaf
from ballotcast.ballots.roll import roll_root
from ballotcast.crypto import p256
from ballotcast.crypto.signed_note import Signer
from forged_export import CLOSES, ORIGIN, Forger, flipped

Entries = list[bytes]


def amended(forger: Forger, size: int) -> bytes:
    tags = [bytes([number]) * 32 for number in range(size)]
    return AmendmentLeaf(roll_size=size, roll_root=roll_root(tags)).encode()


def other_issuer(forger: Forger) -> bytes:
    other = Forger()
    forged = other.ballot()
    stranger = replace(forged, manifest_hash=forger.manifest.hash)
    return BallotLeaf(stranger.encode()).encode()


def twice(forger: Forger) -> Entries:
    return [BallotLeaf(ballot.encode()).encode() for ballot in forger.second_ballot()]


FORGED: dict[str, tuple[str, Callable[[Forger, Entries], Entries]]] = {
    "a ballot stands there twice": ("one-ballot-each", lambda f, e: [*e[:2], *e[1:]]),
    "a credential was used twice": ("one-ballot-each", lambda f, e: [*e[:3], *twice(f), *e[3:]]),
    "a credential is forged": ("credentials", lambda f, e: [*e[:2], flipped(e[2], 1 + 130), *e[3:]]),
    "a credential is of another election": ("credentials", lambda f, e: [e[0], other_issuer(f), e[-1]]),
    "a ballot is not signed by its key": ("ballots", lambda f, e: [*e[:2], flipped(e[2], -1 + len(e[2])), *e[3:]]),
    "a ballot's ciphertext was changed": ("ballots", lambda f, e: [*e[:2], flipped(e[2], -80 + len(e[2])), *e[3:]]),
    "a ballot's key is no key": ("ballots", lambda f, e: [*e[:2], flipped(e[2], 1 + 34), *e[3:]]),
    "a ballot is cut short": ("ballots", lambda f, e: [*e[:2], e[2][:-1], *e[3:]]),
    "a ballot names another manifest": ("ballots", lambda f, e: [*e[:2], flipped(e[2], 1 + 1), *e[3:]]),
    "a ballot's version is unknown": ("ballots", lambda f, e: [*e[:2], flipped(e[2], 1), *e[3:]]),
    "a leaf is of no kind": ("leaves", lambda f, e: [*e[:2], b"\7", *e[2:]]),
    "a leaf is empty": ("leaves", lambda f, e: [*e[:2], b"", *e[2:]]),
    "the first leaf is missing": ("leaves", lambda f, e: e[1:]),
    "the first leaf is another manifest": ("leaves", lambda f, e: [flipped(e[0], 5), *e[1:]]),
    "the manifest stands there again": ("leaves", lambda f, e: [*e[:2], e[0], *e[2:]]),
    "nothing closes the log": ("leaves", lambda f, e: e[:-1]),
    "the log goes on after the end": ("leaves", lambda f, e: [*e, e[-1]]),
    "a ballot came after the end": ("leaves", lambda f, e: [*e[:2], *e[3:], e[2]]),
    "only the manifest is there": ("leaves", lambda f, e: e[:1]),
    "it closed too late": ("leaves", lambda f, e: [*e[:-1], closing(CLOSES.replace(second=1))]),
    "it closed before it opened": ("leaves", lambda f, e: [*e[:-1], closing(datetime(2026, 11, 20, 8, tzinfo=UTC))]),
    "the roll shrank": ("leaves", lambda f, e: [e[0], amended(f, 7), *e[1:]]),
    "the roll was exchanged": ("leaves", lambda f, e: [e[0], amended(f, 8), *e[1:]]),
    "the roll grew and the ledger did not": ("ledger", lambda f, e: [e[0], amended(f, 9), *e[1:]]),
    "there are more ballots than credentials": ("turnout", lambda f, e: [*e[:-1], *more(f, 3), e[-1]]),
}


def closing(closed_at: datetime) -> bytes:
    return ClosingLeaf(closed_at=closed_at).encode()


def more(forger: Forger, number: int) -> Entries:
    return forger.entries([forger.ballot() for _ in range(number)])[1:-1]


LINE = 130


def other_log_key(forger: Forger, entries: Entries) -> bytes:
    return forger.note(entries, Signer(ORIGIN, Ed25519PrivateKey.generate()))


DOCTORED: dict[str, tuple[str, str, Callable[[Forger, Entries, bytes], bytes]]] = {
    "another log key": ("checkpoint", "checkpoint", lambda f, e, d: other_log_key(f, e)),
    "another origin": ("checkpoint", "checkpoint", lambda f, e, d: f.note(e, Signer("elsewhere", f.log_key))),
    "another root": ("checkpoint", "log", lambda f, e, d: f.note([*e[:-1], closing(CLOSES)[:-1]])),
    "a checkpoint of fewer leaves": ("checkpoint", "archive", lambda f, e, d: f.note(e[:-1])),
    "no signature": ("checkpoint", "checkpoint", lambda f, e, d: d[:-100]),
    "a manifest not canonical": ("manifest.json", "manifest", lambda f, e, d: d + b"\n"),
    "a manifest with other bytes": ("manifest.json", "leaves", lambda f, e, d: d.replace(b"Hillhead", b"Hillheat")),
    "an empty manifest": ("manifest.json", "manifest", lambda f, e, d: b""),
    "another election key": ("election_key.hex", "election-key", lambda f, e, d: key_hex(p256.generate())),
    "no key of the curve": ("election_key.hex", "election-key", lambda f, e, d: b"0" * 64),
    "a key in capitals": ("election_key.hex", "election-key", lambda f, e, d: d.upper()),
    "a key that is not text": ("election_key.hex", "election-key", lambda f, e, d: b"\xff" * 64),
    "a ledger without its header": ("issuance.csv", "ledger", lambda f, e, d: d.partition(b"\n")[2]),
    "an empty ledger": ("issuance.csv", "ledger", lambda f, e, d: b""),
    "a ledger line twice": ("issuance.csv", "ledger", lambda f, e, d: d + d[-LINE // 2 - 1 :]),
    "a ledger line lost": ("issuance.csv", "ledger", lambda f, e, d: b"\n".join(d.split(b"\n")[:-2]) + b"\n"),
    "a ledger out of order": ("issuance.csv", "ledger", lambda f, e, d: swapped(d)),
    "a ledger without its end": ("issuance.csv", "ledger", lambda f, e, d: d[:-1]),
    "a ledger in capitals": ("issuance.csv", "ledger", lambda f, e, d: d[:20] + d[20:].upper()),
    "a ledger line without end": ("issuance.csv", "ledger", lambda f, e, d: d + b"0" * 100_000),
    "fewer credentials than ballots": ("issuance.csv", "turnout", lambda f, e, d: f.ledger(5)),
    "another winner": ("result.json", "result", lambda f, e, d: d.replace(b'"winners":[1]', b'"winners":[2]')),
    "a ballot fewer": ("result.json", "result", lambda f, e, d: d.replace(b'"counted":4', b'"counted":3')),
    "a ballot not listed as spoilt": ("result.json", "spoilt", lambda f, e, d: without_first_spoilt(d)),
    "another reason": ("result.json", "spoilt", lambda f, e, d: d.replace(b"gap-in-ranks", b"unreadable")),
    "a result not canonical": ("result.json", "result", lambda f, e, d: d + b" "),
    "a result that is none": ("result.json", "result", lambda f, e, d: b"[]"),
    "a result nested deeply": ("result.json", "result", lambda f, e, d: b"[" * 100_000),
}


def key_hex(key: p256.PrivateKey) -> bytes:
    return p256.scalar(key).hex().encode()


def swapped(ledger: bytes) -> bytes:
    header, one, two, *rest = ledger.split(b"\n")
    return b"\n".join([header, two, one, *rest])


def without_first_spoilt(result: bytes) -> bytes:
    before, start, listed = result.partition(b'"spoilt":[')
    return before + start + listed.partition(b"},")[2]
