"""An election on a runtime that is killed again and again: no promise is broken, and all continue at one address."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from ballotcast.client.api import TIMEOUT, Api
from campaigns.crowd import Crowd
from campaigns.election import Election
from campaigns.service import Service

pytestmark = [pytest.mark.stack, pytest.mark.only_on("local")]


@dataclass(frozen=True)
class Size:
    """Kills in each part of the election."""

    voters: int
    drafting: int
    importing: int
    inviting: int
    voting: int
    counting: int


SMALL = Size(voters=30, drafting=0, importing=0, inviting=1, voting=1, counting=1)
LARGE = Size(voters=300, drafting=4, importing=6, inviting=10, voting=18, counting=12)


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)], ids=["small", "large"])
def test_an_election_survives_kills_at_any_moment(size: Size, tmp_path: Path, tell: Callable[[object], None]) -> None:
    chance = random.Random(20_261)
    with Service(tmp_path, chance) as service:
        client = httpx.Client(base_url=service.address, timeout=TIMEOUT)
        election = Election(Api(client), service.mails, chance, size.voters)
        with service.killed(size.drafting, (0.2, 1.5)):
            election.draft()
        with service.killed(size.importing, (0.1, 1.0)) as killing:
            election.import_roll(parts=3)
            while not killing.over.is_set():
                election.import_roll(parts=3)  # again and again: nobody is on it twice
        with service.killed(size.inviting, (0.2, 2.0)):
            election.invite()
            people = election.invited()
        crowd = Crowd(lambda: httpx.Client(base_url=service.address, timeout=TIMEOUT), people, chance)
        with service.killed(size.voting, (0.2, 3.0)):
            crowd.vote()
        with service.killed(size.counting, (0.2, 4.0)):
            election.close()
            election.wait_until_counted()
        outcome = election.outcome(crowd)
        client.close()
        outcome.kills, outcome.idle = service.kills, service.idle
    tell(outcome)
    outcome.assert_kept()
