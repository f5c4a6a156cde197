"""The one-machine stack, really deployed, for a whole session of tests: a fixture for any conftest."""

import socket
from collections.abc import Iterator

import pytest

from ballotcast_cli.stack.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`template.yaml` deployed, on a port of its own: one for each worker, and all tests of a file share a worker."""
    with Stack(tmp_path_factory.mktemp("stack"), port_free_now()) as deployed:
        yield deployed


def port_free_now() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
