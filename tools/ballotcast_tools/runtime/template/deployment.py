"""What a template deploys, as far as the runtime of one machine uses it."""

from dataclasses import dataclass, field
from typing import Any

from .roles import Role


@dataclass(frozen=True)
class StreamSource:
    """A table's stream that a function reads.

    `name` is unique in the deployment. `window_seconds`: how long a batch may wait for more records. `retries`: -1
    means without end. `on_failure`: the queue that is told of a batch that was given up. `patterns`: event filters, any
    of which lets a record through; no patterns let every record through.
    """

    name: str
    table: str
    batch_size: int
    window_seconds: int
    bisect: bool
    retries: int
    on_failure: str | None
    patterns: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class QueueSource:
    """A queue that a function consumes.

    `reports_failures`: whether the function names the messages that failed. `concurrency`: calls at once, None if
    unbounded.
    """

    name: str
    queue: str
    batch_size: int
    reports_failures: bool
    concurrency: int | None


@dataclass(frozen=True)
class ScheduleSource:
    name: str
    every_seconds: int


Source = StreamSource | QueueSource | ScheduleSource


@dataclass(frozen=True)
class Function:
    """`handler`: `package.module.function`. `timeout` in seconds, `memory` in MB."""

    id: str
    handler: str
    environment: dict[str, str]
    role: Role
    timeout: int
    memory: int
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Route:
    """`method`: `GET`, or `ANY`. `resource`: API Gateway's pattern (`/elections/{id}`). `function`: its id."""

    method: str
    resource: str
    function: str


@dataclass(frozen=True)
class Table:
    """Keys are `pk` and `sk`, both strings.

    `stream_arn` and `stream_view` are empty if the table has no stream. `expires_by`: the attribute that holds the
    second after which an item may be deleted.
    """

    name: str
    arn: str
    stream_arn: str
    stream_view: str
    expires_by: str | None


@dataclass(frozen=True)
class Queue:
    """`visibility_timeout` and `retention` in seconds. `dead_letters`: the queue that a message goes to after
    `max_receives` receives. `deduplicates_per_group`: FIFO deduplication within a message group, not the whole queue.
    """

    name: str
    url: str
    arn: str
    fifo: bool
    visibility_timeout: int
    retention: int
    dead_letters: str | None
    max_receives: int | None
    deduplicates_per_group: bool


@dataclass(frozen=True)
class Machine:
    """`definition`: the States Language, with the template's values in it."""

    name: str
    arn: str
    definition: dict[str, Any]
    role: Role


@dataclass(frozen=True)
class Throttle:
    """`method` may be `*`, `resource` may be `/*`. `rate` is in requests a second, `burst` in requests."""

    method: str
    resource: str
    rate: float
    burst: int


@dataclass(frozen=True)
class GatewayResponse:
    """What the gateway itself responds with. `body_template` may hold `$context.path`."""

    status: int
    headers: dict[str, str]
    body_template: str


@dataclass(frozen=True)
class Api:
    """`compress_from`: bytes from which bodies are compressed. `responses`: by kind, such as `THROTTLED`."""

    stage: str
    compress_from: int | None
    binary_types: tuple[str, ...]
    throttles: tuple[Throttle, ...]
    responses: dict[str, GatewayResponse]


@dataclass(frozen=True)
class Bucket:
    """`expirations`: prefix, and days after which an object under it is deleted."""

    name: str
    expirations: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Secret:
    """`length` in characters. `punctuation`: whether the value may hold any."""

    name: str
    arn: str
    length: int
    punctuation: bool


@dataclass(frozen=True)
class Deployment:
    """`secrets` and `roles` by ARN. `topic_subscribers`: ids of functions by the topic's ARN.

    `outputs`: without ApiUrl, which only anyone who listens knows. `mail_identity`: the domain, or the address, that
    mails may be sent from. `roles`: also those that no function or machine has, such as the scheduler's.
    """

    functions: dict[str, Function]
    routes: tuple[Route, ...]
    tables: dict[str, Table]
    queues: dict[str, Queue]
    machines: dict[str, Machine]
    api: Api
    bucket: Bucket
    key_arn: str
    secrets: dict[str, Secret]
    topic_subscribers: dict[str, tuple[str, ...]]
    outputs: dict[str, str]
    mail_identity: str = ""
    roles: dict[str, Role] = field(default_factory=dict)
