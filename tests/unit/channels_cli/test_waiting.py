"""Batches: nothing lost, nothing doubled, order kept, never over a limit, never over the memory."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from ballotcast_cli.channels.waiting import OVERHEAD, Limits, Waiting

LIMITS = st.builds(
    Limits,
    records=st.integers(1, 5),
    size=st.integers(1, 40),
    age=st.floats(0.1, 2),
    held=st.integers(OVERHEAD + 20, 10 * (OVERHEAD + 20)),
)
STEPS = st.lists(st.one_of(st.none(), st.binary(max_size=20)))


@given(LIMITS, STEPS)
def test_what_was_kept_comes_out_once_and_in_order(limits: Limits, steps: list[bytes | None]) -> None:
    waiting, kept, taken = Waiting(limits), [], []
    for now, record in enumerate([*steps, *[None] * len(steps)]):
        if record is None:
            batch = waiting.take()
            assert len(batch) <= limits.records
            assert len(batch) <= 1 or sum(map(len, batch)) <= limits.size
            taken += batch
        elif waiting.add(record, now):
            kept.append(record)
        assert waiting.held <= limits.held
    assert taken == kept
    assert waiting.held == len(waiting) == 0


@given(LIMITS, st.lists(st.binary(max_size=20), min_size=1))
def test_a_record_is_refused_only_when_memory_is_used_up(limits: Limits, records: list[bytes]) -> None:
    waiting = Waiting(limits)
    for record in records:
        before = waiting.held
        assert waiting.add(record, 0) == (before + len(record) + OVERHEAD <= limits.held)


def test_a_batch_is_due_when_full_or_old() -> None:
    waiting = Waiting(Limits(records=3, size=10, age=0.5))
    assert waiting.due_at == inf
    waiting.add(b"a", 7)
    waiting.add(b"b", 8)
    assert waiting.due_at == 7.5
    waiting.add(b"c", 9)
    assert waiting.due_at == -inf
    assert waiting.take() == [b"a", b"b", b"c"]
    waiting.add(b"0123456789", 10)
    assert waiting.due_at == -inf


def test_age_counts_from_the_oldest_that_is_left() -> None:
    waiting = Waiting(Limits(records=2, age=1))
    for now in (1, 2, 3):
        waiting.add(b"a", now)
    waiting.take()
    assert waiting.due_at == 4
