"""What operators do past the API."""

from click.testing import CliRunner

from ballotcast.store.organisers import Organiser
from ballotcast_cli.main import main
from world import World


def run(deployment: World, organiser: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["operator", "approve", organiser, "--table", deployment.environment["ROLL_TABLE"]])
    return done.exit_code, done.output


def test_an_organiser_is_approved(deployment: World) -> None:
    organisers = deployment.wiring().organisers
    organisers.add(Organiser("o1", "board@example.org", "hash", deployment.clock()))
    assert run(deployment, "o1") == (0, "Approved.\n")
    found = organisers.find("o1")
    assert found
    assert found.approved


def test_an_unknown_organiser_is_told(deployment: World) -> None:
    code, said = run(deployment, "o2")
    assert code == 1
    assert "no such organiser" in said
    assert deployment.wiring().organisers.find("o2") is None
