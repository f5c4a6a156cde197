"""Contention is tried again, a false condition is not; moto knows no contention, so a client that does plays it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ballotcast.store.transaction import Cancelled, transact


class TransactionCanceledException(ClientError):
    def __init__(self, *codes: str) -> None:
        reasons: list[dict[str, Any]] = [{"Code": code} for code in codes]
        response: Any = {"Error": {"Code": type(self).__name__, "Message": ""}, "CancellationReasons": reasons}
        super().__init__(response, "TransactWriteItems")


class TransactionInProgressException(ClientError):
    def __init__(self) -> None:
        super().__init__({"Error": {"Code": type(self).__name__, "Message": ""}}, "TransactWriteItems")


class ContendedClient:
    """Refuses with each of `failures` in turn, then writes. `tokens`: of each request."""

    class exceptions:  # noqa: N801 - as boto3 names it
        TransactionCanceledException = TransactionCanceledException

    def __init__(self, *failures: ClientError) -> None:
        self.failures = list(failures)
        self.tokens: list[str] = []
        self.written: list[Any] = []

    def transact_write_items(self, TransactItems: list[Any], ClientRequestToken: str) -> None:  # noqa: N803
        self.tokens.append(ClientRequestToken)
        if self.failures:
            raise self.failures.pop(0)
        self.written += TransactItems


def test_contention_is_tried_again_after_a_growing_wait() -> None:
    client = ContendedClient(*[TransactionCanceledException("None", "TransactionConflict")] * 3)
    waits: list[float] = []
    transact(client, [{"Put": {}}], sleep=waits.append)
    assert client.written == [{"Put": {}}]
    assert len(waits) == 3
    assert all(0 <= wait <= 0.02 * 2**attempt for attempt, wait in enumerate(waits))


def test_a_transaction_that_is_under_way_is_asked_for_by_its_token() -> None:
    client = ContendedClient(TransactionInProgressException(), TransactionInProgressException())
    transact(client, [{"Put": {}}], sleep=lambda _: None)
    assert len(client.tokens) == 3
    assert len(set(client.tokens)) == 1
    assert len(client.tokens[0]) <= 36


def test_a_cancelled_transaction_is_another_one_when_it_is_tried_again() -> None:
    client = ContendedClient(TransactionCanceledException("TransactionConflict"))
    transact(client, [{"Put": {}}], sleep=lambda _: None)
    assert len(set(client.tokens)) == 2


def test_a_false_condition_beside_contention_is_told_at_once() -> None:
    client = ContendedClient(TransactionCanceledException("TransactionConflict", "ConditionalCheckFailed"))
    with pytest.raises(Cancelled) as cancelled:
        transact(client, [], sleep=pytest.fail)
    assert cancelled.value.refusals == {1: {}}


def test_contention_without_end_and_other_reasons_are_raised() -> None:
    endless = ContendedClient(*[TransactionCanceledException("TransactionConflict")] * 9)
    with pytest.raises(TransactionCanceledException):
        transact(endless, [], attempts=3, sleep=lambda _: None)
    assert len(endless.failures) == 6
    with pytest.raises(TransactionCanceledException):
        transact(
            ContendedClient(TransactionCanceledException("ItemCollectionSizeLimitExceeded")), [], sleep=pytest.fail
        )
