"""For every role of the template, calls of boto3 clients that it is there for: as few as use all of its grants."""

from typing import Any

Call = tuple[str, str, dict[str, Any]]
"""Service, method, arguments."""

ARN = "arn:aws:{}:eu-west-1:000000000000:{}"
QUEUES = "http://sqs.local/000000000000/"
RELAYS = [f"RelayQueue{number}.fifo" for number in range(4)]


def key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "x"}}


def get(table: str, *keys: str) -> list[Call]:
    return [("dynamodb", "get_item", {"TableName": table, "Key": key(pk)}) for pk in keys]


def put(table: str, *keys: str) -> list[Call]:
    return [("dynamodb", "put_item", {"TableName": table, "Item": key(pk)}) for pk in keys]


def update(table: str, *keys: str) -> list[Call]:
    return [("dynamodb", "update_item", {"TableName": table, "Key": key(pk)}) for pk in keys]


def delete(table: str, *keys: str) -> list[Call]:
    return [("dynamodb", "delete_item", {"TableName": table, "Key": key(pk)}) for pk in keys]


def query(table: str, *keys: str) -> list[Call]:
    condition = {"TableName": table, "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)"}
    return [
        ("dynamodb", "query", {**condition, "ExpressionAttributeValues": {":pk": {"S": pk}, ":prefix": {"S": "x"}}})
        for pk in keys
    ]


def get_many(table: str, *keys: str) -> list[Call]:
    return [("dynamodb", "batch_get_item", {"RequestItems": {table: {"Keys": [key(pk) for pk in keys]}}})]


def transact(table: str, **keys: str) -> list[Call]:
    """`Put="VOTER#1"`, and so on."""
    items = [{kind: {"TableName": table, "Item" if kind == "Put" else "Key": key(pk)}} for kind, pk in keys.items()]
    return [("dynamodb", "transact_write_items", {"TransactItems": items})]


def objects(method: str, *keys: str) -> list[Call]:
    return [("s3", method, {"Bucket": "Bucket", "Key": name}) for name in keys]


def listing(*prefixes: str) -> list[Call]:
    """Some list; for the others this right makes a missing object a 404 instead of a 403."""
    return [("s3", "list_objects_v2", {"Bucket": "Bucket", "Prefix": prefix}) for prefix in prefixes]


def decrypt(purpose: str) -> list[Call]:
    context = {"purpose": purpose, "election": "e"}
    return [("kms", "decrypt", {"KeyId": ARN.format("kms", "key/Key"), "EncryptionContext": context})]


def secret(*names: str) -> list[Call]:
    arns = [ARN.format("secretsmanager", f"secret:{name}") for name in names]
    return [("secretsmanager", "get_secret_value", {"SecretId": arn}) for arn in arns]


def send(*queues: str) -> list[Call]:
    return [("sqs", "send_message", {"QueueUrl": QUEUES + queue}) for queue in queues]


def consume(*queues: str) -> list[Call]:
    """What the code itself does with messages; the rest is the event source's."""
    return [("sqs", "change_message_visibility_batch", {"QueueUrl": QUEUES + queue}) for queue in queues]


def start(*machines: str) -> list[Call]:
    arns = [ARN.format("states", f"stateMachine:{name}") for name in machines]
    return [("stepfunctions", "start_execution", {"stateMachineArn": arn}) for arn in arns]


def describe(*machines: str) -> list[Call]:
    arns = [ARN.format("states", f"execution:{name}:e-1") for name in machines]
    return [("stepfunctions", "describe_execution", {"executionArn": arn}) for arn in arns]


def invoke(*functions: str) -> list[Call]:
    return [("lambda", "invoke", {"FunctionName": ARN.format("lambda", f"function:{name}")}) for name in functions]


def schedule(name: str = "close-e", role: str = "SchedulerRole", group: str = "Schedules") -> list[Call]:
    target = {"Arn": "x", "RoleArn": f"arn:aws:iam::000000000000:role/{role}"}
    return [("scheduler", "create_schedule", {"Name": name, "GroupName": group, "Target": target})]


def make_key(**context: str) -> list[Call]:
    arguments = {"KeyId": ARN.format("kms", "key/Key"), "EncryptionContext": context}
    return [("kms", "generate_data_key_pair_without_plaintext", arguments)]


def mail(source: str = "ballots@example.org", configuration: str = "MailConfiguration") -> list[Call]:
    return [("ses", "send_raw_email", {"Source": source, "ConfigurationSetName": configuration})]


NEEDED: dict[str, list[Call]] = {
    "OrganiseRole": [
        *get("Roll", "ORGANISER#o"),
        *get_many("Roll", "VOTER#v", "VOTER#w"),
        *query("Roll", "ELECTION#e", "TRUSTEES#e"),
        *transact("Roll", ConditionCheck="ELECTION#e", Put="VOTER#v", Update="ORGANISER#o", Delete="DUE"),
        *put("Roll", "IDEMPOTENCY#organise", "JOBS", "MILESTONES"),
        *get("Board", "STATE#e", "RESULT#e"),
        *query("Board", "OPENING#e"),
        *get_many("Board", "RESULT#e", "RESULT#f"),
        *get_many("Board", "STATE#e", "STATE#f"),
        *put("Board", "MANIFEST#e", "STATE#e"),
        *put("Channels", "CHANNEL#election-e", "CHANNELS#3", "PORTS#none"),
        *update("Channels", "CHANNEL#election-e", "SESSIONS#o"),
        *get("Channels", "SESSIONS#o"),
        *get_many("Channels", "SESSIONS#o"),
        *put("Channels", "SESSIONS#o"),
        *objects("get_object", "imports/e/j/0", "runs/e/j/0"),
        *objects("put_object", "imports/e/j/0", "runs/e/j/0"),
        *objects("delete_object", "imports/e/j/0", "runs/e/j/0"),
        *listing("imports/e/", "runs/e/", "pictures/"),
        *objects("get_object", "pictures/0.png"),
        *objects("put_object", "pictures/0.png"),
        *make_key(purpose="issuer", election="e"),
        *secret("SessionSecret", "RollSecret"),
        *send("SequenceQueue.fifo", "MailQueue", "JobsQueue"),
        *start("CloseMachine"),
        *describe("CloseMachine"),
        *schedule(),
    ],
    "JobsRole": [
        *get("Roll", "ORGANISER#o"),
        *get_many("Roll", "VOTER#v"),
        *query("Roll", "VOTER#v", "TRUSTEES#e"),
        *transact("Roll", ConditionCheck="ELECTION#e", Put="VOTER#v", Update="ELECTION#e", Delete="VOTER#v"),
        *update("Roll", "JOBS"),
        *objects("get_object", "imports/e/j/0", "runs/e/j/0"),
        *objects("put_object", "runs/e/j/0"),
        *objects("delete_object", "imports/e/j/0", "runs/e/j/0"),
        *listing("imports/e/j/", "runs/e/j/"),
        *secret("RollSecret"),
        *send("MailQueue", "JobsQueue"),
        *consume("JobsQueue"),
    ],
    "SchedulerRole": invoke("DueFunction"),
    "DueRole": [
        *query("Roll", "DUE", "JOBS", "MILESTONES", "BOUNCES"),
        *put("Roll", "DUE"),
        *transact("Roll", Put="MILESTONES", Delete="DUE"),
        *delete("Roll", "MILESTONES", "BOUNCES"),
        *update("Roll", "JOBS", "BOUNCES"),
        *start("CloseMachine"),
        *describe("CloseMachine"),
        *send("JobsQueue", "MailQueue"),
    ],
    "TrusteeRole": [
        *get("Roll", "TRUSTEES#e"),
        *query("Roll", "TRUSTEES#e"),
        *put("Roll", "TRUSTEES#e"),
        *get("Board", "MANIFEST#e", "OPENING#e"),
        *query("Board", "OPENING#e"),
        *put("Board", "OPENING#e"),
        *objects("get_object", "elections/e/end.json"),
        *listing("elections/e/"),
        *send("MailQueue"),
        ("stepfunctions", "send_task_success", {"taskToken": "t", "output": "{}"}),
    ],
    "OpeningRole": [
        *get("Board", "MANIFEST#e"),
        *query("Board", "OPENING#e"),
        *put("Board", "OPENING#e"),
        *send("MailQueue"),
        ("stepfunctions", "send_task_success", {"taskToken": "t", "output": "{}"}),
    ],
    "RegisterRole": [
        *get("Roll", "LINK#l", "VOTER#v", "ELECTION#e"),
        *update("Roll", "VOTER#v"),
        *decrypt("issuer"),
        *decrypt("issuance"),
        *secret("RollSecret"),
        *send("MailQueue"),
    ],
    "CensusRole": update("Board", "LOG#e"),
    "LedgerRole": [
        *query("Roll", "VOTER#v"),
        *get("Roll", "ELECTION#e"),
        *objects("get_object", "elections/e/issuance.csv"),
        *objects("upload_file", "elections/e/issuance.csv"),
        *listing("elections/e/"),
    ],
    "VoteRole": [
        *get("Board", "BALLOT#e#00", "LOG#e", "MANIFEST#e", "STATE#e"),
        *put("Board", "BALLOT#e#00"),
        *objects("get_object", "elections/e/tile/0/x001/234.p/5"),
        *decrypt("receipt"),
    ],
    "TallyRole": [
        *get("Board", "LOG#e", "MANIFEST#e", "STATE#e", "RESULT#e"),
        *get_many("Board", "LOG#e", "STATE#e"),
        *query("Board", "LOG#e"),
        ("s3", "generate_presigned_url", {"ClientMethod": "get_object", "Params": objects("", "elections/e/x")[0][2]}),
        *objects("get_object", "pictures/0.png"),
        *listing("elections/e/", "pictures/"),
    ],
    "WebRole": [],
    "TurnoutRole": update("Board", "LOG#e"),
    "SequencerRole": [
        *get("Board", "LOG#e", "MANIFEST#e", "STATE#e"),
        *query("Board", "LOG#e"),
        *transact("Board", Put="LOG#e"),
        *put("Board", "LOG#e"),
        *objects("get_object", "steps/e/x"),
        *objects("put_object", "steps/e/log", "elections/e/tile/0/000"),
        *listing("steps/e/"),
        *decrypt("log"),
        *consume("SequenceQueue.fifo"),
    ],
    "CountRole": [
        *get("Board", "LOG#e", "MANIFEST#e", "STATE#e", "RESULT#e"),
        *query("Board", "BALLOT#e#00", "LOG#e", "OPENING#e"),
        *put("Board", "RESULT#e"),
        *objects("get_object", "steps/e/x"),
        *objects("put_object", "elections/e/result.json"),
        *listing("steps/e/", "elections/e/"),
        *decrypt("election"),
    ],
    "CloseMachineRole": invoke("CountFunction", "SequencerFunction", "LedgerFunction", "OpeningFunction"),
    "TurnoutMachineRole": invoke("CountFunction", "SequencerFunction", "LedgerFunction"),
    "NotifyRole": [
        *get("Roll", "VOTER#v", "ELECTION#e", "ORGANISER#o", "TRUSTEES#e"),
        *query("Roll", "ELECTION#e"),
        *update("Roll", "VOTER#v", "ORGANISER#o", "TRUSTEES#e", "BOUNCES"),
        *put("Roll", "LINK#l"),
        *objects("get_object", "pictures/0.png"),
        *listing("pictures/"),
        *secret("RollSecret"),
        *mail(),
        *consume("MailQueue"),
    ],
    "FeedbackRole": update("Roll", "VOTER#v", "BOUNCES", "TRUSTEES#e"),
    "ChannelRole": [
        *get("Channels", "CHANNEL#c"),
        *get_many("Channels", "CHANNEL#c"),
        *get_many("Channels", "SESSIONS#o"),
        *query("Channels", "CHANNELS#3", "PORTS#4"),
        *transact("Channels", Put="PORTS#4", Update="CHANNEL#c"),
        *update("Channels", "CHANNELS#trial-o"),
        *objects("get_object", "archive/1d/c/0", "schemas/c/0", "exports/c/0"),
        *objects("put_object", "schemas/c/0", "exports/c/0"),
        *listing("archive/1d/", "schemas/c/", "exports/c/"),
        *secret("SessionSecret"),
        *send(*RELAYS, "ChannelJobsQueue"),
        *start("SpawnMachine", "StopMachine", "RepairMachine"),
        *describe("SpawnMachine", "StopMachine", "RepairMachine"),
    ],
    "ChannelJobsRole": [
        *get("Channels", "CHANNEL#c", "CHANNELS#past-o"),
        *query("Channels", "CHANNEL#c"),
        *update("Channels", "CHANNEL#c"),
        *transact("Channels", Delete="CHANNELS#past-o"),
        *objects("get_object", "archive/1d/c/0", "schemas/c/0"),
        *objects("put_object", "exports/c/0"),
        *objects("delete_object", "archive/1d/c/0", "exports/c/0", "dead/c/0"),
        *listing("archive/1d/", "schemas/c/", "exports/c/"),
        *consume("ChannelJobsQueue"),
    ],
    "WorkerRole": [
        *get("Channels", "CHANNEL#c"),
        *get_many("Channels", "CHANNEL#c"),
        *query("Channels", "CHANNEL#c"),
        *transact("Channels", Put="CHANNEL#c", Update="CHANNEL#c", Delete="CHANNEL#c"),
        *objects("get_object", "archive/1d/c/0", "schemas/c/0"),
        *objects("put_object", "archive/1d/c/0"),
        *objects("delete_object", "archive/1d/c/0"),
        *listing("schemas/c/", "archive/1d/c/"),
        *consume(*RELAYS),
        *send(*RELAYS),
        ("stepfunctions", "send_task_success", {"taskToken": "t", "output": "{}"}),
    ],
    "StarterRole": [*get("Channels", "CHANNEL#c"), *start("SpawnMachine", "StopMachine", "RepairMachine")],
    "DeadLettersRole": [
        *get("Channels", "CHANNEL#c"),
        *get_many("Channels", "CHANNEL#c"),
        *query("Channels", "CHANNEL#c"),
        *transact("Channels", Put="CHANNEL#c", Update="CHANNELS#3", Delete="CHANNEL#c"),
        *objects("get_object", "archive/1d/c/0", "schemas/c/0", "dead/c/0"),
        *objects("put_object", "archive/1d/c/0", "dead/c/0"),
        *objects("delete_object", "archive/1d/c/0"),
        *listing("schemas/c/", "dead/c/", "archive/1d/c/"),
        *consume("RelayDeadLetters.fifo"),
        *send(*RELAYS),
        *start("RepairMachine"),
    ],
    "StepsRole": [
        *get("Channels", "CHANNEL#c"),
        *get_many("Channels", "CHANNEL#c"),
        *query("Channels", "CHANNEL#c"),
        *transact("Channels", Put="CHANNEL#c", Update="CHANNEL#c", Delete="CHANNEL#c"),
        *objects("get_object", "archive/1d/c/0", "schemas/c/0", "dead/c/0"),
        *objects("put_object", "archive/1d/c/0"),
        *objects("delete_object", "archive/1d/c/0"),
        *listing("schemas/c/", "dead/c/", "archive/1d/c/"),
        *send(*RELAYS),
    ],
    "AnnouncerRole": [
        *get("Channels", "CHANNEL#election-e"),
        *put("Channels", "CHANNEL#election-e"),
        *update("Channels", "CHANNEL#election-e"),
        *objects("get_object", "elections/e/result.json"),
        *start("TurnoutMachine"),
        *send(*RELAYS),
    ],
    "SpawnMachineRole": [
        *transact("Channels", ConditionCheck="CHANNEL#c", Update="CHANNELS#3", Delete="CHANNEL#c"),
        *send(*RELAYS),
    ],
    "StopMachineRole": [
        *get("Channels", "CHANNEL#c"),
        *transact("Channels", Update="CHANNELS#3", Delete="PORTS#4"),
        *send(*RELAYS),
        *invoke("StepsFunction"),
    ],
    "RepairMachineRole": [
        *get("Channels", "CHANNEL#c"),
        *transact("Channels", ConditionCheck="CHANNEL#c", Update="CHANNELS#3"),
        *send(*RELAYS),
        *invoke("StepsFunction"),
    ],
}
