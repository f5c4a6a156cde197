"""A result is published once."""

from dataclasses import replace

from ballotcast.store.results import Published, Results
from ballotcast.store.table import Table
from ballotcast.store.transaction import transact

COUNTED_AT = "2026-11-20T09:00:00Z"
PUBLISHED = Published("0123456789abcdef", "r" * 64, "e" * 64, 1234, roll=9, issued=8, cast=7, counted_at=COUNTED_AT)


def test_what_was_published_first_stays(board: Table) -> None:
    results = Results(board)
    assert results.find(PUBLISHED.election) is None
    assert results.publish(PUBLISHED) == PUBLISHED
    assert results.publish(replace(PUBLISHED, export_sha256="f" * 64)) == PUBLISHED
    assert results.find(PUBLISHED.election) == PUBLISHED
    assert results.find("other") is None


def test_a_result_of_before_its_time_was_kept_is_read(board: Table) -> None:
    old = {name: value for name, value in vars(PUBLISHED).items() if name not in ("counted_at", "held")}
    board.put({"pk": f"RESULT#{PUBLISHED.election}", "sk": "RESULT", **old})
    results = Results(board)
    assert results.find(PUBLISHED.election) == replace(PUBLISHED, counted_at=None)
    assert results.counted([PUBLISHED.election]) == {PUBLISHED.election: None}


def test_which_of_many_are_counted(board: Table) -> None:
    results = Results(board)
    held, released = (replace(PUBLISHED, election=name * 16, held=True) for name in "ab")
    for one in (PUBLISHED, held, released):
        results.publish(one)
    transact(board.client, [results.releasing(released, COUNTED_AT)])
    assert results.counted(["other", PUBLISHED.election, held.election, released.election]) == {
        PUBLISHED.election: None,
        held.election: COUNTED_AT,
        released.election: None,
    }
    assert results.counted([]) == {}
