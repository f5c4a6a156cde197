"""Roles of the template: each allows what its function does, has no grant beyond that, and refuses the rest."""

from collections.abc import Iterator
from typing import Any

import pytest

import granted_calls as calls
from ballotcast_tools.runtime.template.deployment import Deployment, QueueSource, StreamSource
from ballotcast_tools.runtime.template.reading import read_deployment
from ballotcast_tools.runtime.template.requests import Right, asked
from ballotcast_tools.runtime.template.roles import Role
from checkout import ROOT
from granted_calls import NEEDED, Call

Statement = dict[str, Any]
_NOT_CALLED = {"logs:CreateLogStream", "logs:PutLogEvents", "s3:AbortMultipartUpload"}
"""What Lambda does with logs, and boto3 when a large upload fails."""


def role(deployment: Deployment, name: str) -> Role:
    return deployment.roles[f"arn:aws:iam::000000000000:role/{name}"]


def allows(role: Role, service: str, method: str, arguments: dict[str, Any]) -> bool:
    return all(role.allows(*right) for right in asked(service, method, arguments))


def of_sources(deployment: Deployment, name: str) -> Iterator[Right]:
    """What Lambda does with the function's role."""
    for function in deployment.functions.values():
        for source in function.sources if function.role.name == name else ():
            if isinstance(source, QueueSource):
                for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
                    yield action, deployment.queues[source.queue].arn, {}
            if isinstance(source, StreamSource):
                for action in ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"):
                    yield action, deployment.tables[source.table].stream_arn, {}
                assert source.on_failure
                yield "sqs:SendMessage", deployment.queues[source.on_failure].arn, {}


def needed_rights(deployment: Deployment, name: str) -> list[Right]:
    return [right for call in NEEDED[name] for right in asked(*call)] + [*of_sources(deployment, name)]


def without_each(values: Any) -> Iterator[tuple[str, list[str]]]:
    """Every value of a list, or the only one, with the others."""
    listed = values if isinstance(values, list) else [values]
    return ((one, [other for other in listed if other != one]) for one in listed)


def narrowed(statement: Statement) -> Iterator[tuple[str, Statement | None]]:
    """The statement without one of its actions, resources or condition values; None if nothing is left of it."""
    for element in ("Action", "Resource"):
        for one, others in without_each(statement.get(element, [])):
            yield one, {**statement, element: others} if others else None
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items() if operator != "Null" else ():
            for one, others in without_each(values):
                condition = {**statement["Condition"], operator: {**keys, key: others}}
                yield f"{key} {one}", {**statement, "Condition": condition} if others else None


@pytest.mark.parametrize("name", NEEDED)
def test_a_role_allows_what_its_function_does(deployment: Deployment, name: str) -> None:
    ours = role(deployment, name)
    assert not [right for right in needed_rights(deployment, name) if not ours.allows(*right)]


@pytest.mark.parametrize("name", NEEDED)
def test_no_part_of_a_grant_could_be_left_out(deployment: Deployment, name: str) -> None:
    """So a grant that is missing in the template fails the test above."""
    ours, rights = role(deployment, name), needed_rights(deployment, name)
    superfluous = []
    for at, statement in enumerate(ours.statements):
        for part, rest in narrowed(dict(statement)):
            others = [*ours.statements[:at], *([rest] if rest else []), *ours.statements[at + 1 :]]
            narrower = Role(name, others)
            if all(narrower.allows(*right) for right in rights):
                superfluous.append((at, part))
    logs = "arn:aws:logs:"
    assert not [one for one in superfluous if one[1] not in _NOT_CALLED and not one[1].startswith(logs)]


def test_every_role_is_spoken_of(deployment: Deployment) -> None:
    assert {ours.name for ours in deployment.roles.values()} == set(NEEDED)


def test_a_table_is_open_to_nobody_but_by_key(deployment: Deployment) -> None:
    """Whatever may be done with some key may not be done with another one, nor with none."""
    asked_of = 0
    for ours in deployment.roles.values():
        for right in [right for call in NEEDED[ours.name] for right in asked(*call)]:
            action, resource, _ = right
            if ":table/" in resource:
                asked_of += 1
                assert not ours.allows(action, resource, {})
                assert not ours.allows(action, resource, {"dynamodb:LeadingKeys": ()})
                assert not ours.allows(action, resource, {"dynamodb:LeadingKeys": ("OTHER#1",)})
    assert asked_of > 80


def test_the_bucket_and_the_key_are_open_to_nobody_at_large(deployment: Deployment) -> None:
    anywhere = [*calls.objects("get_object", "x"), *calls.objects("put_object", "x"), *calls.listing("")]
    anywhere += [("s3", "list_objects_v2", {"Bucket": "Bucket"}), *calls.decrypt("x"), *calls.make_key()]
    anywhere += [("kms", "decrypt", {"KeyId": deployment.key_arn})]
    for ours in deployment.roles.values():
        assert not [call for call in anywhere if allows(ours, *call)], ours.name


REFUSED: list[tuple[str, list[Call]]] = [
    ("VoteRole", calls.get("Roll", "VOTER#v", "BALLOT#e#00")),
    ("VoteRole", calls.put("Board", "MANIFEST#e", "STATE#e", "LOG#e")),
    ("VoteRole", calls.update("Board", "BALLOT#e#00")),
    ("VoteRole", calls.delete("Board", "BALLOT#e#00")),
    ("VoteRole", calls.query("Board", "BALLOT#e#00", "LOG#e")),
    ("VoteRole", calls.objects("get_object", "elections/e/tile/entries/000", "elections/e/export.zip", "steps/e/log")),
    ("VoteRole", calls.objects("put_object", "elections/e/tile/0/000")),
    ("VoteRole", [("dynamodb", "scan", {"TableName": "Board"})]),
    ("VoteRole", [call for purpose in ("issuer", "election", "log") for call in calls.decrypt(purpose)]),
    ("VoteRole", calls.secret("RollSecret", "SessionSecret")),
    ("RegisterRole", [call for purpose in ("receipt", "election", "log") for call in calls.decrypt(purpose)]),
    ("RegisterRole", calls.get("Board", "BALLOT#e#00", "MANIFEST#e")),
    ("RegisterRole", calls.update("Roll", "ELECTION#e", "LINK#l")),
    ("RegisterRole", calls.query("Roll", "VOTER#v")),
    ("RegisterRole", calls.send("SequenceQueue.fifo", "JobsQueue")),
    ("TallyRole", calls.get("Board", "BALLOT#e#00")),
    ("TallyRole", calls.get_many("Board", "LOG#e", "BALLOT#e#00")),
    ("TallyRole", calls.put("Board", "RESULT#e")),
    ("TallyRole", calls.objects("get_object", "steps/e/x", "imports/e/j/0")),
    ("TallyRole", calls.objects("put_object", "elections/e/result.json")),
    ("OrganiseRole", calls.get("Board", "BALLOT#e#00", "LOG#e")),
    ("OrganiseRole", calls.put("Channels", "CHANNEL#c", "PORTS#4")),
    ("OrganiseRole", calls.decrypt("issuer")),
    ("OrganiseRole", [*calls.make_key(purpose="issuer"), *calls.make_key(election="e")]),
    ("OrganiseRole", calls.transact("Roll", Put="VOTER#v", Update="LINK#l")),
    ("OrganiseRole", [*calls.transact("Board", Delete="MANIFEST#e"), *calls.put("Roll", "IDEMPOTENCY#other")]),
    ("OrganiseRole", calls.schedule(role="OrganiseRole")),
    ("OrganiseRole", [*calls.schedule(name="other"), *calls.schedule(group="default")]),
    ("OrganiseRole", [*calls.start("SpawnMachine"), *calls.describe("SpawnMachine")]),
    ("OrganiseRole", calls.listing("elections/e/")),
    ("SequencerRole", [*calls.get("Board", "BALLOT#e#00"), *calls.put("Board", "RESULT#e", "BALLOT#e#00")]),
    ("SequencerRole", calls.transact("Board", Put="LOG#e", Update="LOG#e")),
    ("SequencerRole", calls.objects("put_object", "elections/e/result.json", "elections/e/export.zip", "steps/e/x")),
    (
        "TurnoutRole",
        [*calls.update("Board", "BALLOT#e#00"), *calls.put("Board", "LOG#e"), *calls.get("Board", "LOG#e")],
    ),
    ("CountRole", [*calls.put("Board", "LOG#e", "BALLOT#e#00"), *calls.get("Roll", "VOTER#v")]),
    ("LedgerRole", [*calls.objects("put_object", "elections/e/result.json"), *calls.get("Roll", "VOTER#v")]),
    ("CensusRole", [*calls.get("Roll", "VOTER#v"), *calls.update("Board", "BALLOT#e#00")]),
    ("NotifyRole", [*calls.mail("ballots@example.net"), *calls.mail(configuration="Other")]),
    ("NotifyRole", [("sns", "publish", {"PhoneNumber": "+4312345"})]),
    ("WorkerRole", [*calls.query("Channels", "CHANNELS#3"), *calls.send("MailQueue")]),
    ("AnnouncerRole", calls.put("Channels", "CHANNEL#c")),
    ("CloseMachineRole", calls.invoke("VoteFunction")),
    ("WebRole", [call for name in NEEDED if name != "WebRole" for call in NEEDED[name]]),
]


@pytest.mark.parametrize(("name", "refused"), REFUSED, ids=[f"{name}-{n}" for n, (name, _) in enumerate(REFUSED)])
def test_a_role_refuses(deployment: Deployment, name: str, refused: list[Call]) -> None:
    assert not [call for call in refused if allows(role(deployment, name), *call)]


def test_text_messages_go_to_telephones_only_and_only_where_they_are_sent() -> None:
    sending = read_deployment(ROOT / "template.yaml", {"Environment": "local", "SmsCountries": "+43"}, {})
    notify = role(sending, "NotifyRole")
    assert allows(notify, "sns", "publish", {"PhoneNumber": "+4312345"})
    [topic] = sending.topic_subscribers
    assert not allows(notify, "sns", "publish", {"TopicArn": topic})


def test_wrapping_by_hand_is_for_localstack(deployment: Deployment) -> None:
    wrap: Call = ("kms", "encrypt", calls.make_key(purpose="log", election="e")[0][2])
    assert not allows(role(deployment, "OrganiseRole"), *wrap)
    elsewhere = read_deployment(ROOT / "template.yaml", {"Environment": "localstack"}, {})
    assert allows(role(elsewhere, "OrganiseRole"), *wrap)
