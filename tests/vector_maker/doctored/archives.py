"""The zip around the files."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator

from ballotcast.elections.zip_headers import described
from vector_maker.bases import amended, plain, tiles
from vector_maker.doctored.case import Doctored

Way = Callable[[bytes], bytes]


def in_local(at: int, value: bytes) -> Way:
    """Other bytes in the local header of its first file, at an offset of APPNOTE 4.3.7."""
    return lambda zipped: zipped[:at] + value + zipped[at + len(value) :]


def in_directory(at: int, value: bytes) -> Way:
    """The same in the directory's header of its first file, at an offset of APPNOTE 4.3.12."""

    def doctor(zipped: bytes) -> bytes:
        [start] = struct.unpack_from("<L", zipped, len(zipped) - 6)
        return zipped[: start + at] + value + zipped[start + at + len(value) :]

    return doctor


def in_end(at: int, value: bytes) -> Way:
    """The same in the last record, at an offset of APPNOTE 4.3.16."""
    return lambda zipped: zipped[: len(zipped) - 22 + at] + value + zipped[len(zipped) - 22 + at + len(value) :]


WAYS: dict[str, Way] = {
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
    "another checksum in the directory": in_directory(16, b"\0\0\0\0"),
    "another checksum at the file": in_local(14, b"\0\0\0\0"),
    "another size in the directory": in_directory(24, b"\1\0\0\0"),
    "another size at the file": in_local(22, b"\1\0\0\0"),
    "another name at the file": in_local(30, b"C"),
    "another name in the directory": in_directory(46, b"C"),
    "another disk": in_directory(34, b"\1"),
    "said to be text": in_directory(36, b"\1"),
    "a file for all to read": in_directory(38, struct.pack("<L", 0o644 << 16)),
    "a file to run": in_directory(38, struct.pack("<L", 0o700 << 16)),
    "a link": in_directory(38, struct.pack("<L", 0o120600 << 16)),
    "a read-only file": in_directory(38, struct.pack("<L", 0o600 << 16 | 1)),
    "another place of the first file": in_directory(42, b"\1"),
    "a file more in the count": in_end(8, b"\x09"),
    "a longer directory": in_end(12, b"\1"),
    "another place of the directory": in_end(16, b"\1"),
    "a disk at the end": in_end(4, b"\1"),
}


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """As exports are written, with these files in this order."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in files:
            archive.writestr(described(name), content)
    return memory.getvalue()


def cases() -> Iterator[Doctored]:
    base = plain()
    files = dict(base.files)
    whole = zipped(sorted(files.items()))
    for what, doctor in WAYS.items():
        yield Doctored(f"the zip: {what}", base.name, "archive", archive=doctor(whole))
    for gone in files:
        rest = {name: content for name, content in files.items() if name != gone}
        yield Doctored(f"without {gone}", base.name, "archive", rest)
    for name in ("readme.txt", "tile/0/001.p/1", "tile/1/000", "../evil", "tile/entries/001.p/1", "manifest.json/"):
        yield Doctored(f"with {name}", base.name, "archive", {**files, name: b"x"})
    for name, other in (("door", "Door"), ("tile/0/000.p/8", "tile/0/000"), ("tile/0/000.p/8", "tile/0/0.p/8")):
        renamed = {other if one == name else one: content for one, content in files.items()}
        yield Doctored(f"{name} under the name {other}", base.name, "archive", renamed)
    backwards = zipped(sorted(files.items(), reverse=True))
    yield Doctored("the files in descending order", base.name, "archive", archive=backwards)
    for name, most in (("manifest.json", 100_000), ("election_key.hex", 64)):
        longer = files[name].ljust(most + 1)
        yield Doctored(f"{name} with {most + 1} bytes", base.name, "archive", {**files, name: longer})
    small = dict(amended().files)
    yield Doctored(
        "the tile of another export", base.name, "log", {**files, "tile/0/000.p/8": small[_tile(small)][:256]}
    )
    large = tiles()
    for gone in ("tile/1/000.p/1", "tile/entries/001.p/6"):
        rest = {name: content for name, content in large.files.items() if name != gone}
        yield Doctored(f"a large log without {gone}", large.name, "archive", rest)
    partial = {**large.files, "tile/0/000.p/255": large.files["tile/0/000"][:-32]}
    yield Doctored("a partial tile beside the full one", large.name, "archive", partial)


def _tile(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.startswith("tile/0/"))
