"""What operators do past the API."""

from click.testing import CliRunner

from ballotcast.store.organisers import Organiser
from ballotcast_cli.main import main
from world import World


def run(deployment: World, organiser: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["operator", "approve", organiser, "--table", deployment.environment["ROLL_TABLE"]])
    return done.exit_code, done.output


def test_an_organiser_is_approved(moto_deployment: World) -> None:
    organisers = moto_deployment.wiring().organisers
    organisers.add(Organiser("o1", "board@example.org", "hash", moto_deployment.clock()))
    assert run(moto_deployment, "o1") == (0, "Approved.\n")
    found = organisers.find("o1")
    assert found
    assert found.approved


def test_an_unknown_organiser_is_told(moto_deployment: World) -> None:
    code, said = run(moto_deployment, "o2")
    assert code == 1
    assert "no such organiser" in said
    assert moto_deployment.wiring().organisers.find("o2") is None
