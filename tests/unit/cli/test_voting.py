"""The voter's command, which goes on where it was interrupted."""

from pathlib import Path

import httpx2 as httpx
import pytest
from click.testing import CliRunner, Result

from ballotcast_cli import voting
from ballotcast_cli.main import main
from between import Passing, Send, api_through
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from log_fixture import start_log
from register.app import create_app as register_app
from tally.app import create_app as tally_app
from vote.app import create_app as vote_app
from world import World


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    frozen = frozen_election(deployment)
    start_log(frozen)
    return frozen


def vote(
    election: FrozenElection, link: str, passing: Passing, monkeypatch: pytest.MonkeyPatch, ranking: str = "2,1"
) -> Result:
    """`ballotcast vote`, with somebody on the way to the server."""
    server = gateway(*(create(election.wiring) for create in (register_app, vote_app, tally_app)))
    monkeypatch.setattr(voting, "connect", lambda address: api_through(server, passing))
    return CliRunner().invoke(main, ["vote", "--link", link, "--ranking", ranking])


def lose_credentials(request: httpx.Request, send: Send) -> httpx.Response:
    answer = send()
    if request.url.path.endswith("/credentials"):
        raise httpx.ReadError("connection reset")
    return answer


def test_a_newer_link_goes_on_where_the_older_one_was_interrupted(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A credential was issued for what lies in the file: whoever started over would get none."""
    monkeypatch.chdir(tmp_path)
    assert vote(election, election.link(VOTERS[0]), lose_credentials, monkeypatch).exit_code == 1
    done = vote(election, election.resend(VOTERS[0]), lambda _, send: send(), monkeypatch)
    assert done.exit_code == 0, done.output
    assert len(election.ballots()) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_two_voters_have_two_files_whose_names_tell_nothing(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for email in VOTERS[:2]:
        assert vote(election, election.link(email), lambda _, send: send(), monkeypatch).exit_code == 0
    files = [file.stem.removeprefix("ballot-") for file in tmp_path.iterdir()]
    assert len(files) == len(election.ballots()) == 2
    for link in election.links.values():
        known = (link.salt.hex(), link.token.hex(), link.token_hash.hex(), link.manifest_hash.hex(), link.encode())
        assert not [name for name in files if any(name in text for text in known)]


def test_voting_again_is_told_and_changes_nothing(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    link = election.link(VOTERS[0])
    first = vote(election, link, lambda _, send: send(), monkeypatch)
    [ballot] = election.ballots()
    again = vote(election, link, lambda _, send: send(), monkeypatch, ranking="1,2")
    assert "voted already" not in first.output
    assert "voted already" in again.output
    assert election.ballots() == [ballot]


@pytest.mark.parametrize(("ranking", "said"), [("3,1,9", "no such option"), ("2,2", "named twice")])
def test_a_ranking_that_would_not_count_is_refused_in_words(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ranking: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = vote(election, election.link(VOTERS[0]), lambda _, send: send(), monkeypatch, ranking=ranking)
    assert refused.exit_code == 1
    assert said in refused.output
    assert list(tmp_path.iterdir()) == []
    assert election.ballots() == []
