import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto.canonical import MAX_DEPTH, MAX_INTEGER, CanonicalError, dumps, loads

BAD = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())

texts = st.text()
scalars = st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12)


def test_the_string_sample_of_rfc_8785_section_3_2_2() -> None:
    assert dumps("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/") == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


def test_every_control_character_has_the_escape_of_section_3_2_2_2() -> None:
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    for code in range(32):
        escape = short.get(code, f"\\u{code:04x}")
        assert dumps(chr(code)).decode() == f'"{escape}"'
    assert dumps("\x7f\u2028/") == '"\x7f\u2028/"'.encode()


SORTING_SAMPLE = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}


def test_the_sorting_sample_of_rfc_8785_section_3_2_3() -> None:
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(loads(dumps(SORTING_SAMPLE))) == order
    assert dumps(SORTING_SAMPLE).startswith(b'{"\\r":"Carriage Return","1":"One",')


def test_nested_members_are_sorted_and_arrays_are_not() -> None:
    assert dumps({"b": [{"d": 2, "c": 1}, 3, True], "a": ""}) == b'{"a":"","b":[{"c":1,"d":2},3,true]}'


@given(values)
def test_every_value_of_the_subset_survives(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(values)
def test_the_encoding_is_the_same_value_to_any_json_parser(value: Any) -> None:
    assert json.loads(dumps(value)) == value


@pytest.mark.parametrize("bad", BAD["canonical_json"], ids=lambda bad: bad["why"])
def test_bad_canonical_json_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(CanonicalError):
        loads(bytes.fromhex(bad["hex"]) if "hex" in bad else bad["text"].encode())


@pytest.mark.parametrize("value", [None, 1.0, float("nan"), 2**53, -(2**53), b"", {1: 2}, (1,), "\ud800"])
def test_values_outside_the_subset_are_not_encoded(value: Any) -> None:
    for wrapped in (value, [value], {"a": value}):
        with pytest.raises(CanonicalError):
            dumps(wrapped)


@pytest.mark.parametrize("text", ["e\u0301", "a\U0001e4ec\U0001e4ee", "\u1100\u1161", "\u212b"])
def test_no_text_is_normalised(text: str) -> None:
    """The second one is in normal form or not, depending on the version of Unicode."""
    assert loads(dumps({text: text})) == {text: text}


def test_numbers_of_thousands_of_digits_are_refused() -> None:
    with pytest.raises(CanonicalError):
        loads(b"9" * 100_000)


def test_nesting_is_limited_at_the_same_depth_both_ways() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert dumps(loads(deepest)) == deepest
    for data in (b"[" + deepest + b"]", b"[" * 100_000):
        with pytest.raises(CanonicalError):
            loads(data)
