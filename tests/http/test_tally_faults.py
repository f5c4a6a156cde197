"""The log under lost answers, redelivery and races: no ballot lost, none doubled, and the root is the leaves' root."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.ballots.manifest import Manifest
from deliveries import FIRST_ROLL, MINIMUM, Deliveries
from election_fixture import frozen_election
from faulty_writes import FaultyWrites, Side
from tally.sequencing import Contended, sequence
from world import world

MESSAGES = [([], [3]), ([0, 1], []), ([2, 3, 4], [4]), ([4, 5, 6], []), ([], [6]), ([7, 8, 9, 10], [])]
MOST_WRITES = 60


@pytest.fixture(scope="module")
def manifest() -> Iterator[Manifest]:
    with world() as deployment:
        changes = {"log_batch_min": MINIMUM, "roll_size": FIRST_ROLL}
        yield frozen_election(deployment, voters=()).manifest.model_copy(update=changes)


@pytest.mark.parametrize("side", ["before", "after"])
def test_every_write_in_turn_is_lost(manifest: Manifest, side: Side) -> None:
    for number in range(MOST_WRITES):
        election = Deliveries(manifest)
        client = FaultyWrites(election.database)
        client.plan[number] = side
        election.play(client, MESSAGES)
        election.seal(MESSAGES, client)
        if client.plan:  # the run has fewer writes than this: each of them was lost once
            assert number > len(MESSAGES)
            return
    pytest.fail("the run has more writes than were tried")


def test_before_every_write_in_turn_another_process_does_all_of_it(manifest: Manifest) -> None:
    for number in range(MOST_WRITES):
        election = Deliveries(manifest)
        client = FaultyWrites(election.database)
        client.plan[number] = lambda given=election: given.play(FaultyWrites(given.database), MESSAGES)
        election.play(client, MESSAGES)
        election.seal(MESSAGES, client)
        if client.plan:
            assert number > len(MESSAGES)
            return
    pytest.fail("the run has more writes than were tried")


message = st.tuples(st.lists(st.integers(0, 40), max_size=12), st.lists(st.integers(2, 8), max_size=2))


@given(
    messages=st.lists(message, max_size=8),
    faults=st.dictionaries(st.integers(0, 40), st.sampled_from(["before", "after"]), max_size=6),
    again=st.lists(st.integers(0, 7), max_size=4),
)
def test_any_grouping_any_redelivery_any_losses(
    manifest: Manifest, messages: list[tuple[list[int], list[int]]], faults: dict[int, Side], again: list[int]
) -> None:
    election = Deliveries(manifest)
    client = FaultyWrites(election.database)
    client.plan.update(faults)
    election.play(client, [*messages, *(messages[number] for number in again if number < len(messages))])
    election.seal(messages, client)


@pytest.fixture
def _switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_switching_often")
def test_processes_that_race(manifest: Manifest) -> None:
    """Eight at once, each with ballots that others have too; one that is always outrun is delivered again."""
    election = Deliveries(manifest)

    def deliver(start: int) -> None:
        log = election.process()
        for first in range(start, start + 60, 3):
            while True:
                try:
                    sequence(log, election.ballots(range(first, first + 5)), election.amend(4))
                except Contended:
                    continue
                break

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, range(0, 240, 30)))
    election.seal([(range(272), [4])])
