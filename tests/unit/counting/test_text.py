"""The encodings and line ends of ballot files."""

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.blt import parse_blt, read_blt
from ballotcast.counting.formats import format_of
from ballotcast.counting.text import decode_text
from ballotcast.faults import fault

TEXT = '2 1\n1 1 2 0\n0\n"Zoë"\n"Chloé"\n"T"\n'


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (b"\xef\xbb\xbf" + TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16-LE"),
        (TEXT.encode("utf-16-be"), "UTF-16-BE"),
        (TEXT.encode("utf-32"), "UTF-32"),
    ],
)
def test_unicode_is_read_in_every_form(data: bytes, encoding: str) -> None:
    reading = read_blt(data)
    assert (reading.file, reading.encoding, reading.warnings[1:]) == (parse_blt(TEXT), encoding, ())
    assert format_of("-", data) == "blt"


def test_windows_1252_and_latin_1_are_read_with_a_warning() -> None:
    for encoding in ("cp1252", "latin-1"):
        text = decode_text(TEXT.encode(encoding))
        assert (text.content, text.encoding) == (TEXT, "Windows-1252")
        assert text.warnings == [fault("read-as", line=4, encoding="Windows-1252", shown='"Zoë"')]
    # A byte that Windows-1252 does not have.
    assert decode_text(b"\x81\r\n").encoding == "Latin-1"
    assert decode_text(b"a\rb\r\n\x92").warnings[0].params["line"] == 3


def test_utf_8_that_was_misread_once_is_a_warning() -> None:
    (warning,) = decode_text(TEXT.encode().decode("cp1252").encode()).warnings
    assert warning == fault("misread")


def test_two_encodings_in_one_file_are_refused_with_both_lines() -> None:
    mixed = "Zoë\r\n".encode("cp1252") + "Chloé\n".encode()
    with pytest.raises(BallotFileError, match="line 1: not UTF-8, while line 2 is"):
        decode_text(mixed)


def test_cut_utf_16_is_refused() -> None:
    with pytest.raises(BallotFileError, match="not UTF-16"):
        decode_text(TEXT.encode("utf-16")[:-1])


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\u2028", "\u2029"])
def test_any_line_end_is_a_line_end(end: str) -> None:
    assert decode_text(TEXT.replace("\n", end)).content == TEXT
