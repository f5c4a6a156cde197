"""`ballotcast trustee visit`: one trustee's part in a terminal, by the links of mails; the others use the page."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ballotcast.client.api import Api
from ballotcast_cli import trustee_visit
from ballotcast_cli.main import main
from organising import Organiser
from trustees_played import Ceremony
from world import World

PASSPHRASE = "four words of mine"


def test_three_visits_in_a_terminal(deployment: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ceremony = Ceremony(deployment, Organiser(deployment))
    ceremony.begin()
    ada, *others = ceremony.trustees
    addresses: list[str] = []

    def connect(address: str) -> Api:
        addresses.append(address)
        return Api(ceremony.client)  # type: ignore[arg-type]

    monkeypatch.setattr(trustee_visit, "connect", connect)

    def visit(*typed: str, own: str = "own", code: int = 0) -> str:
        link = f"https://votes.example/v1/trustee#{ada.link}"
        said = "".join(f"{one}\n" for one in typed)
        result = CliRunner().invoke(main, ["trustee", "visit", link, str(tmp_path / own)], input=said)
        assert result.exit_code == code, result.output
        return result.output

    assert "Waiting for: Bo, Cleo" in visit(PASSPHRASE, PASSPHRASE)
    kept = (tmp_path / "own").read_bytes()
    visit(PASSPHRASE)  # again, as after an answer that was lost
    for one in others:
        one.join()
    ceremony.deliver()
    assert "were made before" in visit(own="another", code=1)
    assert "does not open" in visit("not this one", code=1)
    assert "Waiting for: Bo, Cleo" in visit(PASSPHRASE)
    assert (tmp_path / "own").read_bytes() != kept
    for one in others:
        one.deal()
    assert "has not said yet" in visit(PASSPHRASE)
    ceremony.order("fix")
    ceremony.deliver()
    visit(PASSPHRASE, "n", code=1)
    assert ceremony.state()["waits_for"] == [1, 2, 3]
    shown = visit(PASSPHRASE, "y")
    assert ceremony.state()["fingerprint"] in shown.replace(" ", "")
    for one in others:
        one.confirm()
    assert "nothing to do until voting has ended" in visit(PASSPHRASE)
    assert {*addresses} == {"https://votes.example/v1"}
