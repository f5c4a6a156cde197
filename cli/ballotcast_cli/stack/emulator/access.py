"""IAM as AWS judges it: two conditions that ministack leaves unevaluated, three requests that it names wrongly."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from .leading_keys import leading_keys
from .private import module, private, wrap

_REQUEST = "ballotcast:request"  # the request's body, on its way from where it is read to where it is judged


def patch_access() -> None:
    """Replace what `core.iam_actions` and `core.iam_evaluator` do. Raises UnknownMinistack."""
    actions, evaluator, dynamodb = module("core.iam_actions"), module("core.iam_evaluator"), module("services.dynamodb")
    tables = private(dynamodb, "_tables")

    def partition_key(table: str, index: str | None) -> str | None:
        described = tables.get(table)
        if described and index:
            indexes = described.get("GlobalSecondaryIndexes", []) + described.get("LocalSecondaryIndexes", [])
            described = next((one for one in indexes if one["IndexName"] == index), None)
        schema = described["KeySchema"] if described else []
        return next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), None)

    def with_request(context: Any) -> Any:
        return lambda body: {**context(body), _REQUEST: _json(body)}

    def with_encryption_context(context: Any) -> Any:
        def read(service: str, action: str, body: bytes, params: Any) -> dict[str, Any]:
            found: dict[str, Any] = context(service, action, body, params)
            pairs = _json(body).get("EncryptionContext") if service == "kms" else None
            if isinstance(pairs, dict) and pairs:
                found = found | {f"kms:EncryptionContext:{name}": value for name, value in pairs.items()}
                found["kms:EncryptionContextKeys"] = list(pairs)
            return found

        return read

    def judging_keys(enforce: Any) -> Any:
        def judge(access_key: str, action: str, service: str, region: str, **rest: Any) -> Any:
            context = dict(rest.get("service_context") or {})
            request = context.pop(_REQUEST, None)
            if request is not None:
                table = rest.get("resource_arn", "").partition(":table/")[2].partition("/")[0]
                keys = leading_keys(action, table, request, partition_key)
                if keys:
                    context["dynamodb:LeadingKeys"] = keys
            return enforce(access_key, action, service, region, **{**rest, "service_context": context})

        return judge

    wrap(actions, "extract_iam_action", _without_batches)
    wrap(actions, "extract_resource_arn", _with_what_bodies_name)
    wrap(actions, "dynamodb_service_context", with_request)
    wrap(actions, "request_tag_context", with_encryption_context)
    wrap(evaluator, "enforce", judging_keys)


def _without_batches(extract: Callable[..., Any]) -> Callable[..., Any]:
    """SendMessageBatch and the like need no right of their own: SQS asks for that of the single message."""

    def extract_single(service: str, *rest: Any) -> Any:
        action = extract(service, *rest)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    return extract_single


def _with_what_bodies_name(extract: Callable[..., str]) -> Callable[..., str]:
    """ministack takes every schedule for one of the group `default`, and a mail for one from nobody."""

    def extract_named(service: str, method: str, path: str, headers: Any, body: bytes, query: Any, *where: str) -> str:
        arn = extract(service, method, path, headers, body, query, *where)
        if service == "scheduler":
            group = _json(body).get("GroupName") or query.get("groupName", "default")
            return arn.replace(":schedule/default/", f":schedule/{group[0] if isinstance(group, list) else group}/")
        if service == "ses":
            source = parse_qs(body.decode(errors="replace")).get("Source", [""])[0]
            return f"arn:aws:ses:{':'.join(where)}:identity/{source}"
        return arn

    return extract_named


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
