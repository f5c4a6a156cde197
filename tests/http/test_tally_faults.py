"""The log under lost answers, redelivery and races: no ballot lost, none doubled, and the root is the leaves' root."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.manifest import Manifest
from deliveries import FIRST_ROLL, LAST_ROLL, Deliveries
from election_fixture import frozen_election
from faulty_writes import FaultyWrites, LostConnection, Side
from tally.closed import CountStopped
from tally.log import sealing
from tally.log.sequencing import Contended, sequence
from world import world

MESSAGES: list[list[int]] = [[3], [], [4], [4, 3], [6], [5]]
BALLOTS = range(11)
MOST_WRITES = 40


@pytest.fixture(scope="module")
def manifest() -> Iterator[Manifest]:
    with world() as deployment, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "AT_ONCE", 1)  # so that the writes have an order
        yield frozen_election(deployment, voters=()).manifest.model_copy(update={"roll_size": FIRST_ROLL})


@pytest.mark.parametrize("side", ["before", "after"])
def test_every_write_in_turn_is_lost(manifest: Manifest, side: Side) -> None:
    for number in range(MOST_WRITES):
        election = Deliveries(manifest)
        client = FaultyWrites(election.database)
        client.plan[number] = side
        election.play(client, MESSAGES)
        election.seal(BALLOTS, MESSAGES, client)
        if client.plan:  # the run has fewer writes than this: each of them was lost once
            assert number > len(MESSAGES)
            return
    pytest.fail("the run has more writes than were tried")


def test_before_every_write_in_turn_another_process_does_all_of_it(manifest: Manifest) -> None:
    for number in range(MOST_WRITES):
        election = Deliveries(manifest)
        client = FaultyWrites(election.database)

        def all_of_it(given: Deliveries = election) -> None:
            given.play(FaultyWrites(given.database), MESSAGES)
            given.seal(BALLOTS, MESSAGES)

        client.plan[number] = all_of_it
        election.play(client, MESSAGES)
        election.seal(BALLOTS, MESSAGES, client)
        if client.plan:
            assert number > len(MESSAGES)
            return
    pytest.fail("the run has more writes than were tried")


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_seals_with_other_ballots_changes_nothing_wherever_the_first_died(manifest: Manifest, side: Side) -> None:
    """A process that was paused between reading the box and sealing: one of the two sets is the log, and is whole."""
    stopped = 0
    for number in range(MOST_WRITES):
        election = Deliveries(manifest)
        election.amend(LAST_ROLL)
        client = FaultyWrites(election.database)
        client.plan[number] = side
        try:
            election.sealed(BALLOTS, client)
        except LostConnection:
            try:
                election.sealed(range(12))
            except CountStopped:
                stopped += 1
                election.seal(BALLOTS)
            else:
                election.seal(range(12))
        else:
            break
    assert stopped > 2


@given(
    messages=st.lists(st.lists(st.integers(2, 8), max_size=3), max_size=8),
    numbers=st.sets(st.integers(0, 40)),
    faults=st.dictionaries(st.integers(0, 30), st.sampled_from(["before", "after"]), max_size=6),
    again=st.lists(st.integers(0, 7), max_size=4),
)
def test_any_grouping_any_redelivery_any_losses(
    manifest: Manifest, messages: list[list[int]], numbers: set[int], faults: dict[int, Side], again: list[int]
) -> None:
    election = Deliveries(manifest)
    client = FaultyWrites(election.database)
    client.plan.update(faults)
    election.play(client, [*messages, *(messages[number] for number in again if number < len(messages))])
    election.seal(numbers, messages, client)


@pytest.fixture
def _switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_switching_often")
def test_processes_that_race(manifest: Manifest) -> None:
    """Eight at once, all with the same rolls; one that is always outrun is delivered again. Then eight that seal."""
    election = Deliveries(manifest)
    stated = {size: election.amend(size) for size in range(4, 9)}

    def deliver(_: int) -> None:
        log = election.process()
        for size in stated:
            while True:
                try:
                    sequence(log, stated[size])
                except Contended:
                    continue
                break

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, range(8)))
        election.amend(LAST_ROLL)
        roots = {sealed.root for sealed in pool.map(election.sealed, [range(300)] * 8)}
    assert len(roots) == 1
    election.seal(range(300), [range(4, 9)])
