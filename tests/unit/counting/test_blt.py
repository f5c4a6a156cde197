"""Reading and writing BLT: what is accepted, which line is blamed, and that nothing else ever escapes."""

import contextlib
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ballotcast.counting.blt import LARGEST, Blt, BltError, format_blt, parse_blt
from effort import examples
from growth import assert_grows_no_faster_than_its_input

from .elections import flat, weak_rankings

# The example that defines the format: Hill, Wichmann and Woodall (1987), "Algorithm 123".
ALGORITHM_123 = """4 2
-2
3 1 3 4 0
4 1 3 2 0
2 4 1 3 0
1 2 0
2 2 4 3 1 0
1 3 4 2 0
0
"Adam"
"Basil"
"Charlotte"
"Donald"
"Title"
"""


def test_the_example_of_algorithm_123() -> None:
    assert parse_blt(ALGORITHM_123) == Blt(
        title="Title",
        options=("Adam", "Basil", "Charlotte", "Donald"),
        seats=2,
        withdrawn=(2,),
        ballots={(1, 3, 4): 3, (1, 3, 2): 4, (4, 1, 3): 2, (2,): 1, (2, 4, 3, 1): 2, (3, 4, 2): 1},
    )


@pytest.mark.parametrize(
    "text",
    [
        '2,1\n3,1,2,0\n1,2,0\n0\n"A","B","T"\n',
        '2 1\r\n3 1 2 0\r\n1 2 0\r\n0\r\n"A"\r\n"B"\r\n"T"\r\n',
        '2 1\r3 1 2 0\r1 2 0\r0\r"A"\r"B"\r"T"',
        '\ufeff2 1 3 1 2 0 1 2 0 0 "A" "B" "T"',
        '# a comment\n2 1 # seats\n\n2 1 2 0\n1 2 0 # "not a name"\n1 1 2 0\n0\n"A" # first\n"B"\n"T"\n#end',
        '2 1\n(p1) 3 1 2 0\n(ballot 7, box 2) 1 2 0\n0\n"A"\n"B"\n"T"\n',
        '2 1\n3 1\t2 0\n1 2 0,\n0\n"A"\n"B"\n"T"\n',
    ],
    ids=["commas", "CRLF", "CR", "one line with BOM", "comments", "ballot ids", "tabs and a comma at the end"],
)
def test_spellings_of_the_same_file(text: str) -> None:
    expected = Blt("T", ("A", "B"), 1, (), {(1, 2): 3, (2,): 1})
    assert parse_blt(text) == expected
    assert parse_blt(text.encode()) == expected


def test_names_keep_spaces_hashes_commas_and_doubled_quotes() -> None:
    blt = parse_blt('3 1\n0\n"Ann ""Red"" O\'Neil"\n"#2, the other"\n" Zoë "\n""\n')
    assert blt.options == ('Ann "Red" O\'Neil', "#2, the other", " Zoë ")
    assert blt.title == ""


def test_several_withdrawn_blank_ballots_and_no_title() -> None:
    blt = parse_blt('3 1\n-3 -1\n2 0\n1 1 2 0\n3 0\n0\n"A"\n"B"\n"C"\n')
    assert blt == Blt("", ("A", "B", "C"), 1, (1, 3), {(): 5, (1, 2): 1})


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "ends"),
        ("# nothing\n\n", 3, "ends"),
        ("3", 1, "seats"),
        ("0 1\n0\n", 1, "options"),
        ("2 0\n0\n", 1, "seats"),
        ("two 1", 1, "'two' where the number of options"),
        ("-2 1", 1, "options"),
        ("2 1\n-3\n0\n", 2, "withdrawn"),
        ("2 1\n1 1 0\n-2\n0\n", 3, "how many"),
        ("2 1\n1 1 3 0\n0\n", 2, "3 where an option"),
        ("2 1\n1 1 -2 0\n0\n", 2, "-2 where an option"),
        ("2 1\n1 1 2 0\n1 3 1 2 0\n0\n", 3, "3 where an option"),
        ("2 1\n1 =2 0\n0\n", 2, "'=' where an option"),
        ("2 1\n1 1= 0\n0\n", 2, "0 where an option"),
        ("2 1\n1 1==2 0\n0\n", 2, "'=' where an option"),
        ("2 1\n1=2 1 0\n0\n", 2, "'=' where an option"),
        ("2 1\n1 () 0\n0\n", 2, "() where an option"),
        ("2 1\n(1 1 2 0\n0\n", 2, "parenthesis"),
        ("2 1\n1.5 1 2 0\n0\n", 2, "weighted votes are not counted"),
        ("2 1\n1 1=- 2 0\n0\n", 2, "'-' where an option"),
        ("2 1\n1 1 2\n", 3, "ends"),
        ("2 1\n1 1 0\n", 3, "ends"),
        ("2 1\n99999999999999999999 1 0\n0\n", 2, "where how many"),
        (f"2 1\n{LARGEST} 1 0\n1 1 0\n0\n", 3, "too many"),
        ('2 1\n1 1 0\n0\n"A"\n', 4, "2 names"),
        ('2 1\n1 1 0\n0\n"A"\n"B\n', 5, "quote"),
        ('2 1\n1 1 0\n0\n"A"\nB\n', 5, "'B' is not quoted"),
        ('2 1\n1 1 0\n0\n"A"\n"B"\n3\n', 6, "a name, quoted or not,"),
        ('2 1\n1 1 0\n0\n"A\x1b[31m"\n"B"\n', 4, "control"),
        ("2 1 # CR only\r1 1 0\r0\r3\r", 4, "a name, quoted or not,"),
        ("2 1\r\n1 1 0\r\n0\r\n3\r\n", 4, "a name, quoted or not,"),
        ("[tie 1 2]", 1, "'[' where a number"),
    ],
)
def test_the_line_to_blame(text: str, line: int, word: str) -> None:
    with pytest.raises(BltError) as caught:
        parse_blt(text)
    assert (caught.value.line, str(caught.value).split(":")[0]) == (line, f"line {line}")
    assert word in str(caught.value)


PIECES = st.sampled_from(
    [
        "0",
        "1",
        "2",
        "3",
        "-1",
        "7" * 5000,
        "\n",
        "\n",
        " ",
        ",",
        '"',
        '"A"',
        '"B"',
        "#",
        "=",
        "(",
        ")",
        "(x)",
        "\r",
        "\x00",
        "٣",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(lambda rest: "2 1\n" + " ".join(rest))))
@example("2 1 " + "1" * 5000)
@examples(400)
def test_whatever_the_text_only_blt_errors_escape(text: str) -> None:
    try:
        blt = parse_blt(text)
    except BltError as error:
        line = error.line
    else:
        line = 1
        assert parse_blt(format_blt(blt)) == blt
    assert 1 <= line <= sum(map(text.count, "\n\r\v\f\u2028\u2029")) + 1


@given(st.binary())
@examples(200)
def test_whatever_the_bytes_only_blt_errors_escape(data: bytes) -> None:
    with contextlib.suppress(BltError):
        parse_blt(data)


@st.composite
def files(draw: st.DrawFn) -> Blt:
    size = draw(st.integers(1, 5))
    name = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)
    withdrawn = draw(st.sets(st.integers(1, size)))
    standing = set(range(1, size + 1)) - withdrawn
    return Blt(
        title=draw(name),
        options=tuple(draw(st.lists(name, min_size=size, max_size=size))),
        seats=draw(st.integers(1, 9)),
        withdrawn=tuple(sorted(withdrawn)),
        # The reader takes a last group of all options that are left for none.
        ballots={
            ballot: number
            for ballot, number in draw(st.dictionaries(weak_rankings(size), st.integers(1, 10**6))).items()
            if not (ballot and isinstance(ballot[-1], tuple) and not standing - set(flat(ballot)))
        },
    )


def test_equal_ranks_are_read_and_written() -> None:
    blt = parse_blt('4 1\n3 2 1=4 3 0\n1 4 = 3 0\n1 1 0\n0\n"A" "B" "C" "D"')
    assert blt.ballots == {(2, (1, 4), 3): 3, ((3, 4),): 1, (1,): 1}
    assert "3 2 1=4 3 0\n1 3=4 0\n1 1 0\n" in format_blt(blt)


def test_only_rankings_are_written() -> None:
    with pytest.raises(ValueError, match="holds rankings"):
        format_blt(Blt("T", ("A",), 1, (), {((1, 3),): 1}, "scores"))


@given(files())
@examples(150)
def test_what_is_written_is_read_back(blt: Blt) -> None:
    assert parse_blt(format_blt(blt)) == blt
    assert parse_blt(format_blt(blt).encode()) == blt


def test_a_name_that_would_break_the_file_is_not_written() -> None:
    with pytest.raises(ValueError, match="control character"):
        format_blt(Blt("T", ("A\nB",), 1, (), {}))


def test_each_ballot_is_given_as_often_as_it_was_cast() -> None:
    blt = parse_blt(ALGORITHM_123)
    singles = list(blt.each_ballot())
    assert len(singles) == 13
    assert Counter(singles) == blt.ballots


def test_what_other_rules_read_from_rankings() -> None:
    blt = parse_blt(ALGORITHM_123)
    assert blt.ballots_for("scottish-stv") == blt.ballots_for("borda") == blt.ballots
    assert blt.ballots_for("plurality") == {(1,): 7, (4,): 4, (): 1, (3,): 1}
    assert blt.ballots_for("approval") == {(1, 3, 4): 7, (1, 3): 4, (): 1, (3, 4): 1}
    with pytest.raises(ValueError, match="star counts scores, and the file holds rankings"):
        blt.ballots_for("star")


def test_two_first_options_are_no_vote_for_either_and_two_approvals() -> None:
    blt = Blt("T", ("A", "B", "C"), 1, (3,), {((1, 2),): 1, ((1, 3), 2): 1})
    assert blt.ballots_for("plurality") == {((1, 2),): 1, (1,): 1}
    assert blt.ballots_for("approval") == {(1, 2): 2}


def test_scores_rank_options_for_rules_of_rankings() -> None:
    scored = Blt("T", ("A", "B", "C"), 1, (), {((1, 3), (2, 0), (3, 3)): 2, (): 1}, "scores")
    assert scored.ballots_for("schulze") == {((1, 3), 2): 2, (): 1}
    assert scored.ballots_for("star") == scored.ballots
    with pytest.raises(ValueError, match="approval counts choices, and the file holds scores"):
        scored.ballots_for("approval")


def test_the_work_grows_no_faster_than_the_file() -> None:
    def read(lines: int) -> None:
        text = "9 3\n" + "1 9 8 7 6 5 4 3 2 1 0\n" * lines + "0\n" + '"N"\n' * 9
        assert sum(parse_blt(text).ballots.values()) == lines

    assert_grows_no_faster_than_its_input(read, 625)
