"""Photos: what is kept has the picture and nothing else; whatever is no small JPEG is refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.elections.photo import HEIGHT, MOST, MOST_SENT, WIDTH, Photo, read_photo, size_of
from ballotcast.faults import FaultError
from jpeg import END, START, frame, grey, huffman, quanta, scan, segment

PLACE = b"taken at home, 52.5N 13.4E"
WHOLE = grey(8, 8)


def refused(data: bytes) -> str:
    with pytest.raises(FaultError) as raised:
        read_photo(data)
    return raised.value.fault.code


@pytest.mark.parametrize("components", [1, 3])
def test_what_is_kept_has_its_size_and_no_place_and_is_named_by_its_hash(components: int) -> None:
    extra = [segment(0xE1, b"Exif\0\0" + PLACE), segment(0xFE, PLACE), segment(0xEE, b"Adobe" + bytes(6) + b"\1")]
    kept = read_photo(grey(120, 160, *extra, components=components) + b"PK\3\4" + PLACE)
    assert PLACE not in kept.content
    assert size_of(kept.content) == (120, 160)
    assert read_photo(kept.content) == kept, "written again, it is the same"
    assert read_photo(grey(120, 160, components=components)) == kept, "whatever came along"
    assert read_photo(grey(120, 160, value=2)).hash != kept.hash
    assert Photo.names(kept.hash)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture-not-jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "picture-not-jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture-not-jpeg"),
        (START, "picture-damaged"),
        (START + END, "picture-damaged"),
        (WHOLE[:-1], "picture-damaged"),
        (WHOLE[:-2] + b"\xff\xda", "picture-damaged"),
        (WHOLE + bytes(MOST_SENT), "picture-too-large"),
        (grey(WIDTH + 1, 8), "picture-too-large"),
        (grey(8, HEIGHT + 1), "picture-too-large"),
        (START + quanta() + frame(8, 0) + huffman() + scan(8, 8) + END, "picture-too-large"),
        (START + quanta() + frame(8, 8) + huffman() + scan(8, 8) + bytes(MOST) + END, "picture-too-large"),
        (START + quanta() + frame(8, 8, kind=0xC2) + huffman() + scan(8, 8) + END, "photo-kind"),
        (START + quanta() + frame(8, 8, depth=12) + huffman() + scan(8, 8) + END, "photo-kind"),
        (START + quanta() + frame(8, 8, components=4) + huffman() + scan(8, 8, 4) + END, "photo-kind"),
        (START + quanta() + frame(8, 8, components=3) + huffman() + scan(8, 8) + END, "photo-kind"),
        (grey(8, 8, segment(0xEE, b"Adobe" + bytes(7))), "photo-kind"),
        (START + frame(8, 8) + huffman() + scan(8, 8) + END, "picture-damaged"),
        (START + quanta() + huffman() + scan(8, 8) + END, "picture-damaged"),
        (START + quanta() + frame(8, 8) + scan(8, 8) + END, "picture-damaged"),
        (START + quanta() + frame(8, 8) * 2 + huffman() + scan(8, 8) + END, "picture-damaged"),
        (START + segment(0xDB, b"\0" * 64) + frame(8, 8) + huffman() + scan(8, 8) + END, "picture-damaged"),
        (START + quanta() + frame(8, 8) + segment(0xC4, b"\0" + b"\xff" * 16) + scan(8, 8) + END, "picture-damaged"),
        (START + quanta() + frame(8, 8) + huffman() + segment(0xDA, b"\1\1\0\0\x3f\0") + END, "picture-damaged"),
    ],
)
def test_what_is_no_small_photo_is_refused_by_name(data: bytes, code: str) -> None:
    assert refused(data) == code


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_byte_that_is_changed_is_refused_or_kept_in_the_same_form(at: int, value: int) -> None:
    try:
        kept = read_photo(WHOLE[:at] + bytes([value]) + WHOLE[at + 1 :])
    except FaultError:
        return
    assert read_photo(kept.content) == kept
    assert len(kept.content) <= MOST
