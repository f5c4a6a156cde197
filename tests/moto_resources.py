"""The resources of a deployment, made in moto itself: by its API they would take longer than most tests."""

import json
from urllib.parse import urlparse

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.models import stepfunctions_backends

KEYS = (("pk", "HASH"), ("sk", "RANGE"))
DEFINITION = {"StartAt": "Close", "States": {"Close": {"Type": "Succeed"}}}
ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/close"


class MotoResources:
    """Each method returns what a function's environment names the resource by."""

    def __init__(self, region: str) -> None:
        self._region = region

    def table(self, name: str) -> str:
        dynamodb_backends[DEFAULT_ACCOUNT_ID][self._region].create_table(
            name,
            schema=[{"AttributeName": key, "KeyType": kind} for key, kind in KEYS],
            throughput=None,
            attr=[{"AttributeName": key, "AttributeType": "S"} for key, _ in KEYS],
            global_indexes=[],
            indexes=[],
            streams=None,
            billing_mode="PAY_PER_REQUEST",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )
        return name

    def bucket(self, name: str) -> str:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(name, self._region)
        return name

    def secret(self, name: str, value: str) -> str:
        answer = secretsmanager_backends[DEFAULT_ACCOUNT_ID][self._region].create_secret(
            name=name,
            secret_string=value,
            secret_binary=None,
            description=None,
            tags=None,
            kms_key_id=None,
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        arn: str = json.loads(answer)["ARN"]
        return arn

    def queue(self, name: str, **attributes: str) -> str:
        made = sqs_backends[DEFAULT_ACCOUNT_ID][self._region].create_queue(name, **attributes)
        return str(made.url(urlparse(f"https://sqs.{self._region}.amazonaws.com/")))

    def machine(self, name: str) -> str:
        machines = stepfunctions_backends[DEFAULT_ACCOUNT_ID][self._region]
        return str(machines.create_state_machine(name, json.dumps(DEFINITION), ROLE).arn)
