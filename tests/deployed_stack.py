"""A local stack, really deployed, for a whole session of tests: a fixture for any conftest.

`pytest --stack localstack` runs the tests of it on LocalStack. Where that is known to differ, a test is marked with the
name of the row in docs/localstack.md: `@pytest.mark.localstack("compression")`.
"""

import socket
from collections.abc import Iterator

import pytest

from ballotcast_cli.stack.emulators import EMULATORS, Emulator
from ballotcast_cli.stack.stack import Stack

OPTION = "--stack"
LOCALSTACK = EMULATORS["localstack"]


@pytest.fixture(scope="session")
def emulator(pytestconfig: pytest.Config) -> Emulator:
    """The one that `--stack` names."""
    return EMULATORS[pytestconfig.getoption(OPTION)]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Iterator[Stack]:
    """`template.yaml` deployed, on a port of its own: one for each worker, and all tests of a file share a worker."""
    with Stack(tmp_path_factory.mktemp("stack"), port_free_now(), emulator=emulator) as deployed:
        yield deployed


def expect_differences(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On LocalStack, skip the marked tests, and select none that are about the other emulator or about none."""
    if config.getoption(OPTION) != LOCALSTACK.name:
        return
    others = [item for item in items if item.get_closest_marker("ministack") or not item.get_closest_marker("stack")]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]
    for item in items:
        for marker in item.iter_markers("localstack"):
            item.add_marker(pytest.mark.skip(reason=f"docs/localstack.md: {marker.args[0]}"))


def port_free_now() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
