"""The organiser's commands for a ceremony of trustees, from the first mails to a reminder."""

import pytest
from click.testing import CliRunner

from ballotcast.client.api import Api
from ballotcast.client.organiser import Organiser as Connected
from ballotcast.http.sessions import open_session
from ballotcast_cli import ceremony as commands
from ballotcast_cli.main import main
from gateway import gateway
from organise.app import create_app
from organising import Organiser
from trustees_played import Ceremony
from world import World

PEOPLE = [f"{name} <{name.lower()}@trustees.example.org>" for name in ("Ada", "Bo", "Cleo")]


def test_an_organiser_conducts_a_ceremony(deployment: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Organiser(deployment)
    played = Ceremony.of(deployment, owner, owner.create("ada@example.org"))
    session = open_session(owner.wiring.session_secret, owner.id, deployment.clock)
    connected = Connected(Api(gateway(create_app(deployment.wiring()))), token=session)
    monkeypatch.setattr(commands, "organiser", lambda: connected)

    def run(act: str, *more: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["ceremony", act, played.election, *more])
        assert result.exit_code == code, result.output
        return result.output

    assert "is not like" in run("begin", "Ada", "--threshold", "2", code=2)
    for _ in range(2):
        assert "Attempt 1, joining" in run("begin", *PEOPLE, "--threshold", "2")
    assert len(played.deliver()) == 3
    played.trustees[0].join()
    shown = run("show")
    assert " 1 joined    Ada <ada@trustees.example.org>\n" in shown
    assert " 2 -         Bo <bo@trustees.example.org>  waited for\n" in shown
    run("remind", "--trustee", "3")
    assert [mail.to for mail in played.deliver()] == ["cleo@trustees.example.org"]
    run("remind")  # not again to one who was reminded in this minute
    assert [mail.to for mail in played.deliver()] == ["bo@trustees.example.org"]
    played.join_all()
    played.deal_all()
    assert "Next: ballotcast ceremony fix" in run("show")
    run("fix")
    played.deliver()
    played.confirm_all()
    assert "voters can be invited" in run("show")
    assert "Attempt 2, joining" in run("begin", *PEOPLE, "--threshold", "3", "--attempt", "2")
