"""The one place that puts settings, clients and stores together; made once per process, each part at first use.

A store's module is imported with it: a function's start pays for the stores that it uses and for no other.
"""

import os
from collections.abc import Callable
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from ballotcast.clock import Clock, system_clock
from ballotcast.settings import Settings
from ballotcast.store.table import Table

if TYPE_CHECKING:
    from ballotcast.store.amendments import Amendments
    from ballotcast.store.ballots import Ballots
    from ballotcast.store.blobs import Blobs
    from ballotcast.store.ceremonies import Ceremonies
    from ballotcast.store.channels import Channels
    from ballotcast.store.counting_machine import CountingMachine
    from ballotcast.store.dead_letters import DeadLetters
    from ballotcast.store.due_counts import DueCounts
    from ballotcast.store.elections import Elections
    from ballotcast.store.events import Events
    from ballotcast.store.export_jobs import ExportJobs
    from ballotcast.store.jobs import Jobs
    from ballotcast.store.leases import Leases
    from ballotcast.store.live import Live
    from ballotcast.store.log import Log
    from ballotcast.store.login_attempts import LoginAttempts
    from ballotcast.store.manifests import Manifests
    from ballotcast.store.members import Members
    from ballotcast.store.milestones import Milestones
    from ballotcast.store.notices import Notices
    from ballotcast.store.openings import Openings, Waiters
    from ballotcast.store.organisers import Organisers
    from ballotcast.store.password_resets import PasswordResets
    from ballotcast.store.past_channels import PastChannels
    from ballotcast.store.publisher import Publisher
    from ballotcast.store.publishes import Publishes
    from ballotcast.store.queues import Queue
    from ballotcast.store.record_pages import RecordPages
    from ballotcast.store.relay_machines import RelayMachines
    from ballotcast.store.relay_queues import RelayQueues
    from ballotcast.store.results import Results
    from ballotcast.store.rights import Rights
    from ballotcast.store.roll_index import RollIndex
    from ballotcast.store.schedules import Schedules
    from ballotcast.store.secrets import Secret
    from ballotcast.store.segments import Segments
    from ballotcast.store.sessions import Sessions
    from ballotcast.store.turnout_machine import TurnoutMachine
    from ballotcast.store.vault import Vault
    from ballotcast.store.voters import Voters
    from ballotcast.store.wakes import Wakes

CLIENT = Config(
    connect_timeout=1,
    read_timeout=4,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=16,
    user_agent="ballotcast",  # botocore's own is put together again for each call
)
"""Short waits and few repeats: a caller behind API Gateway is better served by a quick 503 than by a slow answer."""
TRUSTING = CLIENT.merge(Config(parameter_validation=False))
"""For DynamoDB, which is called most and checks requests itself: a quarter less CPU a call, with the user agent."""
PRESIGNING = CLIENT.merge(Config(signature_version="s3v4"))
"""Links to objects are signed with version 4: the older scheme is refused in newer regions."""
HURRIED = CLIENT.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
"""For EventBridge Scheduler, which nothing depends on: one attempt, so that no organiser waits for more."""
CONFIGS = {"dynamodb": TRUSTING, "s3": PRESIGNING, "scheduler": HURRIED}


class Wiring:
    """Everything a function may use; it touches only what its environment names."""

    def __init__(self, settings: Settings, clock: Clock = system_clock) -> None:
        self.settings = settings
        self.clock = clock

    def client(self, service: Any) -> Any:
        """A boto3 client; the emulator's address and the region come from the environment."""
        return boto3.client(service, config=CONFIGS.get(service, CLIENT))

    @cached_property
    def dynamodb(self) -> Any:
        return self.client("dynamodb")

    @cached_property
    def roll(self) -> Table:
        return Table(self.dynamodb, self.settings.roll_table)

    @cached_property
    def board(self) -> Table:
        return Table(self.dynamodb, self.settings.board_table)

    @cached_property
    def channels_table(self) -> Table:
        return Table(self.dynamodb, self.settings.channels_table)

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

    @cached_property
    def organisers(self) -> "Organisers":
        from ballotcast.store.organisers import Organisers

        return Organisers(self.roll)

    @cached_property
    def password_resets(self) -> "PasswordResets":
        from ballotcast.store.password_resets import PasswordResets

        return PasswordResets(self.roll)

    @cached_property
    def login_attempts(self) -> "LoginAttempts":
        from ballotcast.store.login_attempts import LoginAttempts

        return LoginAttempts(self.roll)

    @cached_property
    def elections(self) -> "Elections":
        from ballotcast.store.elections import Elections

        return Elections(self.roll)

    @cached_property
    def ceremonies(self) -> "Ceremonies":
        from ballotcast.store.ceremonies import Ceremonies

        return Ceremonies(self.roll)

    @cached_property
    def openings(self) -> "Openings":
        from ballotcast.store.openings import Openings

        return Openings(self.board)

    @cached_property
    def waiters(self) -> "Waiters":
        from ballotcast.store.openings import Waiters

        return Waiters(self.client("stepfunctions"))

    @cached_property
    def members(self) -> "Members":
        from ballotcast.store.members import Members

        return Members(self.roll)

    @cached_property
    def voters(self) -> "Voters":
        from ballotcast.store.voters import Voters

        return Voters(self.roll)

    @cached_property
    def roll_index(self) -> "RollIndex":
        from ballotcast.store.roll_index import RollIndex

        return RollIndex(self.roll)

    @cached_property
    def rights(self) -> "Rights":
        from ballotcast.store.rights import Rights

        return Rights(self.roll)

    @cached_property
    def events(self) -> "Events":
        from ballotcast.store.events import Events

        return Events(self.roll)

    @cached_property
    def jobs(self) -> "Jobs":
        from ballotcast.store.jobs import Jobs

        return Jobs(self.roll)

    @cached_property
    def manifests(self) -> "Manifests":
        from ballotcast.store.manifests import Manifests

        return Manifests(self.board)

    @cached_property
    def notices(self) -> "Notices":
        from ballotcast.store.notices import Notices

        return Notices(self.board)

    @cached_property
    def amendments(self) -> "Amendments":
        from ballotcast.store.amendments import Amendments

        return Amendments(self.board)

    @cached_property
    def ballots(self) -> "Ballots":
        from ballotcast.store.ballots import Ballots

        return Ballots(self.board)

    @cached_property
    def log(self) -> "Log":
        from ballotcast.store.log import Log

        return Log(self.board)

    @cached_property
    def results(self) -> "Results":
        from ballotcast.store.results import Results

        return Results(self.board)

    @cached_property
    def blobs(self) -> "Blobs":
        from ballotcast.store.blobs import Blobs

        return Blobs(self.client("s3"), self.settings.bucket)

    @cached_property
    def vault(self) -> "Vault":
        from ballotcast.store.vault import Vault

        return Vault(self.client("kms"), self.settings.kms_key, emulated=self.settings.is_local)

    @cached_property
    def session_secret(self) -> "Secret":
        from ballotcast.store.secrets import Secret

        return Secret(self.client("secretsmanager"), self.settings.session_secret)

    @cached_property
    def sessions(self) -> "Sessions":
        from ballotcast.store.sessions import Sessions

        return Sessions(self.channels_table)

    @cached_property
    def roll_secret(self) -> "Secret":
        from ballotcast.store.secrets import Secret

        return Secret(self.client("secretsmanager"), self.settings.roll_secret)

    @cached_property
    def sequence_queue(self) -> "Queue":
        from ballotcast.store.queues import Queue

        return Queue(self.client("sqs"), self.settings.sequence_queue)

    @cached_property
    def mail_queue(self) -> "Queue":
        from ballotcast.store.queues import Queue

        return Queue(self.client("sqs"), self.settings.mail_queue)

    @cached_property
    def jobs_queue(self) -> "Queue":
        from ballotcast.store.queues import Queue

        return Queue(self.client("sqs"), self.settings.jobs_queue)

    @cached_property
    def counting_machine(self) -> "CountingMachine":
        from ballotcast.store.counting_machine import CountingMachine

        return CountingMachine(self.client("stepfunctions"), self.settings.close_machine)

    @cached_property
    def turnout_machine(self) -> "TurnoutMachine":
        from ballotcast.store.turnout_machine import TurnoutMachine

        return TurnoutMachine(self.client("stepfunctions"), self.settings.turnout_machine)

    @cached_property
    def due_counts(self) -> "DueCounts":
        from ballotcast.store.due_counts import DueCounts

        return DueCounts(self.roll)

    @cached_property
    def milestones(self) -> "Milestones":
        from ballotcast.store.milestones import Milestones

        return Milestones(self.roll)

    @cached_property
    def wakes(self) -> "Wakes":
        from ballotcast.store.wakes import Wakes

        return Wakes(self.roll)

    @cached_property
    def schedules(self) -> "Schedules":
        from ballotcast.store.schedules import Schedules

        settings = self.settings
        client = self.client("scheduler")
        return Schedules(client, settings.schedule_group, settings.scheduler_role, settings.due_function)


maker: ContextVar[Callable[[], Wiring]] = ContextVar("maker", default=lambda: Wiring(Settings(os.environ)))
"""Makes a process's wiring. The embedded runtime, which has all functions in one process, sets one for each."""


def from_environment() -> Wiring:
    """Return the wiring of the function that is being started: on AWS, that of the process."""
    return maker.get()()
