"""The election's private key."""

from collections.abc import Callable, Iterator

from ballotcast.crypto import p256
from vector_maker import seeded
from vector_maker.bases import plain
from vector_maker.doctored.case import Doctored, one_file

NAME = "election_key.hex"
ORDER = seeded.P256_ORDER
WAYS: dict[str, Callable[[bytes], bytes]] = {
    "another election key": lambda d: p256.scalar(seeded.p256_key("another")).hex().encode(),
    "the key of the negated point": lambda d: f"{ORDER - int(d, 16):064x}".encode(),
    "zero for a key": lambda d: b"0" * 64,
    "the order of the group for a key": lambda d: f"{ORDER:064x}".encode(),
    "a key above the order": lambda d: b"f" * 64,
    "a key in capitals": lambda d: d.upper(),
    "a key that is not text": lambda d: b"\xff" * 64,
    "a key cut short": lambda d: d[:-2],
    "half a byte of the key missing": lambda d: d[:-1],
    "no key": lambda d: b"",
    "a key of other characters": lambda d: b"g" + d[1:],
    "a key that begins with a space": lambda d: b" " + d[1:],
}


def cases() -> Iterator[Doctored]:
    base = plain()
    for what, doctor in WAYS.items():
        yield one_file(base, what, "election-key", NAME, doctor(base.files[NAME]))
    yield one_file(base, "a line end behind the key", "archive", NAME, base.files[NAME] + b"\n")
