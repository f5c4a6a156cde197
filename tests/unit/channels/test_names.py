"""Names, ports and relays' ids."""

import pytest

from ballotcast.channels.names import QUEUES, RelayId, name_errors, port_errors, port_range, queue_of
from ballotcast.errors import Invalid


@pytest.mark.parametrize("name", ["a", "0", "a_b-c", "9" * 64, "A", "Engine.Left_1", "a.."])
def test_names_that_are(name: str) -> None:
    assert name_errors(name) == []


@pytest.mark.parametrize(
    "name", ["", "-a", "_a", ".", "..", ".a", "a b", "a#1", "a/b", "ä", "a" * 65, "a\n", "election-x", "ELECTION-x"]
)
def test_names_of_elections_are_theirs(name: str) -> None:
    assert [error.pointer for error in name_errors(name)] == ["/name"]


@pytest.mark.parametrize(("port", "fine"), [(None, True), (1023, False), (1024, True), (65535, True), (65536, False)])
def test_ports(port: int | None, fine: bool) -> None:
    assert (port_errors(port) == []) is fine


def test_a_range_has_both_its_ends() -> None:
    assert list(port_range(26000, 26002)) == [26000, 26001, 26002]
    assert len(port_range(1024, 11023)) == 10_000


@pytest.mark.parametrize(
    ("start", "end", "pointers"),
    [
        (26000, 26000, ["/query/end"]),
        (26001, 26000, ["/query/end"]),
        (1, 26000, ["/query/start"]),
        (0, 70000, ["/query/start", "/query/end"]),
        (1024, 11024, ["/query/end"]),
    ],
)
def test_ranges_that_are_none(start: int, end: int, pointers: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        port_range(start, end)
    assert [error.pointer for error in refused.value.errors] == pointers


def test_relay_ids() -> None:
    assert RelayId.parse(str(RelayId("a-b", 17))) == RelayId("a-b", 17)
    for text in ("a", "a#", "a#x", ".A#1", "#1"):
        with pytest.raises(ValueError):
            RelayId.parse(text)


def test_all_queues_are_used_and_a_channels_stays_the_same() -> None:
    names = [f"channel-{n}" for n in range(200)]
    assert {queue_of(name) for name in names} == set(range(QUEUES))
    assert [queue_of(name) for name in names] == [queue_of(name) for name in names]
