"""The final checkpoint and the door statement."""

from collections.abc import Callable, Iterator

from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import b64_decode, b64_encode
from ballotcast.crypto.signed_note import Signer, sign
from forged_export import CLOSES, ORIGIN, Entries, flipped
from vector_maker import seeded
from vector_maker.bases import plain
from vector_maker.doctored.case import Doctored, one_file
from vector_maker.forger import SeededForger as Forger

ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
Way = Callable[[Forger, Entries, bytes], bytes]


def other_line(forger: Forger, entries: Entries, key: str = "", name: str = ORIGIN) -> bytes:
    """A signature line of the log's text, by the log's key under its name unless told otherwise."""
    text = forger.note(entries).split(b"\n\n")[0].decode() + "\n"
    signer = Signer(name, seeded.ed25519_key(key) if key else forger.log_key)
    return sign(text, signer).split("\n\n")[1].encode()


def with_larger_s(note: bytes) -> bytes:
    """With the order of Ed25519's group added to the second half of the signature."""
    text, _, line = note.decode().rpartition(" ")
    data = b64_decode(line.strip())
    larger = int.from_bytes(data[36:], "little") + ED25519_ORDER
    return f"{text} {b64_encode(data[:36] + larger.to_bytes(32, 'little'))}\n".encode()


def with_signature(note: bytes, at: int) -> bytes:
    """With a bit of the key id (0 to 3) or of the signature (4 to 67) turned."""
    text, _, line = note.decode().rpartition(" ")
    return f"{text} {b64_encode(flipped(b64_decode(line.strip()), at))}\n".encode()


def signed(forger: Forger, text: str, name: str = ORIGIN) -> bytes:
    return sign(text, Signer(name, forger.log_key)).encode()


def sized(forger: Forger, size: int) -> bytes:
    return Checkpoint(ORIGIN, size, bytes(32)).sign(Signer(ORIGIN, forger.log_key)).encode()


def _text(note: bytes) -> str:
    return note.decode().rpartition("\n\n")[0] + "\n"


NOTE: dict[str, Callable[[bytes], bytes]] = {
    "no signature": lambda d: d[:-100],
    "nothing": lambda d: b"",
    "not UTF-8": lambda d: b"\xff" + d,
    "a junk line behind the signature": lambda d: d + b"junk\n",
    "a junk signature behind the log's": lambda d: d + b"\xe2\x80\x94 x AAAAAAA=\n",
    "an empty line behind the signature": lambda d: d + b"\n",
    "the log's signature twice": lambda d: d + d.split(b"\n\n")[1],
    "a signature with a larger S": with_larger_s,
    "a signature cut short": lambda d: d[:-5] + b"\n",
    "a signature without its line end": lambda d: d[:-1],
    "two empty lines": lambda d: d.replace(b"\n\n", b"\n\n\n"),
    "carriage returns": lambda d: d.replace(b"\n", b"\r\n"),
    "another dash": lambda d: d.replace(b"\xe2\x80\x94", b"-"),
    "two spaces before the signature": lambda d: d.replace(b" ", b"  "),
    "a bit of the key id turned": lambda d: with_signature(d, 0),
    "a bit of R turned": lambda d: with_signature(d, 4),
    "a bit of S turned": lambda d: with_signature(d, 36),
    "a space before the text": lambda d: b" " + d,
    "the first line missing": lambda d: d.partition(b"\n")[2],
    "the last line of the text missing": lambda d: b"\n\n".join([d.split(b"\n\n")[0].rpartition(b"\n")[0], d[-1:]]),
}
"""Of both; without the log's key."""

CHECKPOINTS: dict[str, tuple[str, Way]] = {
    "another log key": ("checkpoint", lambda f, e, d: f.note(e, Signer(ORIGIN, seeded.ed25519_key("another log")))),
    "another origin": ("checkpoint", lambda f, e, d: f.note(e, Signer("elsewhere", f.log_key))),
    "the receipt's key": ("checkpoint", lambda f, e, d: f.note(e, Signer(ORIGIN, f.receipt_key))),
    "another root": ("log", lambda f, e, d: f.note([*e[:-1], e[-1][:-1]])),
    "a root of nothing": ("log", lambda f, e, d: sized(f, len(e))),
    "fewer leaves": ("archive", lambda f, e, d: f.note(e[:-1])),
    "no leaf": ("archive", lambda f, e, d: f.note([])),
    "too many leaves for an integer": ("checkpoint", lambda f, e, d: sized(f, 2**53)),
    "more leaves than bytes": ("archive", lambda f, e, d: sized(f, 2**53 - 1)),
    "a signature of another key": ("checkpoint", lambda f, e, d: d + other_line(f, e, "witness", "witness.example")),
    "a signature of another key before the log's": (
        *("checkpoint",),
        lambda f, e, d: d.replace(b"\n\n", b"\n\n" + other_line(f, e, "witness", "witness.example")),
    ),
    "an extension line": ("checkpoint", lambda f, e, d: signed(f, _text(d) + "x\n")),
    "a size with a leading zero": ("checkpoint", lambda f, e, d: signed(f, _text(d).replace("\n8\n", "\n08\n"))),
    "a size with a sign": ("checkpoint", lambda f, e, d: signed(f, _text(d).replace("\n8\n", "\n+8\n"))),
    "a root cut short": ("checkpoint", lambda f, e, d: signed(f, f"{ORIGIN}\n8\n{b64_encode(bytes(31))}\n")),
    "a root in hex": ("checkpoint", lambda f, e, d: signed(f, f"{ORIGIN}\n8\n{f.root(e).hex()}\n")),
    "the door's key name": ("checkpoint", lambda f, e, d: signed(f, _text(d), f"{ORIGIN}/door")),
}

DOORS: dict[str, Way] = {
    "fewer ballots": lambda f, e, d: f.door(e, ballots=5),
    "more ballots": lambda f, e, d: f.door(e, ballots=7),
    "more credentials": lambda f, e, d: f.door(e, issued=7),
    "fewer credentials": lambda f, e, d: f.door(e, issued=5),
    "another time": lambda f, e, d: f.door(e, closed_at=CLOSES.replace(hour=17)),
    "another election": lambda f, e, d: f.stranger().door(e),
    "a number with a leading zero": lambda f, e, d: _door(f, _text(d).replace("\n6\n", "\n06\n", 1)),
    "a line more": lambda f, e, d: _door(f, _text(d) + "7\n"),
    "a line missing": lambda f, e, d: _door(f, _text(d)[:-2]),
    "too many ballots for an integer": lambda f, e, d: f.door(e, ballots=2**53),
    "a negative number": lambda f, e, d: f.door(e, ballots=-6),
    "the checkpoint": lambda f, e, d: f.note(e),
    "the log's own key name": lambda f, e, d: signed(f, _text(d)),
    "the label of another version": lambda f, e, d: _door(f, _text(d).replace("door/1", "door/2")),
    "another origin": lambda f, e, d: _door(f, _text(d).replace(ORIGIN, "elsewhere")),
    "another manifest": lambda f, e, d: _door(f, _text(d).replace(f.manifest.hash.hex(), "0" * 64)),
    "a manifest's hash in capitals": lambda f, e, d: _door(
        f, _text(d).replace(f.manifest.hash.hex(), f.manifest.hash.hex().upper())
    ),
    "a time of another zone": lambda f, e, d: _door(f, _text(d).replace("00Z", "00+00:00")),
}


def _door(forger: Forger, text: str) -> bytes:
    return signed(forger, text, f"{ORIGIN}/door")


def cases() -> Iterator[Doctored]:
    base = plain()
    for name in ("checkpoint", "door"):
        for how, doctor in NOTE.items():
            yield one_file(base, f"{name}: {how}", name, name, doctor(base.files[name]))
    for how, (check, way) in CHECKPOINTS.items():
        note = way(base.forger, base.entries, base.files["checkpoint"])
        yield one_file(base, f"checkpoint of {how}", check, "checkpoint", note)
    for how, way in DOORS.items():
        yield one_file(base, f"door of {how}", "door", "door", way(base.forger, base.entries, base.files["door"]))
