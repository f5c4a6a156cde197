"""What a reader says that it found, in words."""

import pytest

from ballotcast.counting.ballot_file import BallotFile
from ballotcast.counting.ballots import Ballot, Kind
from ballotcast.counting.reading import AmbiguousFileError, Reading, explain, in_words, times_named

NAMES = ("Ada", "Björn", "Chloé")


@pytest.mark.parametrize(
    ("ballot", "kind", "words"),
    [
        ((), "ranked", "blank"),
        ((2, (1, 3)), "ranked", "1st Björn, 2nd Ada and Chloé equally"),
        ((1, 2, 1), "ranked", "spoilt, because it names an option twice: Ada, Björn, Ada"),
        ((1, 3), "choice", "Ada and Chloé"),
        (((1, 5), (2, 0)), "scores", "5 for Ada and 0 for Björn"),
    ],
)
def test_a_ballot_in_words(ballot: Ballot, kind: Kind, words: str) -> None:
    assert in_words(ballot, kind, NAMES) == words


def test_places_in_words() -> None:
    words = in_words(tuple(range(1, 24)), "ranked", [str(number) for number in range(1, 24)])
    assert all(place in words for place in ("11th 11", "12th 12", "13th 13", "21st 21", "22nd 22", "23rd 23"))


def test_an_option_counts_once_for_each_ballot_that_names_it() -> None:
    ranked = BallotFile("", NAMES, 1, (), {(1, 2, 1): 3, ((1, 3),): 2})
    assert times_named(ranked) == {1: 5, 2: 3, 3: 2}
    scored = BallotFile("", NAMES, 1, (), {((1, 5), (3, 0)): 3}, "scores")
    assert times_named(scored) == {1: 3, 3: 3}


def test_a_reading_in_words() -> None:
    file = BallotFile("Board", NAMES, 2, (3,), {(1, 2): 3, (): 1})
    assert list(explain(Reading(file, "BLT", ("unquoted names",), "UTF-16", ("It is odd.",), ("Red", "", "")))) == [
        "format: BLT and unquoted names",
        "encoding: UTF-16",
        "title: Board",
        "seats: 2",
        "options: 3",
        "  1 Ada (Red): on 3 ballots",
        "  2 Björn: on 3 ballots",
        "  3 Chloé: on 0 ballots, withdrawn",
        "withdrawn: Chloé",
        "ballots: 4, of which 2 different",
        "the first ballots:",
        "  3 × 1st Ada, 2nd Björn",
        "  1 × blank",
        "warning: It is odd.",
    ]


def test_an_ambiguous_file_names_both_readings() -> None:
    error = AmbiguousFileError(4, "It has two ends", {"end=first": "it ends here", "end=last": "it ends there"})
    assert str(error) == (
        "line 4: It has two ends. Either it ends here (--read end=first); or it ends there (--read end=last)"
    )
