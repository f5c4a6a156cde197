"""An election while the calls that functions make to the services fail, before they are carried out or after."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from ballotcast.client.api import TIMEOUT, Api
from campaigns.crowd import Crowd
from campaigns.election import Election
from campaigns.service import Service

pytestmark = [pytest.mark.stack, pytest.mark.only_on("local")]
SEED = 20_263
LARGE = [pytest.param(300, rate, marks=pytest.mark.long) for rate in (0.05, 0.1, 0.2)]


@contextmanager
def faults(service: Service, rate: float) -> Iterator[dict[str, int]]:
    """Calls fail while the body runs; afterwards the dictionary has their counts."""
    client, counts = service.stack.client("faults"), dict[str, int]()
    client.set(rate=rate, seed=SEED)
    yield counts
    counts.update(client.counts())
    client.set(rate=0.0, seed=SEED)


@pytest.mark.parametrize(("voters", "rate"), [(30, 0.05), *LARGE])
def test_an_election_survives_failing_calls(
    voters: int, rate: float, tmp_path: Path, tell: Callable[[object], None]
) -> None:
    chance = random.Random(SEED)
    with Service(tmp_path, chance) as service, httpx.Client(base_url=service.address, timeout=TIMEOUT) as client:
        election = Election(Api(client), service.mails, chance, voters)
        with faults(service, rate) as counts:
            election.draft()
            election.import_roll()
            election.invite()
            people = election.invited()
            crowd = Crowd(lambda: httpx.Client(base_url=service.address, timeout=TIMEOUT), people, chance)
            crowd.vote()
            election.close()
            election.wait_until_counted()
        outcome = election.outcome(crowd)
    tell(f"{outcome}, {counts}")
    assert counts["before"] > 0 < counts["after"]
    outcome.assert_kept()
