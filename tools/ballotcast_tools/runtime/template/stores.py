"""Reads what keeps data: tables, queues, the bucket, secrets."""

from .deployment import Bucket, Queue, Secret, Table
from .errors import TemplateError
from .names import PARTITION_KEY, SORT_KEY, arn, queue_arn, queue_url, stream_arn, table_arn
from .properties import Properties
from .references import queue_named
from .values import Values

_KEYS = [{"AttributeName": PARTITION_KEY, "KeyType": "HASH"}, {"AttributeName": SORT_KEY, "KeyType": "RANGE"}]
_STRINGS = [{"AttributeName": name, "AttributeType": "S"} for name in (PARTITION_KEY, SORT_KEY)]
_VIEWS = ("NEW_IMAGE", "NEW_AND_OLD_IMAGES", "OLD_IMAGE", "KEYS_ONLY")


def read_tables(values: Values) -> dict[str, Table]:
    found = {}
    for name, written in values.of_type("AWS::DynamoDB::Table").items():
        table = Properties(
            values,
            written,
            name,
            used=("AttributeDefinitions", "KeySchema", "StreamSpecification", "TimeToLiveSpecification"),
            idle=("BillingMode", "PointInTimeRecoverySpecification", "DeletionProtectionEnabled", "WarmThroughput"),
        )
        if table.value("KeySchema") != _KEYS or table.value("AttributeDefinitions") != _STRINGS:
            raise TemplateError(table.at("KeySchema"), f"must be of two strings, {PARTITION_KEY} and {SORT_KEY}")
        has_stream = "StreamSpecification" in table
        stream = table.within("StreamSpecification", used=("StreamViewType",))
        expiry = table.within("TimeToLiveSpecification", used=("AttributeName", "Enabled"))
        found[name] = Table(
            name=name,
            arn=table_arn(name),
            stream_arn=stream_arn(name) if has_stream else "",
            stream_view=stream.one_of("StreamViewType", _VIEWS) if has_stream else "",
            expires_by=expiry.text("AttributeName") if expiry.flag("Enabled") else None,
        )
    return found


def read_queues(values: Values) -> dict[str, Queue]:
    declared = {name: _queue(values, name, written) for name, written in values.of_type("AWS::SQS::Queue").items()}
    queues = {queue.name: queue for queue in declared.values()}
    for name, queue in declared.items():
        letters = queues.get(queue.dead_letters) if queue.dead_letters else None
        if queue.dead_letters and (letters is None or letters.fifo != queue.fifo):
            raise TemplateError(f"{name}.RedrivePolicy", "needs a queue of this template and of the same kind")
    return queues


def _queue(values: Values, name: str, written: object) -> Queue:
    used = ("FifoQueue", "VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy", "DeduplicationScope")
    queue = Properties(values, written, name, used=used, idle=("FifoThroughputLimit",))
    fifo = queue.flag("FifoQueue")
    if "DeduplicationScope" in queue and not fifo:
        raise TemplateError(queue.at("DeduplicationScope"), "is for FIFO queues only")
    redrive = queue.within("RedrivePolicy", used=("deadLetterTargetArn", "maxReceiveCount"))
    has_letters = "RedrivePolicy" in queue
    target = redrive.text("deadLetterTargetArn") if has_letters else ""
    physical = name + ".fifo" if fifo else name
    return Queue(
        name=physical,
        url=queue_url(physical),
        arn=queue_arn(physical),
        fifo=fifo,
        visibility_timeout=queue.number("VisibilityTimeout", 30),
        retention=queue.number("MessageRetentionPeriod", 345600),
        dead_letters=queue_named(target, redrive.at("deadLetterTargetArn")) if has_letters else None,
        max_receives=redrive.number("maxReceiveCount") if has_letters else None,
        deduplicates_per_group=queue.one_of("DeduplicationScope", ("queue", "messageGroup"), "queue") == "messageGroup",
    )


def read_bucket(values: Values) -> Bucket:
    """There is exactly one."""
    name, written = values.only("AWS::S3::Bucket")
    idle = ("PublicAccessBlockConfiguration", "OwnershipControls", "BucketEncryption")
    bucket = Properties(values, written, name, used=("LifecycleConfiguration",), idle=idle)
    lifecycle = bucket.within("LifecycleConfiguration", used=("Rules",))
    rules = lifecycle.each(
        "Rules", used=("Id", "Prefix", "Status", "ExpirationInDays"), idle=("AbortIncompleteMultipartUpload",)
    )
    expiring = [rule for rule in rules if "ExpirationInDays" in rule and rule.text("Status") == "Enabled"]
    return Bucket(name, tuple((rule.text("Prefix", ""), rule.number("ExpirationInDays")) for rule in expiring))


def read_key(values: Values) -> str:
    """Return the ARN of the one KMS key."""
    name, written = values.only("AWS::KMS::Key")
    Properties(values, written, name, used=(), idle=("Description", "EnableKeyRotation", "KeyPolicy"))
    return arn("kms", f"key/{name}")


def read_secrets(values: Values) -> dict[str, Secret]:
    found = {}
    for name, written in values.of_type("AWS::SecretsManager::Secret").items():
        secret = Properties(values, written, name, used=("GenerateSecretString",), idle=("Description",))
        made = secret.within("GenerateSecretString", used=("PasswordLength", "ExcludePunctuation"))
        ours = arn("secretsmanager", f"secret:{name}")
        found[ours] = Secret(name, ours, made.number("PasswordLength", 32), not made.flag("ExcludePunctuation"))
    return found
