"""Where ministack answers otherwise than AWS, our patches make it answer alike: each of them, on the running thing."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import boto3
import httpx2
import pytest

from ballotcast_cli.stack.deploy import REGION, ROOT_KEY, reachable
from ballotcast_cli.stack.process import StackError, wait_for
from ballotcast_cli.stack.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.only_on("local")]
DENIED = {"error": "AccessDeniedException"}


class Deployed:
    """The template beside this file, deployed; and one function in it that calls AWS with a role that may do little."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._session = boto3.Session(ROOT_KEY, ROOT_KEY, region_name=REGION)
        self._put_layer()
        formation = self.client("cloudformation")
        template = Path(__file__).with_name("template.yaml").read_text()
        formation.create_stack(
            StackName="probe", TemplateBody=template, Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
        )
        formation.get_waiter("stack_create_complete").wait(StackName="probe", WaiterConfig={"Delay": 1})
        outputs = formation.describe_stacks(StackName="probe")["Stacks"][0]["Outputs"]
        self.names = {one["OutputKey"]: one["OutputValue"] for one in outputs}

    def client(self, service: str) -> Any:
        """boto3's client, as root."""
        make: Any = self._session.client
        return make(service, endpoint_url=self.stack.endpoint)

    def invoke(self, event: dict[str, Any], function: str = "Caller") -> Any:
        """The function's answer."""
        answer = self.client("lambda").invoke(FunctionName=self.names[function], Payload=json.dumps(event))
        return json.load(answer["Payload"])

    def call(self, service: str, method: str, **arguments: Any) -> Any:
        """What AWS answers the function: its strings, or {"error": code}."""
        return self.invoke({"service": service, "method": method, "arguments": arguments})

    def _put_layer(self) -> None:
        layer = io.BytesIO()
        with zipfile.ZipFile(layer, "w") as zipped:
            zipped.writestr("python/of_the_layer.py", "")
        self.client("s3").create_bucket(Bucket="layers", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client("s3").put_object(Bucket="layers", Key="layer.zip", Body=layer.getvalue())


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, free_port: int) -> Iterator[Deployed]:
    stack = Stack(tmp_path_factory.mktemp("emulator"), free_port)
    stack.start()
    try:
        yield Deployed(stack)
    finally:
        stack.stop()


def test_errors_have_the_exceptions_name_and_leave_the_worker_alive(deployed: Deployed) -> None:
    before = deployed.invoke({})
    error = deployed.invoke({"raise": "told to"})

    assert (error["errorType"], error["errorMessage"]) == ("Refused", "told to")
    assert deployed.invoke({}) == before


def test_a_silent_call_does_not_wait_for_a_log(deployed: Deployed) -> None:
    def seconds() -> float:
        start = perf_counter()
        deployed.invoke({"silent": True})
        return perf_counter() - start

    assert min(seconds() for _ in range(20)) < 0.045  # ministack waits 0.05 for a first line


def test_a_state_machine_catches_by_that_name(deployed: Deployed) -> None:
    states = deployed.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=deployed.names["Machine"])["executionArn"]

    assert wait_for(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", 20)
    assert states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"


def test_a_function_finds_its_layer_and_nothing_of_the_emulator(deployed: Deployed) -> None:
    assert deployed.invoke({"names": ["of_the_layer", "json", "ministack", "yaml"]}, "Layered") == [
        "of_the_layer",
        "json",
    ]


def test_a_layer_is_unpacked_once(deployed: Deployed) -> None:
    deployed.invoke({"names": []}, "Layered")

    unpacked = list((deployed.stack.directory / "tmp").rglob("of_the_layer.py"))
    assert len(unpacked) == 1
    assert unpacked[0].parts[-4].startswith("layers-")


def test_the_log_shows_what_functions_write_and_raise(deployed: Deployed) -> None:
    deployed.invoke({"raise": "told to, again"})

    def shown() -> bool:
        log = deployed.stack.log.read_text()
        return "Caller INFO:root:called" in log and "Refused: told to, again" in log

    assert wait_for(shown, 5)


def test_the_gateway_tells_nothing_of_what_a_function_raised(deployed: Deployed) -> None:
    answer = httpx2.get(reachable(deployed.names["ApiUrl"], deployed.stack.endpoint) + "/call", trust_env=False)

    assert answer.status_code == 502
    assert answer.json() == {"message": "Internal server error"}


def test_gateway_responses_are_those_of_the_template(deployed: Deployed) -> None:
    answer = httpx2.get(reachable(deployed.names["ApiUrl"], deployed.stack.endpoint) + "/other", trust_env=False)

    assert (answer.status_code, answer.json()) == (404, {"title": "Not Found", "instance": "/v1/other"})
    assert answer.headers["retry-after"] == "1"


def test_a_secret_is_referred_to_by_arn_and_has_no_punctuation(deployed: Deployed) -> None:
    assert deployed.names["Secret"].startswith("arn:aws:secretsmanager:")
    answer = deployed.call("secretsmanager", "get_secret_value", SecretId=deployed.names["Secret"])

    assert len(answer["SecretString"]) == 64
    assert answer["SecretString"].isalnum()


@pytest.mark.parametrize(
    ("method", "arguments", "allowed"),
    [
        ("put_item", {"Item": {"pk": {"S": "BALLOT#1"}}}, True),
        ("put_item", {"Item": {"pk": {"S": "MANIFEST#1"}}}, False),
        ("get_item", {"Key": {"pk": {"S": "BALLOT#1"}}}, True),
        ("get_item", {"Key": {"pk": {"S": "MANIFEST#1"}}}, False),
        (
            "query",
            {"KeyConditionExpression": "pk = :k", "ExpressionAttributeValues": {":k": {"S": "BALLOT#1"}}},
            True,
        ),
        (
            "query",
            {"KeyConditionExpression": "pk = :k", "ExpressionAttributeValues": {":k": {"S": "STATE#1"}}},
            False,
        ),
        ("scan", {}, False),
    ],
)
def test_leading_keys_decide(deployed: Deployed, method: str, arguments: dict[str, Any], *, allowed: bool) -> None:
    answer = deployed.call("dynamodb", method, TableName=deployed.names["Table"], **arguments)
    assert (answer == DENIED) is not allowed


@pytest.mark.parametrize(("keys", "allowed"), [(["BALLOT#1", "BALLOT#2"], True), (["BALLOT#1", "STATE#1"], False)])
def test_leading_keys_of_every_item_of_a_transaction_decide(
    deployed: Deployed, keys: list[str], *, allowed: bool
) -> None:
    puts = [{"Put": {"TableName": deployed.names["Table"], "Item": {"pk": {"S": key}}}} for key in keys]
    answer = deployed.call("dynamodb", "transact_write_items", TransactItems=puts)
    assert (answer == DENIED) is not allowed


@pytest.mark.parametrize(
    ("context", "allowed"), [({"purpose": "issuer"}, True), ({"purpose": "log"}, False), ({}, False)]
)
def test_encryption_contexts_decide(deployed: Deployed, context: dict[str, str], *, allowed: bool) -> None:
    wanted = {"KeyId": deployed.names["Key"], "KeyPairSpec": "ECC_NIST_P256", "EncryptionContext": context}
    made = deployed.client("kms").generate_data_key_pair_without_plaintext(**wanted)
    decrypting = {"KeyId": deployed.names["Key"], "EncryptionContext": context}

    answer = deployed.call("kms", "generate_data_key_pair_without_plaintext", **wanted, DryRun=False)

    assert (answer == DENIED) is not allowed
    assert deployed.client("kms").decrypt(CiphertextBlob=made["PrivateKeyCiphertextBlob"], **decrypting)["Plaintext"]


def test_a_batch_of_messages_needs_the_right_to_send_one(deployed: Deployed) -> None:
    queue, entries = deployed.names["Queue"], [{"Id": "1", "MessageBody": "hello"}]

    assert deployed.call("sqs", "send_message_batch", QueueUrl=queue, Entries=entries) == {}
    answer = deployed.call("sqs", "send_message_batch", QueueUrl=deployed.names["EventsQueue"], Entries=entries)
    assert "AccessDenied" in answer["error"]


@pytest.mark.parametrize(("name", "allowed"), [("close-1", True), ("other-1", False)])
def test_schedules_are_judged_in_their_group(deployed: Deployed, name: str, *, allowed: bool) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    answer = deployed.call(
        "scheduler",
        "create_schedule",
        Name=name,
        GroupName=deployed.names["Schedules"],
        ScheduleExpression=at.strftime("at(%Y-%m-%dT%H:%M:%S)"),
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": deployed.names["Machine"], "RoleArn": "arn:aws:iam::000000000000:role/any"},
    )
    assert (answer == DENIED) is not allowed


def test_a_bounce_comes_back(deployed: Deployed) -> None:
    sent = deployed.call(
        "ses",
        "send_raw_email",
        Source="board@example.org",
        Destinations=["bounce+7@simulator.amazonses.com"],
        RawMessage={"Data": "To: bounce+7@simulator.amazonses.com\n\ntext\n"},
        ConfigurationSetName=deployed.names["Mails"],
        Tags=[{"Name": "voter", "Value": "v7"}],
    )
    sqs, queue = deployed.client("sqs"), deployed.names["EventsQueue"]
    [message] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    event = json.loads(message["Body"])

    assert event["eventType"] == "Bounce"
    assert event["mail"]["messageId"] == sent["MessageId"]
    assert event["mail"]["tags"] == {"voter": ["v7"]}


def test_a_second_stack_in_the_same_folder_is_refused_and_the_first_goes_on(deployed: Deployed) -> None:
    with pytest.raises(StackError, match="running already"):
        Stack(deployed.stack.directory, deployed.stack.port + 1).start()
    assert deployed.invoke({}) > 0
