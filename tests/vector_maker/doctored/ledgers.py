"""The ledger's lines as they are spelled, and what they say of credentials."""

from collections.abc import Callable, Iterator
from hashlib import sha256

from vector_maker.bases import Base, plain
from vector_maker.doctored.case import Doctored, one_file

NAME = "issuance.csv"
Way = Callable[[bytes], bytes]


def _first(old: bytes, new: bytes) -> Way:
    return lambda d: d.replace(old, new, 1)


def _columns(change: Callable[[list[bytes]], list[bytes]]) -> Way:
    """The same in every line."""
    return lambda d: b"".join(b",".join(change(line.split(b","))) + b"\n" for line in d.splitlines())


SPELLED: dict[str, Way] = {
    "without its header": lambda d: d.partition(b"\n")[2],
    "with another header": _first(b"tag,", b"Tag,"),
    "with its header twice": lambda d: d.partition(b"\n")[0] + b"\n" + d,
    "that is empty": lambda d: b"",
    "with its last line twice": lambda d: d + d.splitlines(keepends=True)[-1],
    "out of order": lambda d: b"\n".join([*d.split(b"\n")[:1], *d.split(b"\n")[2:0:-1], *d.split(b"\n")[3:]]),
    "without its end": lambda d: d[:-1],
    "with an empty line at its end": lambda d: d + b"\n",
    "with an empty line in it": _first(b"\n", b"\n\n"),
    "in capitals": lambda d: d[:40] + d[40:].upper(),
    "of protocol 1": _columns(lambda row: [row[0], row[-1]]),
    "without the column of revisions": _columns(lambda row: [row[0], *row[2:]]),
    "with a column more": _columns(lambda row: [*row, b""]),
    "with a zero before a revision": _first(b",0,", b",00,"),
    "with a negative revision": _first(b",0,", b",-1,"),
    "with a revision of sixteen digits": _first(b",0,", b"," + b"1" * 16 + b","),
    "without a revision": _first(b",0,", b",,"),
    "with a revision that there is not": _first(b",0,", b",1,"),
    "with an end in revision 0": _first(b",0,,", b",0,0,"),
    "with a column too many in a line": _first(b",0,,", b",0,,,"),
    "with a column too few in a line": _first(b",0,,", b",0,"),
    "with carriage returns": lambda d: d.replace(b"\n", b"\r\n"),
    "with a line that does not end": lambda d: d + b"0" * 1_000,
    "with a space in it": _first(b",0,", b", 0,"),
    "with a quoted field": _first(b",0,", b',"0",'),
    "with a tag cut short": lambda d: d.replace(d.split(b"\n")[1][:64], d.split(b"\n")[1][2:64]),
    "with a hash cut short": lambda d: d[:-3] + d[-1:] if d[-2:-1] != b"," else _shorter(d),
    "with a byte order mark": lambda d: b"\xef\xbb\xbf" + d,
    "with a zero byte": _first(b",0,", b",\0,"),
    "with text that is not ASCII": _first(b",0,", ",٠,".encode()),
}
"""The closing leaf has the hash of each."""


def _shorter(ledger: bytes) -> bytes:
    """The first hash of a credential without its last byte."""
    line = next(line for line in ledger.split(b"\n")[1:] if len(line) > 100)
    return ledger.replace(line, line[:-2])


def _lines(ledger: bytes) -> list[bytes]:
    return ledger.splitlines(keepends=True)


SAYING: dict[str, tuple[str, Way]] = {
    "a line lost": ("rolls", lambda d: b"".join(_lines(d)[:-1])),
    "a line more": ("rolls", lambda d: d + b"f" * 64 + b",0,,,\n"),
    "another tag": ("rolls", lambda d: b"".join(_lines(d)[:-1]) + b"f" * 64 + _lines(d)[-1][64:]),
    "no line": ("rolls", lambda d: _lines(d)[0]),
    "fewer credentials than ballots": ("turnout", lambda d: _emptied(d)),
    "a credential more than the log tells": ("turnout", lambda d: _filled(d)),
    "an end that nobody asked for": ("ledger", _first(b",0,,", b",0,1,")),
    "a line that replaces itself": ("endings", lambda d: _replacing(d, _lines(d)[1][:64])),
    "a line that replaces another": ("endings", lambda d: _replacing(d, _lines(d)[2][:64])),
    "a line that replaces nobody's": ("endings", lambda d: _replacing(d, b"0" * 64)),
}


def _filled(ledger: bytes) -> bytes:
    empty = next(line for line in _lines(ledger)[1:] if line.endswith(b",\n"))
    return ledger.replace(empty, empty[:-1] + b"0" * 64 + b"\n")


def _emptied(ledger: bytes) -> bytes:
    full = next(line for line in _lines(ledger)[1:] if not line.endswith(b",\n"))
    return ledger.replace(full, full[:-65] + b"\n")


def _replacing(ledger: bytes, tag: bytes) -> bytes:
    line = _lines(ledger)[1]
    return ledger.replace(line, line.replace(b",0,,,", b",0,," + tag + b",", 1))


def cases() -> Iterator[Doctored]:
    base = plain()
    for how, doctor in SPELLED.items():
        yield _bound(base, f"a ledger {how}", "ledger", doctor(base.files[NAME]))
    for how, (check, doctor) in SAYING.items():
        yield _bound(base, f"a ledger with {how}", check, doctor(base.files[NAME]))
    exchanged = base.files[NAME].replace(_hash(base.files[NAME]), b"0" * 64)
    yield one_file(base, "a ledger with another hash than the log names", "ledger", NAME, exchanged)
    moved = _filled(base.files[NAME]).replace(_hash(base.files[NAME]), b"")
    yield one_file(base, "one voter's line emptied and another's filled", "ledger", NAME, moved)


def _hash(ledger: bytes) -> bytes:
    return next(line for line in _lines(ledger)[1:] if not line.endswith(b",\n"))[-65:-1]


def _bound(base: Base, what: str, check: str, ledger: bytes) -> Doctored:
    assert ledger != base.files[NAME], what
    entries = base.forger.closed(base.entries[:-1], ledger_sha256=sha256(ledger).digest())
    return Doctored(what, base.name, check, {**base.forger.files(entries), NAME: ledger})
