"""Which addresses and numbers are taken, and in what form they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.elections.addresses import AddressError, email_address, known_country, phone_as_written, phone_number


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        "ada.b+vote@mail.example.co.uk",
        "O'Brien@example.org",
        "1@xn--bcher-kva.example",
        "a" * 64 + "@example.org",
    ],
)
def test_addresses_that_are_taken(address: str) -> None:
    assert email_address(f"  {address}\t") == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@@example.org",
        "ada@example.org.",
        "ada@.example.org",
        "ada@-example.org",
        "ada@example.123",
        ".ada@example.org",
        "ada.@example.org",
        "a..da@example.org",
        "ada lovelace@example.org",
        '"ada"@example.org',
        "ada@[127.0.0.1]",
        "ada@example.org\nbcc: all@example.org",
        "ada@example.org, eve@example.org",
        "Ada <ada@example.org>",
        "adé@example.org",
        "ada@b\u0378.example",
        "a" * 65 + "@example.org",
        "ada@" + "a" * 64 + ".org",
        "ada@" + "a.b" * 90 + ".org",
    ],
)
def test_addresses_that_are_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(AddressError) as refused:
        email_address(text)
    assert not text.strip() or text not in str(refused.value)


def test_an_international_domain_is_converted() -> None:
    assert email_address("ada@Bücher.example") == "ada@xn--bcher-kva.example"
    assert email_address("ada@faß.example") == "ada@xn--fa-hia.example"


@given(st.text())
def test_no_text_makes_an_address_with_a_line_break_or_a_second_recipient(text: str) -> None:
    try:
        address = email_address(text)
    except AddressError:
        return
    assert address.isascii()
    assert address.count("@") == 1
    assert not set(address) & set('\r\n ,;<>"()')


@pytest.mark.parametrize(
    "written", ["+4915112345678", " +49 151 12345678 ", "+49 (151) 123-456.78", "+49/151/12345678"]
)
def test_a_number_is_kept_as_e164(written: str) -> None:
    assert phone_number(written) == "+4915112345678"


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "0151 12345678",
        "004915112345678",
        "+0151123456",
        "+49",
        "+49 151 abc",
        "+1234567890123456",
        "+٤٩١٥١١٢٣٤٥٦",
    ],
)
def test_numbers_that_are_refused(written: str) -> None:
    with pytest.raises(AddressError):
        phone_number(written)


def test_a_number_without_a_code_is_read_with_the_country_that_is_known() -> None:
    assert phone_number("0151 12345678", country="DE") == "+4915112345678"
    assert phone_number("0151 12345678", ["+49"]) == "+4915112345678"
    assert phone_number("+43 660 1234567", ["+49", "+43"], "DE") == "+436601234567"
    for codes in (["+49", "+43"], ["+999"]):
        with pytest.raises(AddressError):
            phone_number("0151 12345678", codes)
    assert known_country("DE")
    assert not known_country("XX")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("+49 (151) 12345678", "+4915112345678"), (" 0151\n1234 ", "0151 1234"), ("n/a", "n/a"), ("", "")],
)
def test_a_number_that_nothing_is_sent_to_is_kept_as_it_is_written(written: str, kept: str) -> None:
    assert phone_as_written(written) == kept
    with pytest.raises(AddressError):
        phone_as_written("1" * 41)


def test_a_number_must_be_in_a_country_that_text_messages_go_to() -> None:
    assert phone_number("+4915112345678", ("+44", "+49")) == "+4915112345678"
    with pytest.raises(AddressError, match="country"):
        phone_number("+4915112345678", ("+44",))
