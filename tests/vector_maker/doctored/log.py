"""The log's leaves and tiles, made by an operator who holds every key."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from amended_rolls import grown
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.tile_files import decode_bundle, encode_bundle
from forged_export import Entries, flipped, in_order
from vector_maker import seeded
from vector_maker.bases import Base, plain, tiles
from vector_maker.doctored.case import BALLOT, Doctored, one_file, relogged
from vector_maker.forger import SeededForger as Forger

FIELDS = {
    "version": (0, "ballots"),
    "manifest": (1, "ballots"),
    "key's form": (33, "ballots"),
    "key": (66, "ballots"),
    "rand": (98, "credentials"),
    "credential": (130, "credentials"),
    "credential's last byte": (385, "credentials"),
    "encapsulated key": (386, "ballots"),
    "encapsulated key's Y": (450, "ballots"),
    "ciphertext": (451, "ballots"),
    "ciphertext's tag": (469, "ballots"),
    "r": (470, "ballots"),
    "s": (533, "ballots"),
}
"""Where a bit of a ballot is turned, in a manifest with k = 256 and L = 3, and what refuses that."""


def other_issuer(forger: Forger) -> bytes:
    forged = forger.stranger().ballot()
    stranger = replace(forged, manifest_hash=forger.manifest.hash)
    return BallotLeaf(stranger.encode()).encode()


def twice(forger: Forger) -> Entries:
    return [BallotLeaf(ballot.encode()).encode() for ballot in forger.second_ballot()]


def negated(leaf: bytes) -> bytes:
    """The ballot with the other value of s that ECDSA allows."""
    return leaf[:-32] + (seeded.P256_ORDER - int.from_bytes(leaf[-32:])).to_bytes(32)


def sealed_off_the_curve(forger: Forger) -> bytes:
    """A ballot signed by its key, whose ciphertext begins with a key that is not a point."""
    request = forger.request()
    ballot = forger.cast(request, b"\1\0\0")
    return BallotLeaf(forger.signed(request, replace(ballot, sealed=flipped(ballot.sealed, 64))).encode()).encode()


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
    return forger.closed([entries[0], grown(size), *entries[1:-1]])


def more(forger: Forger, number: int) -> Entries:
    return forger.entries([forger.ballot() for _ in range(number)])[1:-1]


WAYS: dict[str, tuple[str, Callable[[Forger, Entries], Entries]]] = {
    "a ballot stands there twice": ("one-ballot-each", lambda f, e: added(f, e, e[1])),
    "a leaf's hash is there twice": ("order", lambda f, e: added(f, e, e[1])),
    "a credential was used twice": ("one-ballot-each", lambda f, e: added(f, e, *twice(f))),
    "a credential is of another election": ("credentials", lambda f, e: added(f, [e[0], e[-1]], other_issuer(f))),
    "a ballot's ciphertext was changed": (
        "ballots",
        lambda f, e: exchanged(f, e, lambda one: flipped(one, len(one) - 80)),
    ),
    "a ballot's s was negated": ("ballots", lambda f, e: exchanged(f, e, negated)),
    "a ballot is sealed by a key off the curve": ("ballots", lambda f, e: added(f, e, sealed_off_the_curve(f))),
    "a credential is not below the modulus": ("credentials", lambda f, e: added(f, e, signed_above_the_modulus(f))),
    "a ballot's key is no key": ("ballots", lambda f, e: exchanged(f, e, lambda one: flipped(one, 1 + 34))),
    "a ballot is cut short": ("ballots", lambda f, e: exchanged(f, e, lambda one: one[:-1])),
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
    "the end tells of no amendment": (
        *("leaves",),
        lambda f, e: f.closed(amended_by(f, e, 9)[:-1], roll_revision=0),
    ),
    "a ballot is missing": ("turnout", lambda f, e: [*e[:2], *e[3:]]),
    "the roll shrank": ("leaves", lambda f, e: amended_by(f, e, 7)),
    "the roll was exchanged": ("leaves", lambda f, e: amended_by(f, e, 8)),
    "the roll grew behind a ballot": ("leaves", lambda f, e: f.closed([*e[:2], grown(9), *e[2:-1]])),
    "the roll grew and the ledger did not": ("rolls", lambda f, e: amended_by(f, e, 9)),
    "there are more ballots than credentials": ("turnout", lambda f, e: added(f, e, *more(f, 3))),
}


def cases() -> Iterator[Doctored]:
    base = plain()
    base.forger.made = 1_000
    for what, (check, forge) in WAYS.items():
        yield relogged(base, what, check, forge(base.forger, base.entries))
    for field, (at, check) in FIELDS.items():
        entries = exchanged(base.forger, base.entries, lambda one, at=at: flipped(one, len(BALLOT) + at))
        yield relogged(base, f"a bit of a ballot's {field} is turned", check, entries)
    for kind, check in ((0, "leaves"), (1, "ballots"), (2, "leaves"), (3, "leaves"), (255, "leaves")):
        entries = [base.entries[0], bytes([kind]), base.entries[-1]]
        yield relogged(base, f"a leaf of kind {kind} and nothing in it", check, entries)
    yield from _tile(base, "tile/0/000.p/8")
    yield from _bundle(base, "tile/entries/000.p/8")
    large = tiles()
    for name in ("tile/0/000", "tile/0/001.p/6", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/6"):
        content = large.files[name]
        turned = flipped(content, len(content) - 20)
        yield one_file(large, f"a bit near the end of {name} is turned", "log", name, turned)
    yield one_file(large, "the full tile is cut short", "log", "tile/0/000", large.files["tile/0/000"][:-32])


def _tile(base: Base, name: str) -> Iterator[Doctored]:
    content = base.files[name]
    of = f"of {name}"
    for place in (0, 1, 7):
        yield one_file(base, f"a bit of hash {place} {of} is turned", "log", name, flipped(content, 32 * place))
    yield one_file(base, f"two hashes {of} are exchanged", "log", name, content[32:64] + content[:32] + content[64:])
    yield one_file(base, f"the last hash {of} is missing", "log", name, content[:-32])
    yield one_file(base, f"half a hash {of} is missing", "log", name, content[:-16])
    yield one_file(base, f"nothing {of} is there", "log", name, b"")
    yield one_file(base, f"there is a hash more {of}", "log", name, content + bytes(32))


def _bundle(base: Base, name: str) -> Iterator[Doctored]:
    """Without a signature over what was done."""
    content = base.files[name]
    entries = decode_bundle(content, 8)
    yield one_file(base, "two entries are exchanged", "log", name, encode_bundle([*entries[1::-1], *entries[2:]]))
    yield one_file(base, "an entry is missing", "log", name, encode_bundle(entries[:-1]))
    yield one_file(base, "there is an entry more", "log", name, encode_bundle([*entries, b""]))
    yield one_file(base, "an entry is said to be longer", "log", name, flipped(content, 0))
    yield one_file(base, "the last entry is cut short", "log", name, content[:-1])
    yield one_file(base, "something is behind the last entry", "log", name, content + b"\0")
    yield one_file(base, "there are no entries", "log", name, b"")
    starts = [sum(2 + len(entry) for entry in entries[:number]) for number in range(9)]
    for number, (start, end) in enumerate(pairwise(starts)):
        turned = flipped(content, (start + 2 + end) // 2)
        yield one_file(base, f"a bit of entry {number} is turned", "log", name, turned)
