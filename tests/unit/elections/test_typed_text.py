"""What organisers type: normalised once, and options that voters could not tell apart are refused."""

import pytest

from ballotcast.elections.draft import contests_of
from ballotcast.elections.typed_text import look_alike, skeleton, typed
from ballotcast.errors import Invalid
from ballotcast.faults import fault


def test_what_is_typed_is_put_in_nfc() -> None:
    assert typed("e\u0301") == "\u00e9"
    assert typed(None) is None
    [contest] = contests_of([{"title": "e\u0301", "method": "irv", "options": ["e\u0301", "b"]}])
    assert (contest.title, contest.options) == ("\u00e9", ("\u00e9", "b"))


@pytest.mark.parametrize(
    "pair",
    [
        ("Anna", "anna"),
        ("Straße", "STRASSE"),
        ("Ann Lee", "AnnLee"),
        ("Ann Lee", "Ann\u00a0Lee"),
        ("Ann  Lee", "Ann Lee"),
        ("A", "\uff21"),
        ("1", "①"),
        ("ﬁn", "fin"),
        ("\u2764", "\u2764\ufe0f"),
        ("葛城", "葛\U000e0100城"),
    ],
)
def test_texts_with_one_skeleton_look_alike(pair: tuple[str, str]) -> None:
    assert skeleton(pair[0]) == skeleton(pair[1])
    assert look_alike(["x", *pair]) == pair
    with pytest.raises(Invalid) as refused:
        contests_of([{"title": "t", "method": "irv", "options": ["x", *pair]}])
    [field] = refused.value.errors
    assert field.pointer == "/contests/0/options"
    assert field.fault == fault("look-alike", option=pair[0], other=pair[1])


@pytest.mark.parametrize("options", [["Ann", "Bob"], ["é", "e"], ["1", "2"], ["A-B", "AB"], ["Müller", "Mueller"]])
def test_others_do_not(options: list[str]) -> None:
    assert look_alike(options) is None


def test_letters_of_two_scripts_are_not_compared() -> None:
    """Not covered, and said so: that takes a table of confusable letters."""
    assert look_alike(["Anna", "\u0410nna"]) is None


def test_the_same_text_twice_is_another_fault() -> None:
    assert look_alike(["a", "a"]) is None
    with pytest.raises(Invalid, match="twice"):
        contests_of([{"title": "t", "method": "irv", "options": ["e\u0301", "\u00e9"]}])
