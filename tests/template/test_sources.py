"""What feeds functions: queues, streams and the topic, with what happens to messages that fail."""

from typing import Any

from consumers import CONSUMERS

Resources = dict[str, dict[str, Any]]


def sources(functions: Resources, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Function and properties of every event source of this type."""
    return [
        (name, event["Properties"])
        for name, properties in functions.items()
        for event in properties.get("Events", {}).values()
        if event["Type"] == kind
    ]


def test_every_consumer_is_tested_with_odd_messages(functions: Resources) -> None:
    fed = {name for kind in ("SQS", "SNS", "DynamoDB") for name, _ in sources(functions, kind)}
    assert set(CONSUMERS) == fed


def test_a_queues_consumer_reports_what_failed(functions: Resources) -> None:
    """Without it SQS deletes what a consumer reports, and a consumer that raises fails its whole batch."""
    for name, properties in sources(functions, "SQS"):
        assert properties.get("FunctionResponseTypes") == ["ReportBatchItemFailures"], name


def test_a_stream_isolates_the_record_that_fails_and_does_not_wait_for_it_for_ever(functions: Resources) -> None:
    for name, properties in sources(functions, "DynamoDB"):
        assert properties["BisectBatchOnFunctionError"] is True, name
        assert 0 < properties["MaximumRetryAttempts"] <= 10, name
        assert properties["DestinationConfig"]["OnFailure"]["Destination"], name
