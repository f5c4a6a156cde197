"""The voter's command, which continues where it was interrupted."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from click.testing import CliRunner, Result

from ballotcast.ballots import ballot as cast_ballot
from ballotcast.ballots.plaintext import decode
from ballotcast.client.state import Sealed, Signed, from_json
from ballotcast.counting import Ballot
from ballotcast.crypto import p256
from ballotcast.crypto.encoding import b64u_decode
from ballotcast.store.vault import Purpose
from ballotcast_cli import voting
from ballotcast_cli.main import main
from between import Passing, Send, api_through
from counted_election import close_machine
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
    election: FrozenElection,
    link: str,
    passing: Passing,
    monkeypatch: pytest.MonkeyPatch,
    ranking: str = "2,1",
    options: Sequence[str] = (),
) -> Result:
    """`ballotcast vote`, with somebody on the way to the server."""
    server = gateway(*(create(election.wiring) for create in (register_app, vote_app, tally_app)))
    monkeypatch.setattr(voting, "connect", lambda address: api_through(server, passing))
    return CliRunner().invoke(main, ["vote", "--link", link, "--ranking", ranking, *options])


def open_ballots(election: FrozenElection) -> list[list[Ballot]]:
    key, manifest = p256.from_pkcs8(election.private_key(Purpose.ELECTION)), election.manifest
    return [decode(manifest, cast_ballot.Ballot.parse(data, manifest).open(key)) for data in election.ballots()]


def lose_credentials(request: httpx.Request, send: Send) -> httpx.Response:
    answer = send()
    if request.url.path.endswith("/credentials"):
        raise httpx.ReadError("connection reset")
    return answer


def test_a_newer_link_goes_on_where_the_older_one_was_interrupted(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A credential was issued for what lies in the file: anyone who started over would get none."""
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


@pytest.mark.parametrize("path", ["/links", "/manifest", "/statements", "/credentials", "/ballots"])
@pytest.mark.parametrize("delivered", [True, False])
def test_broken_off_at_any_request_the_same_command_continues(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, *, delivered: bool
) -> None:
    """Before the choices are sealed they may still be changed; after that they are what they were."""
    monkeypatch.chdir(tmp_path)

    def broken(request: httpx.Request, send: Send) -> httpx.Response:
        if not request.url.path.endswith(path):
            return send()
        if delivered:
            send()
        raise httpx.ReadError("connection reset")

    link, sealed = election.link(VOTERS[0]), path in ("/credentials", "/ballots")
    assert vote(election, link, broken, monkeypatch, ranking="2,1").exit_code == 1
    kept = list(tmp_path.iterdir())
    assert len(kept) == int(sealed)
    assert [type(from_json(file.read_text())) for file in kept] == [Signed if path == "/ballots" else Sealed] * len(
        kept
    )
    done = vote(election, link, lambda _, send: send(), monkeypatch, ranking="1,2")
    assert done.exit_code == 0, done.output
    assert ("sealed before" in done.output) == sealed
    assert open_ballots(election) == [[(2, 1) if sealed else (1, 2)]]


@pytest.mark.parametrize("in_time", [True, False])
def test_a_ballot_that_came_about_the_end_is_asked_for_until_it_is_counted(
    deployment: World, election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, in_time: bool
) -> None:
    """The answer to the cast is lost, and voting ends. The command waits for the count, and says so once."""
    monkeypatch.chdir(tmp_path)
    seen: list[int] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        if not request.url.path.endswith("/ballots"):
            return send()
        if not seen:
            if in_time:
                send()
            deployment.clock.now = election.manifest.closes_at + timedelta(seconds=10)
            if not in_time:
                count_and_put(election, request)
            seen.append(0)
            raise httpx.ReadError("connection reset")
        if len(seen) == 3 and in_time:
            close_machine(election.wiring).run({"election": election.id})
        answer = send()
        seen.append(answer.status_code)
        return answer

    done = vote(election, election.link(VOTERS[0]), passing, monkeypatch)
    if in_time:
        assert (done.exit_code, seen) == (0, [0, 503, 503, 200]), done.output
        assert done.output.count("the votes are being counted") == 1
    else:
        assert (done.exit_code, seen) == (1, [0, 410])
        assert "came too late, and is not counted (410 closed)" in done.output


def count_and_put(election: FrozenElection, cast: httpx.Request) -> None:
    """What a process does that was suspended before its put until the log was sealed."""
    close_machine(election.wiring).run({"election": election.id})
    election.wiring.ballots.cast(election.id, b64u_decode(json.loads(cast.content)["ballot"]))


def test_looking_at_the_ballot_paper_binds_nothing(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, laptop = tmp_path / "phone", tmp_path / "laptop"
    link = election.link(VOTERS[0])
    for device, options in ((phone, ["--show"]), (laptop, [])):
        device.mkdir()
        monkeypatch.chdir(device)
        assert vote(election, link, lambda _, send: send(), monkeypatch, options=options).exit_code == 0
    assert list(phone.iterdir()) == []
    assert len(election.ballots()) == 1


def test_a_right_to_vote_obtained_early_is_used_later(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    link = election.link(VOTERS[0])
    prepared = vote(election, link, lambda _, send: send(), monkeypatch, options=["--prepare"])
    assert prepared.exit_code == 0, prepared.output
    assert election.ballots() == []
    again = vote(election, link, lambda _, send: send(), monkeypatch, options=["--prepare"])
    assert "without --prepare" in again.output
    assert vote(election, link, lambda _, send: send(), monkeypatch).exit_code == 0
    assert open_ballots(election) == [[(2, 1)]]


def test_a_link_that_was_used_elsewhere_is_explained(
    election: FrozenElection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, results = election.link(VOTERS[0]), []
    for device in (tmp_path / "phone", tmp_path / "laptop"):
        device.mkdir()
        monkeypatch.chdir(device)
        results.append(vote(election, link, lambda _, send: send(), monkeypatch))
    assert [result.exit_code for result in results] == [0, 1]
    assert "used before, on another device" in results[1].output
    assert "If you saw the receipt, your ballot is in the box." in results[1].output
    assert list(device.iterdir()) == [], "nothing is left that could never be finished"
