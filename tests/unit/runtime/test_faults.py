"""The switch by which tests let services fail."""

import socket
from threading import Lock, Thread
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from ballotcast.store.faults import passes
from ballotcast_tools.runtime.faults import Faults
from ballotcast_tools.runtime.functions.messages import receive
from ballotcast_tools.runtime.functions.remote import RemoteClient, answer


class Counting:
    """A service that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def put_item(self, **_arguments: Any) -> dict[str, Any]:
        self.calls += 1
        return {}

    def generate_presigned_url(self, *_positional: Any, **_arguments: Any) -> str:
        return "http://here/"


def called(client: Any, times: int) -> list[Exception]:
    """What the calls raised."""
    raised = []
    for _ in range(times):
        try:
            client.put_item(TableName="Board")
        except Exception as error:  # noqa: BLE001 - all that a test asks for
            raised.append(error)
    return raised


def test_they_are_off_until_they_are_asked_for() -> None:
    service = Counting()
    assert called(Faults().around({"dynamodb": service})["dynamodb"], 100) == []
    assert service.calls == 100


def test_calls_fail_at_the_rate_before_and_after_they_are_carried_out() -> None:
    faults, service = Faults(), Counting()
    client = faults.around({"dynamodb": service})["dynamodb"]
    faults.set(rate=0.2, seed=1)
    raised = called(client, 1000)
    counts = faults.counts()
    assert len(raised) == counts["before"] + counts["after"]
    assert 150 < len(raised) < 250
    assert service.calls == counts["through"] + counts["after"] == 1000 - counts["before"]
    assert min(counts["before"], counts["after"]) > 70
    assert all(passes(error) for error in raised)
    assert {type(error).__name__ for error in raised} >= {"ReadTimeoutError", "InternalServerError"}
    faults.set(rate=0, seed=1)
    assert called(client, 100) == []


def test_the_same_seed_fails_the_same_calls() -> None:
    def failures() -> list[bool]:
        faults = Faults()
        faults.set(rate=0.5, seed=7)
        client = faults.around({"dynamodb": Counting()})["dynamodb"]
        return [bool(called(client, 1)) for _ in range(50)]

    assert failures() == failures()


def test_what_needs_no_request_does_not_fail() -> None:
    faults = Faults()
    faults.set(rate=0.999, seed=1)
    client = faults.around({"s3": Counting()})["s3"]
    assert {client.generate_presigned_url("get_object") for _ in range(20)} == {"http://here/"}


def test_a_rate_is_a_share() -> None:
    with pytest.raises(ValueError, match="less than 1"):
        Faults().set(rate=1.0, seed=1)


def test_a_timeout_reaches_a_worker_as_one() -> None:
    class Late:
        def put_item(self, **_arguments: Any) -> None:
            raise ReadTimeoutError(endpoint_url="https://dynamodb/")

    ours, theirs = socket.socketpair()
    with ours, theirs:
        serving = Thread(target=lambda: answer(ours, receive(ours)["ask"], {"dynamodb": Late()}))
        serving.start()
        with pytest.raises(ReadTimeoutError):
            RemoteClient("dynamodb", theirs, Lock()).put_item(TableName="Board")
        serving.join()
