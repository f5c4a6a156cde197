"""The stores, queues and state machines of channels: the table Channels and the relays."""

from functools import cached_property
from typing import TYPE_CHECKING

from ballotcast.wiring.clients import Clients

if TYPE_CHECKING:
    from ballotcast.store.channels import Channels
    from ballotcast.store.dead_letters import DeadLetters
    from ballotcast.store.export_jobs import ExportJobs
    from ballotcast.store.leases import Leases
    from ballotcast.store.live import Live
    from ballotcast.store.past_channels import PastChannels
    from ballotcast.store.publisher import Publisher
    from ballotcast.store.publishes import Publishes
    from ballotcast.store.queues import Queue
    from ballotcast.store.record_pages import RecordPages
    from ballotcast.store.relay_machines import RelayMachines
    from ballotcast.store.relay_queues import RelayQueues
    from ballotcast.store.segments import Segments


class ChannelStores(Clients):
    """Parts of a wiring that channels and relays use."""

    @cached_property
    def channels(self) -> "Channels":
        from ballotcast.store.channels import Channels

        return Channels(self.channels_table, self.blobs)

    @cached_property
    def past_channels(self) -> "PastChannels":
        from ballotcast.store.past_channels import PastChannels

        return PastChannels(self.channels_table)

    @cached_property
    def export_jobs(self) -> "ExportJobs":
        from ballotcast.store.export_jobs import ExportJobs

        return ExportJobs(self.channels_table)

    @cached_property
    def channel_jobs_queue(self) -> "Queue":
        from ballotcast.store.queues import Queue

        return Queue(self.client("sqs"), self.settings.channel_jobs_queue)

    @cached_property
    def leases(self) -> "Leases":
        from ballotcast.store.leases import Leases

        return Leases(self.channels_table)

    @cached_property
    def segments(self) -> "Segments":
        from ballotcast.store.segments import Segments

        return Segments(self.channels_table, self.blobs)

    @cached_property
    def record_pages(self) -> "RecordPages":
        from ballotcast.store.record_pages import RecordPages

        return RecordPages(self.segments, self.leases, self.clock)

    @cached_property
    def live(self) -> "Live":
        from ballotcast.store.live import Live

        return Live(self.channels_table)

    @cached_property
    def publishes(self) -> "Publishes":
        from ballotcast.store.publishes import Publishes

        return Publishes(self.channels_table)

    @cached_property
    def dead_letters(self) -> "DeadLetters":
        from ballotcast.store.dead_letters import DeadLetters

        return DeadLetters(self.channels_table, self.blobs)

    @cached_property
    def relay_queues(self) -> "RelayQueues":
        from ballotcast.store.relay_queues import RelayQueues

        return RelayQueues(self.client("sqs"), self.settings.relay_queues)

    @cached_property
    def relay_machines(self) -> "RelayMachines":
        from ballotcast.store.relay_machines import RelayMachines

        return RelayMachines(self.client("stepfunctions"), self.settings.relay_machines)

    @cached_property
    def publisher(self) -> "Publisher":
        from ballotcast.store.publisher import Publisher

        return Publisher(self.channels, self.leases, self.publishes, self.relay_queues, self.clock)
