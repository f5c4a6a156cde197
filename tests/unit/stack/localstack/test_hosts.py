"""Which names are this machine's."""

import pytest

from ballotcast_tools.stack.localstack.hosts import is_this_machine


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:4566",
        "localhost",
        "localhost:4566",
        "[::1]:4566",
        "localhost.localstack.cloud:4566",
        "ab12.execute-api.localhost.localstack.cloud:4566",
    ],
)
def test_names_of_this_machine(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1:4566@evil", "localhost\n"],
)
def test_other_names(host: str) -> None:
    assert not is_this_machine(host)
