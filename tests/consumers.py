"""Every consumer of a queue, a stream or a topic."""

from consumer import Consumer
from queue_consumers import (
    ChannelJobsConsumer,
    DeadLettersConsumer,
    FeedbackConsumer,
    JobsConsumer,
    MailConsumer,
    RelayConsumer,
    SequencerConsumer,
)
from stream_consumers import AnnouncerConsumer, CensusConsumer, StarterConsumer, TurnoutConsumer

CONSUMERS: dict[str, type[Consumer]] = {
    "SequencerFunction": SequencerConsumer,
    "WorkerFunction": RelayConsumer,
    "DeadLettersFunction": DeadLettersConsumer,
    "NotifyFunction": MailConsumer,
    "JobsFunction": JobsConsumer,
    "ChannelJobsFunction": ChannelJobsConsumer,
    "FeedbackFunction": FeedbackConsumer,
    "TurnoutFunction": TurnoutConsumer,
    "CensusFunction": CensusConsumer,
    "AnnouncerFunction": AnnouncerConsumer,
    "StarterFunction": StarterConsumer,
}
"""By the function's name in the template."""
