"""The commands for anyone who forgot the password, or wants no mails."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ballotcast.client.api import Api
from ballotcast.client.organiser import Organiser
from ballotcast_cli import accounts as commands
from ballotcast_cli.main import main
from gateway import gateway
from notify.worker import Worker
from organise import accounts
from organise.app import create_app
from outbox import Outbox
from world import World

EMAIL, OLD, NEW = "ada@example.org", "correct horse battery", "another horse battery"


@pytest.fixture
def api(deployment: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Api:
    monkeypatch.setattr(accounts, "COST", 4)
    api = Api(gateway(create_app(deployment.wiring())))
    monkeypatch.setattr(commands, "public_api", lambda: api)
    monkeypatch.setenv("BALLOTCAST_API", "https://api.example")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    Organiser(api).sign_up(EMAIL, OLD)
    deployment.take_messages("MAIL_QUEUE")
    return api


def reset(*options: str, typed: str) -> Result:
    return CliRunner().invoke(main, ["reset-password", EMAIL, *options], input=typed)


def test_a_code_is_asked_for_and_entered_with_a_new_password(api: Api, deployment: World) -> None:
    outbox = Outbox()
    wrong = reset(typed=f"0000\n{NEW}\n{NEW}\n")
    assert wrong.exit_code == 1
    assert "bad-token" in wrong.output
    [message] = deployment.take_messages("MAIL_QUEUE")
    Worker(deployment.wiring()).deliver(message)
    done = reset("--code", outbox.mails()[0].field("Code"), typed=f"{NEW}\n{NEW}\n")
    assert (done.exit_code, deployment.take_messages("MAIL_QUEUE")) == (0, [])
    assert NEW not in done.output
    assert Organiser(api).log_in(EMAIL, NEW)


def test_mails_about_elections_are_switched_off(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    organiser = Organiser(api)
    organiser.log_in(EMAIL, OLD)
    monkeypatch.setattr(commands, "organiser", lambda: organiser)
    for options, said in (((), "on"), (("--mails", "off"), "off"), ((), "off")):
        shown = CliRunner().invoke(main, ["account", *options]).output
        assert shown == f"{EMAIL}  (not verified)\nMails about your elections: {said}\n"
