"""What `!Ref` and `!GetAtt` return for each type of resource."""

from collections.abc import Callable

from .errors import TemplateError
from .names import arn, bucket_arn, queue_arn, queue_url, role_arn, stream_arn, table_arn

Naming = Callable[[str], str]
"""Logical id -> what the reference returns."""


def _name(name: str) -> str:
    return name


def _arn(service: str, kind: str) -> Naming:
    return lambda name: arn(service, kind + name)


_REFS: dict[str, Naming] = {
    "AWS::SQS::Queue": queue_url,
    "AWS::SecretsManager::Secret": _arn("secretsmanager", "secret:"),
    "AWS::Serverless::StateMachine": _arn("states", "stateMachine:"),
    "AWS::SNS::Topic": _arn("sns", ""),
}
"""Those that are not the name."""

_ATTRIBUTES: dict[str, dict[str, Naming]] = {
    "AWS::DynamoDB::Table": {"Arn": table_arn, "StreamArn": stream_arn},
    "AWS::IAM::Role": {"Arn": role_arn},
    "AWS::KMS::Key": {"Arn": _arn("kms", "key/"), "KeyId": _name},
    "AWS::S3::Bucket": {"Arn": bucket_arn},
    "AWS::SNS::Topic": {"TopicArn": _arn("sns", ""), "TopicName": _name},
    "AWS::SQS::Queue": {"Arn": queue_arn, "QueueName": _name, "QueueUrl": queue_url},
    "AWS::SecretsManager::Secret": {"Id": _arn("secretsmanager", "secret:")},
    "AWS::Serverless::Api": {"RootResourceId": _name},
    "AWS::Serverless::Function": {"Arn": _arn("lambda", "function:")},
    "AWS::Serverless::StateMachine": {"Arn": _arn("states", "stateMachine:"), "Name": _name},
}
"""Of the types that the runtime runs, every attribute it knows."""

UNUSED = frozenset(
    {
        "AWS::CloudFront::Distribution",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::IAM::RolePolicy",  # it is read, but has nothing to refer to
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::SES::ConfigurationSet",
        "AWS::SES::ConfigurationSetEventDestination",
        "AWS::SES::EmailIdentity",
        "AWS::SNS::TopicPolicy",
        "AWS::Scheduler::ScheduleGroup",
        "AWS::Serverless::LayerVersion",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""Types that say nothing to one machine. They may be referred to, by any attribute."""

TYPES = UNUSED | set(_ATTRIBUTES)


def ref(kind: str, name: str) -> str:
    return _REFS.get(kind, _name)(name)


def attribute(kind: str, name: str, wanted: str, where: str) -> str:
    """Raises TemplateError if a type that the runtime runs has no such attribute."""
    if kind in UNUSED:
        service = kind.split("::")[1].lower()
        return arn(service, name) if wanted == "Arn" else f"{name}.{wanted}"
    found = _ATTRIBUTES[kind].get(wanted)
    if found is None:
        raise TemplateError(where, f"{kind} {name} has no attribute {wanted}")
    return found(name)


def queue_named(found: str, where: str) -> str:
    """Return the logical id of the queue whose ARN was found."""
    prefix = queue_arn("")
    if not found.startswith(prefix):
        raise TemplateError(where, f"{found} is not the ARN of a queue")
    return found.removeprefix(prefix)
