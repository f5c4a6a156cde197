"""The dialects of BLT: what each says, and what is refused because it has two readings."""

import contextlib
from pathlib import Path

import pytest

from ballotcast.counting import count
from ballotcast.counting.blt import BltError, parse_blt, read_blt
from ballotcast.counting.reading import AmbiguousFileError
from growth import assert_grows_no_faster_than_its_input

FOUND = Path(__file__).parent / "blt"
NAMES = '"Ada"\n"Ben"\n"Cleo"\n"Dan"\n"Board"\n'
TWO = {(1, 2): 3, (3, 4): 2}


def ballots(text: str, **switches: str) -> dict[object, int]:
    return dict(read_blt(text, switches).file.ballots)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("blt-bare-names", TWO),
        ("blt-c-comment", TWO),
        ("blt-no-zero", TWO),
        ("blt-parenthesised", {((1, 3), 2): 3, (4,): 2}),
        ("blt-repeated", {(1, 2, 1): 3, (3,): 2}),
        ("blt-skipped", {(1, 2): 3, (3, 4): 2, (2, 1): 1}),
    ],
)
def test_files_that_were_once_refused(name: str, expected: dict[object, int]) -> None:
    file = parse_blt((FOUND / f"{name}.blt").read_bytes())
    assert file.ballots == expected
    assert (file.title, file.options, file.seats) == ("Board", ("Ada", "Ben", "Cleo", "Dan"), 2)


def test_a_party_after_a_name_shifts_no_name() -> None:
    reading = read_blt((FOUND / "m1.blt").read_bytes())
    assert (reading.file.options, reading.notes) == (("Ada", "Bob", "Cy"), ("Labour", "Green", "SNP"))
    assert reading.file.title == "Ward 1"
    counted = count("plurality", options=reading.file.options, seats=1, ballots=reading.file.ballots_for("plurality"))
    assert counted.winners == (3,)
    assert not reading.warnings


def test_a_lost_zero_is_refused_or_read_line_by_line() -> None:
    data = (FOUND / "m2.blt").read_bytes()
    with pytest.raises(AmbiguousFileError, match="line 2: the ballot does not end in 0") as caught:
        parse_blt(data)
    assert set(caught.value.readings) == {"ballots=lines", "ballots=zeros"}
    file = read_blt(data, {"ballots": "lines"}).file
    counted = count("irv", options=file.options, seats=1, ballots=file.ballots)
    assert (counted.winners, counted.stages[0].votes) == ((3,), (3, 0, 4, 0))


def test_a_number_too_many_in_the_header_is_refused() -> None:
    with pytest.raises(BltError, match="line 1: '5' after the number of options and of seats"):
        parse_blt((FOUND / "m8.blt").read_bytes())


@pytest.mark.parametrize("method", ["irv", "scottish-stv", "meek-stv", "plurality", "borda"])
def test_all_options_left_in_last_place_are_no_preference(method: str) -> None:
    reading = read_blt((FOUND / "m10.blt").read_bytes())
    counted = count(method, options=reading.file.options, seats=1, ballots=reading.file.ballots_for(method))
    assert (counted.winners, counted.spoilt) == ((1,), 0)
    assert "equal and last" in reading.warnings[0]


def test_a_last_place_without_the_withdrawn_is_no_preference_either() -> None:
    assert ballots(f"4 1\n-4\n3 1 2=3 0\n2 2 1=3=4 0\n1 1=2 0\n0\n{NAMES}") == {(1,): 3, (2,): 2, ((1, 2),): 1}


SAME = [
    "3 1 2 0\n2 3 4 0\n0\n",
    "3* 1 2 0\n2x 3 4 0\n0\n",
    "3 × 1 2 0\n2 * 3 4 0\n0\n",
    "3,1,2,0\n2,3,4,0\n0\n",
    "3, 1, 2, 0\n2, 3, 4, 0\n0,,,\n",
    "3 1 - 2 0\n2 - - 3 4 - 0\n0\n",
    "3 1 2\n2 3 4\n0\n",
    "3 1 2 0 # Ada's\n// a line\n2 3 4 0 // Cleo's\n0\n",
    "3 1 2 0 /* one */\n/* two\nlines */\n2 /* of */ 3 4 0\n0\n",
    "3 1 2 0 2 3 4 0 0\n",
    "(a) 3 1 2 0\n(b) 2x 3 4 0\n0\n",
    "[tie 4 3 2 1]\n3 1 2 0\n2 3 4 0\n0\n",
    "[nick a b c d]\n[tie d,c,b,a]\n3 a b 0\n2 c 4 0\n0\n",
    "[nick\na b\nc d] [droop arithmetic=fixed]\n3 a b 0\n2 c d 0\n0\n",
    "3\t1  2 0\v2\u00a03 4 0\f0\u2028",
]


@pytest.mark.parametrize("text", SAME)
def test_the_same_ballots_in_every_dialect(text: str) -> None:
    file = parse_blt(f"4 2\n{text}{NAMES}")
    assert (file.ballots, file.options, file.title, file.withdrawn) == (TWO, ("Ada", "Ben", "Cleo", "Dan"), "Board", ())


@pytest.mark.parametrize(
    "header",
    [
        "4 2\n-4\n-2\n",
        "4 2\n-2 -4\n",
        "4,2,-2,-4\n",
        "4 2\n[withdrawn 2 4]\n",
        "4 2\n[nick a b c d]\n[withdrawn b d]\n",
    ],
)
def test_withdrawn_options_in_every_dialect(header: str) -> None:
    assert parse_blt(f"{header}1 1 0\n0\n{NAMES}").withdrawn == (2, 4)


@pytest.mark.parametrize("ranking", ["2 (1 3) 4", "2 (1,3) 4", "2 (1=3) 4", "2 1=3 4", "2 1 = 3 4", "2 3=1 4"])
def test_equal_ranks_in_every_dialect(ranking: str) -> None:
    assert ballots(f"4 1\n1 {ranking} 0\n0\n{NAMES}") == {(2, (1, 3), 4): 1}


@pytest.mark.parametrize(
    "names",
    [
        "Ada Lee\nBen\nWard 1\n",
        "\n  Ada Lee # first\n\nBen // second\nWard 1",
        '"Ada Lee" "Ben" "Ward 1"\n',
        '"Ada Lee","Ben","Ward 1"\n',
        "“Ada Lee”\n“Ben”\n„Ward 1“\n",
        "«Ada Lee»\n”Ben”\nWard 1\n",
        '"Ada Lee" "Green"\n"Ben", "SNP"\n"Ward 1"\n',
        '"Ada Lee", Green\n"Ben" Scottish National\nWard 1\n',
        "Ada\u0085 Lee\nBen\nWard 1\n",
    ],
)
def test_names_and_title_in_every_dialect(names: str) -> None:
    file = parse_blt(f"2 1\n1 1 0\n0\n{names}")
    assert (file.options, file.title) == (("Ada Lee", "Ben"), "Ward 1")


def test_marks_of_comments_within_names_stay() -> None:
    text = '3 1\n1 1 0\n0\n"Ada # 1"\n"Ben // /* 2"\nC# Major\n'
    with pytest.raises(BltError, match="line 6: 'C# Major' is not quoted"):
        parse_blt(text)
    assert parse_blt("2 1\n1 1 0\n0\nC# Major\nhttp://b.example\n").options == ("C# Major", "http://b.example")
    assert parse_blt('2 1\n1 1 0\n0\n"Ada # 1"\n"Ben // /* 2"\n').options == ("Ada # 1", "Ben // /* 2")


@pytest.mark.parametrize(
    ("text", "switch", "expected"),
    [
        ("(a) 1 2 0\n(b) 2 1 0\n", {"after-id": "count"}, {(2,): 1, (1,): 2}),
        ("(a) 1 2 0\n(b) 2 1 0\n", {"after-id": "option"}, {(1, 2): 1, (2, 1): 1}),
        ("1 1 0 2 0\n1 3 0\n", {"ballots": "zeros"}, {(1,): 1, (): 2, (3,): 1}),
        ("1 1\n2 0 1\t3 0\n", {"ballots": "zeros"}, {(1, 2): 1, (3,): 1}),
        ("1,3 2 0\n", {"commas": "separate"}, {(3, 2): 1}),
        ("1 , 3 2 0\n", {"commas": "separate"}, {(3, 2): 1}),
        ("1 , 0\n", {"commas": "separate"}, {(): 1}),
    ],
)
def test_ballots_with_two_readings_are_refused_until_one_is_chosen(
    text: str, switch: dict[str, str], expected: dict[object, int]
) -> None:
    text = f"4 2\n{text}0\n{NAMES}"
    with pytest.raises(AmbiguousFileError) as caught:
        parse_blt(text)
    (name, value) = next(iter(switch.items()))
    assert f"{name}={value}" in caught.value.readings
    assert f"--read {name}={value}" in str(caught.value)
    assert ballots(text, **switch) == expected


@pytest.mark.parametrize(
    ("names", "switch", "options", "title"),
    [
        ('"Ada" "Ben"\n"Cleo"\n', {"names": "lines"}, ("Ada", "Cleo"), ""),
        ('"Ada" "Ben"\n"Cleo"\n', {"names": "texts"}, ("Ada", "Ben"), "Cleo"),
        ('"Ada"\n"Ben"\n"T"\n"from a file"\n', {"texts": "notes"}, ("Ada", "Ben"), "T"),
    ],
)
def test_names_with_two_readings_are_refused_until_one_is_chosen(
    names: str, switch: dict[str, str], options: tuple[str, ...], title: str
) -> None:
    text = f"2 1\n1 1 0\n0\n{names}"
    with pytest.raises(AmbiguousFileError):
        parse_blt(text)
    file = read_blt(text, switch).file
    assert (file.options, file.title) == (options, title)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("1 1 2 0\n1 3\n4 0\n0\n", 3, "does not end in 0"),
        ("1 1 2\n1 3 0\n1 4\n0\n", 3, "ends in 0"),
        ("1 1 2 0\n0 1 3 0\n0\n", 3, "'1' after the 0"),
        ("1 1 2 0\n0\n1 3 0\n0\n", 4, "a name, quoted or not"),
        ("(a) 1 2 0\n1 3 0\n0\n", 3, "without an id"),
        ("(a) 1x 2 0\n(a) 1x 3 0\n0\n", 3, "of line 2 again"),
        ("1 1,,2 0\n0\n", 2, "a comma"),
        ("1 1 0 /* open\n0\n", 2, "not closed"),
        ("1 1 0 /* a /* b */ */\n0\n", 2, "within a comment"),
        ("[nick a b c]\n1 1 0\n0\n", 2, "[nick] needs 4"),
        ("[nick a b c x]\n1 1 0\n0\n", 2, "[nick] needs 4"),
        ("[tie 1 2 3]\n1 1 0\n0\n", 2, "[tie] needs each"),
        ("[withdrawn 5]\n1 1 0\n0\n", 2, "5 where an option"),
        ("[seats 5]\n1 1 0\n0\n", 2, "[seats] is not one of"),
        ("[tie 1 2 3 4\n1 1 0\n0\n", 2, "a setting such as"),
        ("1 e 0\n0\n", 2, "'e' where an option"),
        ("2.0 1 0\n0\n", 2, "can tell who cast a ballot"),
        ("1 1\u00852 0\n0\n", 2, "unexpected '\\x85'"),
        ("1 1 2 0\n", 3, "'\"Ada\"' where how many ballots"),
    ],
)
def test_the_line_to_blame_in_a_dialect(text: str, line: int, word: str) -> None:
    with pytest.raises(BltError) as caught:
        parse_blt(f"4 2\n{text}{NAMES}")
    assert caught.value.line == line
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("4 4\n1 1 0\n0\n" + NAMES, "4 seats for 4 options"),
        ("4 2\n1 1 2 0 # 2 3 0\n0\n" + NAMES, "holds numbers"),
        ("4 2\n1 1 2 0\n# 3 2 0\n0\n" + NAMES, "holds numbers"),
        ("4 2\n1 1 2 0\n/* or\n3 2 0 */\n0\n" + NAMES, "holds numbers"),
        ("5 2\n1 1 2 0\n0\n" + NAMES, "'Board', is read as a name"),
        ("4 2\n[tie 4 3 2 1]\n1 1 2 0\n0\n" + NAMES, "[tie] is not used"),
        ("4 2\n1 1 2 0\n0\n" + NAMES.replace("Dan", "ada "), "Options 1 and 4 have the same name"),
        ("4 2\n1 1 2 0\n0\n" + NAMES.replace("Dan", " "), "Option 4 has no name"),
        ("4 2\n1 1 2 0\n0\n" + NAMES.replace('"Dan"', '"Dan" "SNP"'), "Only some names have a second text"),
        ("4 2\n1 1 2 0\n0\n" + NAMES.replace("Dan", "D\u0092an"), "control characters are taken out of"),
        ("4 2 1 1 2 0 0" + NAMES.replace("\n", " "), "a missing 0 would not be noticed"),
        ("4 2\n(a) 1x 1 2 0\n0\n" + NAMES, "after the id of a ballot is read as how many"),
    ],
)
def test_what_looks_odd_is_a_warning(text: str, word: str) -> None:
    assert [warning for warning in read_blt(text).warnings if word in warning]


@pytest.mark.parametrize(
    ("before", "repeated", "after"),
    [
        ("", "«", "#"),
        ("", "„", "#"),
        ("", "“a", "#"),
        ('"', '""', "#"),
        ("# 1", "  ", "x"),
        ("", "[a\n", ""),
        ("", "/**/", ""),
        ("/* ", "x\n", ""),
        ("", "((", ""),
        ("", "1 1 # 2 3 0\n", ""),
        ("", "1,", ""),
    ],
)
@pytest.mark.parametrize("names", [False, True])
def test_long_files_and_lines_are_read_or_refused_in_a_moment(
    before: str, repeated: str, after: str, *, names: bool
) -> None:
    def read(times: int) -> None:
        with contextlib.suppress(BltError):
            parse_blt(f"4 1\n{'0' if names else ''}\n{before}{repeated * times}{after}\n0\n{NAMES}")

    assert_grows_no_faster_than_its_input(read, 2_500)


def test_a_huge_number_of_options_takes_no_memory() -> None:
    for setting in ("", "[tie 1 2]\n", "[nick a b]\n"):
        with pytest.raises(BltError):
            parse_blt(f"9007199254740991 1\n{setting}1 1 2=3 0\n0\n{NAMES}")


def test_what_looks_like_nothing_odd_is_no_warning() -> None:
    assert read_blt(f"4 2 # seats\n-4\n3 1 2 0\n2 (2 3) 0\n1 0\n0\n{NAMES}").warnings == ()


def test_a_sign_after_the_number_on_some_lines_only_is_a_warning() -> None:
    """`5 2 1 0` of which a stray character took the first option would be read as `5 × 1 0`."""
    names = '"A"\n"B"\n"C"\n"T"\n'
    assert not read_blt(f"3 1\n5 × 1 0\n2 * 1 3 0\n0\n{names}").warnings
    [warning] = read_blt(f"3 1\n5 * 1 0\n2 1 3 0\n0\n{names}").warnings
    assert warning.startswith("Line 2: a sign such as ×")
