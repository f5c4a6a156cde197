"""What every function's wiring has: settings, a clock, clients, tables, the bucket, and who is logged in."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from ballotcast.clock import Clock, system_clock
from ballotcast.settings import Settings
from ballotcast.store.table import Table

if TYPE_CHECKING:
    from ballotcast.store.blobs import Blobs
    from ballotcast.store.secrets import Secret
    from ballotcast.store.sessions import Sessions

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


class Clients:
    """Clients by service, each made at first use."""

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
    def blobs(self) -> "Blobs":
        from ballotcast.store.blobs import Blobs

        return Blobs(self.client("s3"), self.settings.bucket)

    @cached_property
    def session_secret(self) -> "Secret":
        from ballotcast.store.secrets import Secret

        return Secret(self.client("secretsmanager"), self.settings.session_secret)

    @cached_property
    def sessions(self) -> "Sessions":
        from ballotcast.store.sessions import Sessions

        return Sessions(self.channels_table)
