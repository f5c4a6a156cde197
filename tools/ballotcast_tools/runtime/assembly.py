"""All services over one database, made from a deployment."""

from collections.abc import Mapping
from typing import Any

from ballotcast.clock import Clock

from .data import Data
from .machines.engine import Engine
from .machines.executions import MACHINES_SCHEMA
from .options import Options
from .services.downloads import Downloads
from .services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from .services.events import Events, Switchable
from .services.kms import Kms
from .services.mails import MAILS_SCHEMA, Ses, Sns
from .services.master_key import MasterKey
from .services.planned_writes import TableKind
from .services.queue_rows import SQS_SCHEMA
from .services.queues import Queues
from .services.s3 import S3, S3_SCHEMA
from .services.scheduler import SCHEDULE_SCHEMA, Scheduler
from .services.secretsmanager import SECRETS_SCHEMA, SecretsManager
from .services.sqs import Sqs
from .services.stepfunctions import StepFunctions
from .services.streams import STREAM_SCHEMA
from .storage.database import Database
from .template.deployment import Deployment

SCHEMAS = (
    *(DYNAMODB_SCHEMA, STREAM_SCHEMA, SQS_SCHEMA, S3_SCHEMA, SECRETS_SCHEMA, MAILS_SCHEMA),
    *(MACHINES_SCHEMA, SCHEDULE_SCHEMA),
)


class Services:
    """All services. `by_name`: as boto3 names them, which is how functions ask for them."""

    def __init__(
        self, deployment: Deployment, database: Database, data: Data, key: MasterKey, options: Options, clock: Clock
    ) -> None:
        kinds = {name: TableKind(table.stream_view, table.expires_by) for name, table in deployment.tables.items()}
        self.dynamodb = DynamoDB(database, kinds, clock)
        self.queues = Queues(database, deployment.queues, clock)
        self.s3 = S3(
            database,
            data.objects,
            deployment.bucket.name,
            deployment.bucket.expirations,
            Downloads(key, options.address),
            clock,
        )
        kms = Kms(key, deployment.key_arn)
        self.by_name: dict[str, Any] = {
            "dynamodb": self.dynamodb,
            "sqs": Sqs(self.queues),
            "s3": self.s3,
            "kms": kms,
            "secretsmanager": SecretsManager(database, kms, deployment.key_arn, deployment.secrets),
            "ses": Ses(database, "waiting" if options.smtp_url else "kept", clock),
            "sns": Sns(database, clock),
            "scheduler": Scheduler(database),
        }

    def add(self, engine: Engine, rules: Mapping[str, Switchable]) -> None:
        """Add what calls functions, which have the other services."""
        self.by_name["stepfunctions"] = StepFunctions(engine)
        self.by_name["events"] = Events(rules)
