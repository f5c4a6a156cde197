"""A local stack, really deployed, for a whole session of tests: a fixture for any conftest.

`pytest --stack localstack` runs the tests of it on LocalStack. Where that is known to differ, a test is marked with the
name of the row in docs/localstack.md: `@pytest.mark.localstack("compression")`.
"""

import socket
from collections.abc import Iterator

import pytest

from ballotcast_tools.stack.emulators import Emulator
from ballotcast_tools.stack.stack import EMULATORS, Stack

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


def select_for_emulator(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of another emulator; on LocalStack also those without a stack, and skip where it differs."""
    name = config.getoption(OPTION)
    left_out = [item for item in items if not _concerns(item, name)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in items:
        for marker in item.iter_markers("localstack"):
            if name == LOCALSTACK.name:
                item.add_marker(pytest.mark.skip(reason=f"docs/localstack.md: {marker.args[0]}"))


def _concerns(item: pytest.Item, emulator: str) -> bool:
    only = item.get_closest_marker("only_on")
    if only:
        return bool(only.args[0] == emulator)
    return emulator != LOCALSTACK.name or item.get_closest_marker("stack") is not None


def port_free_now() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
