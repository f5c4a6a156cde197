"""An election over lines that spoil every fifth response, while the workers for background functions are killed."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ballotcast.client.api import Api, connect
from campaigns.crowd import Crowd
from campaigns.election import Election
from campaigns.line import FAULTS, LossyLine
from campaigns.service import Service

pytestmark = [pytest.mark.stack, pytest.mark.only_on("local")]
SHARE = 0.2
EVERY = 4.0


@pytest.mark.parametrize("voters", [30, pytest.param(300, marks=pytest.mark.long)])
def test_an_election_survives_a_lossy_line_and_dying_workers(
    voters: int, tmp_path: Path, tell: Callable[[object], None]
) -> None:
    chance = random.Random(20_262)
    with (
        Service(tmp_path, chance) as service,
        LossyLine(tmp_path / "line", ("127.0.0.1", service.stack.port), SHARE, chance) as line,
        line.client() as client,
    ):
        election = Election(Api(client), service.mails, chance, voters)
        with service.without_workers(EVERY):
            election.draft()
            election.import_roll()
            election.invite()
            crowd = Crowd(line.client, election.invited(), chance)
            crowd.vote()
            election.close()
            election.wait_until_counted()
        election.api = connect(service.address)
        outcome = election.outcome(crowd)
        outcome.kills = service.worker_kills
        election.api.http.close()
    tell(f"{outcome}, {line.responses} responses, {dict(line.faults)}")
    assert set(line.faults) == set(FAULTS)
    outcome.assert_kept()
