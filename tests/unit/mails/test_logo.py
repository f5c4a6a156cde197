"""Pictures: what is kept has the pixels and nothing else; whatever is no small PNG is refused by name."""

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.faults import FaultError
from ballotcast.mails.logo import HEIGHT, MOST, SIGNATURE, WIDTH, Logo, read_picture
from png import chunk, header, pixels, plain, png

SECRET = b"taken at home, 52.5N 13.4E"


def refused(data: bytes) -> str:
    with pytest.raises(FaultError) as raised:
        read_picture(data)
    return raised.value.fault.code


def test_what_is_kept_has_its_size_and_no_text_and_is_named_by_its_hash() -> None:
    kept = read_picture(plain(200, 80, b"\1\2\3", chunk(b"tEXt", b"Comment\0" + SECRET), chunk(b"eXIf", SECRET)))
    assert (kept.logo.width, kept.logo.height) == (200, 80)
    assert SECRET not in kept.content
    assert len(kept.content) < 1000
    assert read_picture(kept.content) == kept, "written again, it is the same"
    assert read_picture(plain(200, 80, b"\1\2\3")) == kept, "however it was wrapped"
    assert Logo.read(str(kept.logo)) == kept.logo
    assert Logo.names(str(kept.logo))


@pytest.mark.parametrize(
    ("depth", "colour", "row"), [(1, 0, 3), (8, 0, 11), (8, 2, 31), (4, 3, 6), (8, 4, 21), (8, 6, 41)]
)
def test_every_usual_kind_of_pixel_is_taken(depth: int, colour: int, row: int) -> None:
    palette = [chunk(b"PLTE", b"\1\2\3\4\5\6"), chunk(b"tRNS", b"\0")] if colour == 3 else []
    kept = read_picture(png(header(10, 4, depth, colour), *palette, pixels(b"\0" * row * 4)))
    assert (kept.logo.width, kept.logo.height) == (10, 4)
    if palette:
        assert chunk(b"PLTE", (b"\1\2\3\4\5\6").ljust(48, b"\0")) in kept.content


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture-not-png"),
        (b"GIF89a" + bytes(40), "picture-not-png"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "picture-not-png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture-not-png"),
        (SIGNATURE, "picture-damaged"),
        (plain()[:-1], "picture-damaged"),
        (plain()[:60] + b"\0" + plain()[61:], "picture-damaged"),
        (plain(WIDTH + 1, 4), "picture-too-large"),
        (plain(4, HEIGHT + 1), "picture-too-large"),
        (png(header(0, 4), pixels(b"")), "picture-too-large"),
        (plain() + bytes(50_000), "picture-too-large"),
        (png(header(10, 4, 16), pixels(bytes(61 * 4))), "picture-kind"),
        (png(header(10, 4, interlaced=1), pixels(bytes(31 * 4))), "picture-kind"),
        (png(header(10, 4, 8, 7), pixels(bytes(31 * 4))), "picture-kind"),
        (png(header(10, 4), pixels(bytes(31 * 4 - 1))), "picture-damaged"),
        (png(header(10, 4), pixels(bytes(31 * 4 + 1))), "picture-damaged"),
        (png(header(10, 4), pixels(b"\5" * 31 * 4)), "picture-damaged"),
        (png(header(10, 4)), "picture-damaged"),
        (png(header(10, 4), header(10, 4), pixels(bytes(31 * 4))), "picture-damaged"),
        (png(header(10, 4, 4, 3), pixels(bytes(6 * 4))), "picture-damaged"),
        (png(header(10, 4, 1, 3), chunk(b"PLTE", bytes(9)), pixels(bytes(3 * 4))), "picture-damaged"),
        (png(header(10, 4), chunk(b"IDAT", b"no zlib"), b""), "picture-damaged"),
    ],
)
def test_what_is_no_small_png_is_refused_by_name(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_picture_that_stays_large_is_refused() -> None:
    noise = b"".join(b"\0" + os.urandom(3 * 100) for _ in range(60))
    data = png(header(100, 60), pixels(noise))
    assert len(data) > MOST
    assert refused(data) == "picture-too-large"


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gigabyte of zeros in 48 KB would be a megabyte here, and is not made."""
    made: list[int] = []
    new = zlib.decompressobj

    class Watched:
        def __init__(self) -> None:
            self._stream = new()

        def decompress(self, data: bytes, most: int) -> bytes:
            content = self._stream.decompress(data, most)
            made.append(len(content))
            return content

        def __getattr__(self, name: str) -> object:
            return getattr(self._stream, name)

    monkeypatch.setattr("ballotcast.mails.logo.zlib.decompressobj", Watched)
    bomb = png(header(10, 4), pixels(bytes(40_000_000)))
    assert refused(bomb) == "picture-damaged"
    assert sum(made) <= 31 * 4 + 1


@given(st.binary(max_size=300), st.integers(0, 200))
def test_any_bytes_are_a_picture_or_a_named_fault(noise: bytes, at: int) -> None:
    good = plain(20, 8)
    for data in (SIGNATURE + noise, good[:at] + noise + good[at + len(noise) :]):
        try:
            size = len(read_picture(data).content)
        except FaultError as error:
            size, code = 0, error.fault.code
        else:
            code = "picture-"
        assert size <= MOST
        assert code.startswith("picture-")
