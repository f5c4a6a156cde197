"""The rights that a call of a boto3 client needs: action, resource and condition keys, as the services ask IAM.

AWS: Service Authorization Reference. A transaction of DynamoDB needs, for each of its items, the right to do that
alone; batches of SQS need the right of the single message.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.utils import parseaddr
from typing import Any

from .names import PARTITION_KEY, arn, bucket_arn, name_in, queue_arn, table_arn
from .roles import ENCRYPTION_CONTEXT, LEADING_KEYS, PASSED_TO, PREFIX, Context

Arguments = Mapping[str, Any]
Right = tuple[str, str, Context]
"""Action, ARN of the resource (`*` where the action has none), condition keys."""
_Reading = Callable[[Arguments], Iterable[Right]]

_NO_KEYS: Context = {}
_EQUALITY = re.compile(r"(#?[\w.-]+)\s*=\s*(:\w+)")
_TRANSACTED = {
    "Put": ("dynamodb:PutItem", "Item"),
    "Update": ("dynamodb:UpdateItem", "Key"),
    "Delete": ("dynamodb:DeleteItem", "Key"),
    "ConditionCheck": ("dynamodb:ConditionCheckItem", "Key"),
    "Get": ("dynamodb:GetItem", "Key"),
}


class UnknownCall(LookupError):
    """The runtime has no such service, or does not know what rights the method needs."""


def asked(service: str, method: str, arguments: Arguments, *, mail_identity: str = "") -> Iterator[Right]:
    """Return every right that the call needs; all of them must be allowed.

    Args:
        service: as boto3 names it (`stepfunctions`).
        method: of the client (`put_item`); `upload_file` and `generate_presigned_url` count as methods, and a
            paginator as the method it repeats.
        arguments: by name, also those that were given by position.
        mail_identity: an address that is verified in SES; without it, domains are.

    Raises:
        UnknownCall: nothing is known of such a call, so it must not be carried out.
    """
    reading = _CALLS.get((service, method))
    if reading is not None:
        return iter(reading(arguments))
    if (service, method) == ("ses", "send_raw_email"):
        return _mail(arguments, mail_identity)
    raise UnknownCall(f"{service}.{method}")


def _keys(items: Iterable[Mapping[str, Mapping[str, str]]]) -> Context:
    """`dynamodb:LeadingKeys` of keys or items as DynamoDB has them: `{"pk": {"S": "BALLOT#1"}, …}`.

    A request that names no partition key has no such condition key, so a policy must say
    `Null: {dynamodb:LeadingKeys: false}` next to `ForAllValues`.
    """
    found = tuple([text for item in items for text in item.get(PARTITION_KEY, {}).values()])
    return {LEADING_KEYS: found} if found else _NO_KEYS


def _single(action: str, member: str) -> _Reading:
    def reading(arguments: Arguments) -> Iterable[Right]:
        return ((action, table_arn(arguments["TableName"]), _keys((arguments[member],))),)

    return reading


def _query(arguments: Arguments) -> Iterator[Right]:
    """The partition key of an index is another attribute; no table of the template has an index."""
    table = table_arn(arguments["TableName"])
    if index := arguments.get("IndexName"):
        yield "dynamodb:Query", f"{table}/index/{index}", _NO_KEYS
        return
    names, values = arguments.get("ExpressionAttributeNames", {}), arguments.get("ExpressionAttributeValues", {})
    compared = _EQUALITY.findall(arguments.get("KeyConditionExpression", ""))
    equal = [{PARTITION_KEY: values[right]} for left, right in compared if names.get(left, left) == PARTITION_KEY]
    yield "dynamodb:Query", table, _keys(equal)


def _scan(arguments: Arguments) -> Iterator[Right]:
    yield "dynamodb:Scan", table_arn(arguments["TableName"]), _NO_KEYS


def _batch_get(arguments: Arguments) -> Iterator[Right]:
    for table, request in arguments["RequestItems"].items():
        yield "dynamodb:BatchGetItem", table_arn(table), _keys(request["Keys"])


def _batch_write(arguments: Arguments) -> Iterator[Right]:
    for table, writes in arguments["RequestItems"].items():
        items = [one.get("Key") or one.get("Item") or {} for write in writes for one in write.values()]
        yield "dynamodb:BatchWriteItem", table_arn(table), _keys(items)


def _transaction(arguments: Arguments) -> Iterator[Right]:
    for part in arguments["TransactItems"]:
        for kind, request in part.items():
            action, member = _TRANSACTED[kind]
            yield action, table_arn(request["TableName"]), _keys((request[member],))


def _on_queue(action: str) -> _Reading:
    return lambda arguments: ((action, queue_arn(name_in(arguments["QueueUrl"])), _NO_KEYS),)


def _on_object(action: str) -> _Reading:
    return lambda arguments: ((action, f"{bucket_arn(arguments['Bucket'])}/{arguments['Key']}", _NO_KEYS),)


def _on_bucket(arguments: Arguments) -> Iterator[Right]:
    prefix = arguments.get("Prefix")
    yield "s3:ListBucket", bucket_arn(arguments["Bucket"]), _NO_KEYS if prefix is None else {PREFIX: prefix}


def _presigned(arguments: Arguments) -> Iterator[Right]:
    """AWS asks when the address is used, on behalf of anyone who signed it; here it is asked when it is signed."""
    return asked("s3", arguments["ClientMethod"], arguments["Params"])


def _with_key(action: str) -> _Reading:
    def reading(arguments: Arguments) -> Iterable[Right]:
        pairs = arguments.get("EncryptionContext", {})
        context = {ENCRYPTION_CONTEXT + name: str(value) for name, value in pairs.items()}
        return ((action, _named("kms", "key/", arguments["KeyId"]), context),)

    return reading


def _named(service: str, kind: str, name: str) -> str:
    """Return the ARN of a resource that a caller names by ARN or by name."""
    return name if name.startswith("arn:") else arn(service, kind + name)


def _on(action: str, service: str, kind: str, argument: str) -> _Reading:
    return lambda arguments: ((action, _named(service, kind, arguments[argument]), _NO_KEYS),)


def _mail(arguments: Arguments, verified: str) -> Iterator[Right]:
    """SES asks for the identity of the sender, its address or its domain, and for the configuration set."""
    address = parseaddr(arguments["Source"])[1]
    identity = address if address == verified else address.rpartition("@")[2]
    yield "ses:SendRawEmail", arn("ses", f"identity/{identity}"), _NO_KEYS
    if name := arguments.get("ConfigurationSetName"):
        yield "ses:SendRawEmail", arn("ses", f"configuration-set/{name}"), _NO_KEYS


def _publication(arguments: Arguments) -> Iterator[Right]:
    """A telephone number has no ARN; SNS asks for the number itself."""
    yield "sns:Publish", arguments.get("TopicArn") or arguments["PhoneNumber"], _NO_KEYS


def _task_success(_: Arguments) -> Iterator[Right]:
    yield "states:SendTaskSuccess", "*", _NO_KEYS


def _schedule(arguments: Arguments) -> Iterator[Right]:
    group = arguments.get("GroupName", "default")
    yield "scheduler:CreateSchedule", arn("scheduler", f"schedule/{group}/{arguments['Name']}"), _NO_KEYS
    yield "iam:PassRole", arguments["Target"]["RoleArn"], {PASSED_TO: "scheduler.amazonaws.com"}


_CALLS: dict[tuple[str, str], _Reading] = {
    ("dynamodb", "get_item"): _single("dynamodb:GetItem", "Key"),
    ("dynamodb", "put_item"): _single("dynamodb:PutItem", "Item"),
    ("dynamodb", "update_item"): _single("dynamodb:UpdateItem", "Key"),
    ("dynamodb", "delete_item"): _single("dynamodb:DeleteItem", "Key"),
    ("dynamodb", "query"): _query,
    ("dynamodb", "scan"): _scan,
    ("dynamodb", "batch_get_item"): _batch_get,
    ("dynamodb", "batch_write_item"): _batch_write,
    ("dynamodb", "transact_write_items"): _transaction,
    ("dynamodb", "transact_get_items"): _transaction,
    ("sqs", "send_message"): _on_queue("sqs:SendMessage"),
    ("sqs", "send_message_batch"): _on_queue("sqs:SendMessage"),
    ("sqs", "receive_message"): _on_queue("sqs:ReceiveMessage"),
    ("sqs", "delete_message"): _on_queue("sqs:DeleteMessage"),
    ("sqs", "delete_message_batch"): _on_queue("sqs:DeleteMessage"),
    ("sqs", "change_message_visibility"): _on_queue("sqs:ChangeMessageVisibility"),
    ("sqs", "change_message_visibility_batch"): _on_queue("sqs:ChangeMessageVisibility"),
    ("sqs", "get_queue_attributes"): _on_queue("sqs:GetQueueAttributes"),
    ("s3", "get_object"): _on_object("s3:GetObject"),
    ("s3", "head_object"): _on_object("s3:GetObject"),
    ("s3", "put_object"): _on_object("s3:PutObject"),
    ("s3", "upload_file"): _on_object("s3:PutObject"),
    ("s3", "delete_object"): _on_object("s3:DeleteObject"),
    ("s3", "list_objects_v2"): _on_bucket,
    ("s3", "generate_presigned_url"): _presigned,
    ("kms", "encrypt"): _with_key("kms:Encrypt"),
    ("kms", "decrypt"): _with_key("kms:Decrypt"),
    ("kms", "generate_data_key_pair_without_plaintext"): _with_key("kms:GenerateDataKeyPairWithoutPlaintext"),
    ("secretsmanager", "get_secret_value"): _on(
        "secretsmanager:GetSecretValue", "secretsmanager", "secret:", "SecretId"
    ),
    ("sns", "publish"): _publication,
    ("stepfunctions", "start_execution"): _on("states:StartExecution", "states", "stateMachine:", "stateMachineArn"),
    ("stepfunctions", "describe_execution"): _on("states:DescribeExecution", "states", "execution:", "executionArn"),
    ("stepfunctions", "send_task_success"): _task_success,
    ("scheduler", "create_schedule"): _schedule,
    ("lambda", "invoke"): _on("lambda:InvokeFunction", "lambda", "function:", "FunctionName"),
}
