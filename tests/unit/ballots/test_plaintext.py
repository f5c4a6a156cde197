import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots import plaintext
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Choice, Reason, Spoilt

BAD = json.loads((Path(__file__).parents[2] / "vectors" / "bad_encodings.json").read_text())
MANIFEST = Manifest.parse(BAD["sample"]["manifest"].encode())
RANKED, APPROVED = MANIFEST.contests

rankings = st.lists(st.integers(1, 4), unique=True)
approvals = st.just([]) | st.lists(st.integers(1, 3), unique=True, min_size=1, max_size=2)


@pytest.mark.parametrize(
    ("choices", "marks"),
    [
        ([[], []], "00000000 000000"),
        ([[3, 1], [2]], "02000100 000100"),
        ([[4, 3, 2, 1], [1, 3]], "04030201 010001"),
    ],
)
def test_one_byte_for_each_option(choices: list[list[int]], marks: str) -> None:
    assert plaintext.encode(MANIFEST, choices).hex() == marks.replace(" ", "")
    assert plaintext.decode(MANIFEST, bytes.fromhex(marks)) == [tuple(choice) for choice in choices]


@given(rankings, approvals)
def test_every_valid_choice_survives(ranking: list[int], approval: list[int]) -> None:
    marks = plaintext.encode(MANIFEST, [ranking, approval])
    assert len(marks) == MANIFEST.plaintext_length
    assert plaintext.decode(MANIFEST, marks) == [tuple(ranking), tuple(sorted(approval))]


def naive_ranking(marks: tuple[int, ...]) -> Choice | None:
    """The ranking that puts rank r on an option for r = 1, 2, … and marks nothing else, if there is one."""
    ranking: list[int] = []
    while len(ranking) + 1 in marks:
        ranking.append(marks.index(len(ranking) + 1) + 1)
    rebuilt = [0] * len(marks)
    for rank, option in enumerate(ranking, 1):
        rebuilt[option - 1] = rank
    return tuple(ranking) if tuple(rebuilt) == marks else None


def decoded(marks: bytes) -> list[Choice] | None:
    try:
        return plaintext.decode(MANIFEST, marks)
    except Spoilt:
        return None


def test_exactly_the_rankings_are_read_out_of_all_plaintexts() -> None:
    for marks in product(range(6), repeat=4):
        ranking = naive_ranking(marks)
        expected = None if ranking is None else [ranking, ()]
        assert decoded(bytes(marks) + bytes(3)) == expected


def test_exactly_the_choice_sets_are_read_out_of_all_plaintexts() -> None:
    for marks in product(range(4), repeat=3):
        valid = max(marks) <= 1 and sum(marks) <= 2
        expected = [(), tuple(option for option in (1, 2, 3) if marks[option - 1])] if valid else None
        assert decoded(bytes(4) + bytes(marks)) == expected


@given(st.binary(max_size=9) | st.binary(min_size=7, max_size=7))
def test_no_bytes_at_all_break_the_decoder(marks: bytes) -> None:
    choices = decoded(marks)
    assert choices is None or plaintext.encode(MANIFEST, choices) == marks


@pytest.fixture(scope="module")
def varied(make_election: Any) -> Manifest:
    """A contest with equal ranks, one with scores of 1 to 5, and a ranking without equal ranks."""
    borda = RANKED.model_copy(update={"method": "borda", "max": 3})
    star = RANKED.model_copy(update={"id": "c2", "method": "star", "min": 1, "max": 5})
    wigm = RANKED.model_copy(update={"id": "c3", "method": "wigm-stv"})
    manifest: Manifest = make_election(contests=(borda, star, wigm)).manifest
    return manifest


@pytest.mark.parametrize(
    ("choices", "marks"),
    [
        ([(), (), ()], "00000000 00000000 00000000"),
        ([(2, (1, 4)), ((1, 5), (3, 1)), (4, 3)], "02010002 06000200 00000201"),
        ([((2, 3, 4),), ((4, 3),), (1,)], "00010101 00000004 01000000"),
    ],
)
def test_equal_ranks_and_scores_have_their_bytes(varied: Manifest, choices: list[Choice], marks: str) -> None:
    assert plaintext.encode(varied, choices).hex() == marks.replace(" ", "")
    assert plaintext.decode(varied, bytes.fromhex(marks)) == choices


@pytest.mark.parametrize(
    ("marks", "reason", "contest"),
    [
        ("01010300 00000000 00000000", Reason.GAP_IN_RANKS, "c1"),
        ("01010101 00000000 00000000", Reason.TOO_MANY, "c1"),
        ("05000000 00000000 00000000", Reason.OUT_OF_RANGE, "c1"),
        ("00000000 01000000 00000000", Reason.OUT_OF_RANGE, "c2"),
        ("00000000 00070000 00000000", Reason.OUT_OF_RANGE, "c2"),
        ("00000000 000000ff 00000000", Reason.OUT_OF_RANGE, "c2"),
        ("00000000 00000000 01010000", Reason.DUPLICATE_RANK, "c3"),
    ],
)
def test_bytes_outside_a_method_s_own_rules_spoil(varied: Manifest, marks: str, reason: Reason, contest: str) -> None:
    with pytest.raises(Spoilt) as caught:
        plaintext.decode(varied, bytes.fromhex(marks))
    assert (caught.value.reason, caught.value.contest) == (reason, contest)


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ([(1, (1, 2)), (), ()], Reason.DUPLICATE_RANK),
        ([(), ((1, 3), (1, 4)), ()], Reason.DUPLICATE_RANK),
        ([(), ((5, 3),), ()], Reason.OUT_OF_RANGE),
        ([(), ((1, -1),), ()], Reason.OUT_OF_RANGE),
        ([(), ((1, 255),), ()], Reason.OUT_OF_RANGE),
        ([(), ((1, 6),), ()], Reason.OUT_OF_RANGE),
        ([(), (), ((1, 2), 3)], Reason.DUPLICATE_RANK),
    ],
)
def test_no_equal_rank_or_score_is_encoded_that_would_not_count(
    varied: Manifest, choices: list[Choice], reason: Reason
) -> None:
    with pytest.raises(Spoilt) as caught:
        plaintext.encode(varied, choices)
    assert caught.value.reason is reason


def test_exactly_the_dense_rankings_are_read_where_equal_ranks_are_allowed(varied: Manifest) -> None:
    for marks in product(range(6), repeat=4):
        used = sorted(set(marks) - {0})
        valid = used == list(range(1, len(used) + 1)) and sum(mark > 0 for mark in marks) <= 3
        try:
            choice = plaintext.decode(varied, bytes(marks) + bytes(8))[0]
        except Spoilt:
            assert not valid
        else:
            assert valid
            places = {o: r for r, tied in enumerate(choice, 1) for o in (tied if isinstance(tied, tuple) else (tied,))}
            assert tuple(places.get(option, 0) for option in (1, 2, 3, 4)) == marks


@pytest.mark.parametrize("bad", BAD["plaintexts"], ids=lambda bad: bad["why"])
def test_a_spoilt_plaintext_has_its_reason(bad: dict[str, str]) -> None:
    with pytest.raises(Spoilt) as caught:
        plaintext.decode(MANIFEST, bytes.fromhex(bad["hex"]))
    assert (caught.value.reason, caught.value.contest) == (bad["reason"], bad["contest"])


def test_too_few_marks_spoil_a_ballot_and_none_at_all_do_not(make_election: Any) -> None:
    contest = RANKED.model_copy(update={"min": 2})
    manifest = make_election(contests=(contest,)).manifest
    assert plaintext.decode(manifest, bytes(4)) == [()]
    with pytest.raises(Spoilt) as caught:
        plaintext.decode(manifest, b"\x01\x00\x00\x00")
    assert caught.value.reason is Reason.TOO_FEW


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ([[1]], Reason.WRONG_LENGTH),
        ([[1], [1], [1]], Reason.WRONG_LENGTH),
        ([[5], []], Reason.OUT_OF_RANGE),
        ([[0], []], Reason.OUT_OF_RANGE),
        ([[], [-1]], Reason.OUT_OF_RANGE),
        ([[], [4]], Reason.OUT_OF_RANGE),
        ([[2, 2], []], Reason.DUPLICATE_RANK),
        ([[], [1, 1]], Reason.DUPLICATE_RANK),
        ([[], [1, 2, 3]], Reason.TOO_MANY),
    ],
)
def test_choices_that_would_not_count_are_not_encoded(choices: list[list[int]], reason: Reason) -> None:
    with pytest.raises(Spoilt) as caught:
        plaintext.encode(MANIFEST, choices)
    assert caught.value.reason is reason
