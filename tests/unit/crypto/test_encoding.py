import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto.encoding import EncodingError, b64_decode, b64_encode, b64u_decode, b64u_encode, hex_decode

BAD = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())


@pytest.mark.parametrize(
    ("data", "text"), [(b"", ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"\xfb\xff", "-_8")]
)
def test_base64url_of_rfc_4648_without_padding(data: bytes, text: str) -> None:
    assert b64u_encode(data) == text
    assert b64u_decode(text) == data


@given(st.binary())
def test_every_byte_string_survives_each_encoding(data: bytes) -> None:
    assert b64u_decode(b64u_encode(data)) == data
    assert b64_decode(b64_encode(data)) == data
    assert hex_decode(data.hex()) == data


@given(st.text(alphabet="AZaz09+/-_= \n", max_size=12))
def test_a_text_is_refused_or_is_the_only_spelling_of_its_bytes(text: str) -> None:
    for decode, encode in [(b64u_decode, b64u_encode), (b64_decode, b64_encode), (hex_decode, bytes.hex)]:
        try:
            data = decode(text)
        except EncodingError:
            continue
        assert encode(data) == text


@pytest.mark.parametrize("bad", BAD["b64u"], ids=lambda bad: bad["why"])
def test_bad_base64url_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(EncodingError):
        b64u_decode(bad["text"])


@pytest.mark.parametrize("text", ["Zg", "Zg=", "Zg===", "Zh==", "Zg==\n", " Zg==", "Zm9v=", "-_8=", "Zé=="])
def test_bad_padded_base64_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        b64_decode(text)


@pytest.mark.parametrize("text", ["A0", "a", "0x00", "a0 a0", " a0", "g0", "а0"])
def test_bad_hex_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        hex_decode(text)


def test_an_error_never_repeats_what_may_be_a_secret() -> None:
    for decode in (b64u_decode, b64_decode, hex_decode):
        with pytest.raises(EncodingError) as caught:
            decode("secret!secret")
        assert "secret" not in str(caught.value)
