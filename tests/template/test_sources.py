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


def waits(functions: Resources, template: dict[str, Any]) -> list[tuple[str, dict[str, Any], int, str]]:
    """Queue, its properties, and its consumer's timeout and name, for each queue with a consumer."""
    usual = template["Globals"]["Function"]["Timeout"]
    queues = [(name, properties["Queue"]["Fn::GetAtt"][0]) for name, properties in sources(functions, "SQS")]
    resources = template["Resources"]
    return [
        (queue, resources[queue]["Properties"], functions[name].get("Timeout", usual), name) for name, queue in queues
    ]


def test_a_killed_consumer_holds_its_messages_for_minutes(functions: Resources, template: dict[str, Any]) -> None:
    """AWS refuses a queue whose visibility timeout is under its consumer's timeout."""
    for queue, properties, timeout, name in waits(functions, template):
        assert timeout < properties["VisibilityTimeout"] <= 180, (queue, name)


def test_a_message_is_given_up_after_minutes_or_hours(functions: Resources, template: dict[str, Any]) -> None:
    """Long enough for an outage to pass, short enough for somebody to hear of it on the same day."""
    for queue, properties, _, _ in waits(functions, template):
        if "RedrivePolicy" in properties:
            seconds = properties["RedrivePolicy"]["maxReceiveCount"] * properties["VisibilityTimeout"]
            assert 600 <= seconds <= 3 * 3600, queue


def test_an_alarm_says_when_jobs_or_ballots_wait(template: dict[str, Any]) -> None:
    """Before the third receipt: SQS then leaves the message of a standard queue out of the age it reports."""
    resources = template["Resources"]
    for queue in ("JobsQueue", "SequenceQueue"):
        [alarm] = [
            found["Properties"]
            for found in resources.values()
            if found["Type"] == "AWS::CloudWatch::Alarm"
            and found["Properties"].get("MetricName") == "ApproximateAgeOfOldestMessage"
            and found["Properties"]["Dimensions"][0]["Value"]["Fn::GetAtt"][0] == queue
        ]
        third_receipt = 2 * resources[queue]["Properties"]["VisibilityTimeout"]
        assert alarm["Threshold"] + 2 * alarm["Period"] <= third_receipt


def test_an_alarm_says_when_jobs_or_the_sequencer_are_killed(template: dict[str, Any]) -> None:
    metrics = template["Resources"]["KilledWork"]["Properties"]["Metrics"]
    watched = {one["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"] for one in metrics if "MetricStat" in one}
    assert watched == {"JobsFunction", "SequencerFunction"}


def test_a_stream_isolates_the_record_that_fails_and_does_not_wait_for_it_for_ever(functions: Resources) -> None:
    for name, properties in sources(functions, "DynamoDB"):
        assert properties["BisectBatchOnFunctionError"] is True, name
        assert 0 < properties["MaximumRetryAttempts"] <= 10, name
        assert properties["DestinationConfig"]["OnFailure"]["Destination"], name
