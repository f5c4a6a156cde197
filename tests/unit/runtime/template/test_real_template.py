"""The project's template as `make run` deploys it."""

from collections import Counter
from pathlib import Path

import pytest

from ballotcast_tools.runtime.template.deployment import (
    Deployment,
    Queue,
    QueueSource,
    Route,
    ScheduleSource,
    Secret,
    StreamSource,
    Table,
    Throttle,
)
from ballotcast_tools.runtime.template.errors import TemplateError
from ballotcast_tools.runtime.template.reading import read_deployment
from checkout import ROOT
from granted_calls import ARN, QUEUES, RELAYS

LOCAL = {"Environment": "local"}


def test_everything_is_there(deployment: Deployment) -> None:
    assert len(deployment.functions) == 23
    assert len({function.role.name for function in deployment.functions.values()}) == 23
    assert len(deployment.routes) == 158
    assert set(deployment.tables) == {"Roll", "Board", "Channels"}
    assert len(deployment.queues) == 14
    assert set(deployment.machines) == {
        *("CloseMachine", "TurnoutMachine", "SpawnMachine", "StopMachine", "RepairMachine"),
    }


def test_every_handler_is_a_file_of_the_checkout(deployment: Deployment) -> None:
    for function in deployment.functions.values():
        module = function.handler.rpartition(".")[0].replace(".", "/")
        assert (ROOT / "functions" / f"{module}.py").is_file(), function.id


def test_routes(deployment: Deployment) -> None:
    per_function = Counter(route.function.removesuffix("Function") for route in deployment.routes)
    identified = {"Organise": 45, "Register": 6, "Trustee": 7}
    assert per_function == {**identified, "Vote": 5, "Tally": 14, "Web": 45, "Channel": 36}
    assert Route("POST", "/elections/{id}/ballots", "VoteFunction") in deployment.routes
    assert Route("ANY", "/elections/{id}/log/tile/{path+}", "TallyFunction") in deployment.routes
    assert Route("PATCH", "/elections/{id}", "OrganiseFunction") in deployment.routes
    assert Route("ANY", "/{proxy+}", "WebFunction") in deployment.routes


def test_streams_and_who_reads_them(deployment: Deployment) -> None:
    streams = {
        function.id: source
        for function in deployment.functions.values()
        for source in function.sources
        if isinstance(source, StreamSource)
    }
    assert {name: source.table for name, source in streams.items()} == {
        "CensusFunction": "Roll",
        "TurnoutFunction": "Board",
        "AnnouncerFunction": "Board",
        "StarterFunction": "Channels",
    }
    assert streams["TurnoutFunction"] == StreamSource(
        name="TurnoutFunctionCast",
        table="Board",
        batch_size=500,
        window_seconds=1,
        bisect=True,
        retries=10,
        on_failure="StreamDeadLetters",
        patterns=({"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "BALLOT#"}]}}}},),
    )
    assert streams["CensusFunction"].patterns[0]["eventName"] == ["MODIFY"]
    assert streams["StarterFunction"].window_seconds == 0


def test_queues_and_who_consumes_them(deployment: Deployment) -> None:
    consumed = [
        (function.id, source)
        for function in deployment.functions.values()
        for source in function.sources
        if isinstance(source, QueueSource)
    ]
    assert {(name, source.queue) for name, source in consumed} == {
        ("JobsFunction", "JobsQueue"),
        ("ChannelJobsFunction", "ChannelJobsQueue"),
        ("SequencerFunction", "SequenceQueue.fifo"),
        ("NotifyFunction", "MailQueue"),
        ("DeadLettersFunction", "RelayDeadLetters.fifo"),
        *(("WorkerFunction", queue) for queue in RELAYS),
    }
    assert dict(consumed)["NotifyFunction"] == QueueSource("NotifyFunctionMails", "MailQueue", 10, True, 5)
    assert dict(consumed)["JobsFunction"] == QueueSource("JobsFunctionJobs", "JobsQueue", 1, True, None)


def test_the_clock_calls_one_function(deployment: Deployment) -> None:
    assert deployment.functions["DueFunction"].sources == (ScheduleSource("DueFunctionEveryMinute", 60),)


def test_queues(deployment: Deployment) -> None:
    assert deployment.queues["SequenceQueue.fifo"] == Queue(
        name="SequenceQueue.fifo",
        url=QUEUES + "SequenceQueue.fifo",
        arn=ARN.format("sqs", "SequenceQueue.fifo"),
        fifo=True,
        visibility_timeout=150,
        retention=1209600,
        dead_letters="SequenceDeadLetters.fifo",
        max_receives=20,
        deduplicates_per_group=True,
    )
    letters = deployment.queues["MailDeadLetters"]
    assert (letters.fifo, letters.visibility_timeout, letters.dead_letters, letters.max_receives) == (
        *(False, 30),
        *(None, None),
    )
    assert deployment.queues["MailQueue"].retention == 4 * 86400
    assert not deployment.queues["RelayDeadLetters.fifo"].deduplicates_per_group


def test_what_is_kept(deployment: Deployment) -> None:
    arn = ARN.format("dynamodb", "table/Roll")
    stream = f"{arn}/stream/2000-01-01T00:00:00.000"
    assert deployment.tables["Roll"] == Table("Roll", arn, stream, "NEW_AND_OLD_IMAGES", "expiration")
    assert deployment.tables["Board"].stream_view == "NEW_AND_OLD_IMAGES"
    assert deployment.tables["Board"].expires_by is None
    assert deployment.key_arn == ARN.format("kms", "key/Key")
    session = ARN.format("secretsmanager", "secret:SessionSecret")
    assert deployment.secrets[session] == Secret("SessionSecret", session, 64, punctuation=False)
    assert len(deployment.secrets) == 2
    assert deployment.bucket.name == "Bucket"
    assert len(deployment.bucket.expirations) == 10
    assert ("imports/", 1) in deployment.bucket.expirations


def test_the_api(deployment: Deployment) -> None:
    api = deployment.api
    assert (api.stage, api.compress_from) == ("v1", 1000)
    assert "application/zip" in api.binary_types
    assert api.throttles[0] == Throttle("*", "/*", 2000.0, 1000)
    assert Throttle("POST", "/links/otp", 200.0, 200) in api.throttles
    assert Throttle("GET", "/channels/{name}/follow", 2.0, 5) in api.throttles
    assert len(api.throttles) == 8
    assert len(api.responses) == 6
    busy = api.responses["THROTTLED"]
    assert (busy.status, busy.headers["Retry-After"], busy.headers["Content-Type"]) == (
        *(503, "1"),
        "application/problem+json",
    )
    assert '"instance":"$context.path"' in busy.body_template
    assert api.responses["MISSING_AUTHENTICATION_TOKEN"].status == 404


def test_machines_have_the_templates_values(deployment: Deployment) -> None:
    close = deployment.machines["CloseMachine"]
    assert (close.arn, close.role.name) == (ARN.format("states", "stateMachine:CloseMachine"), "CloseMachineRole")
    assert close.definition["States"]["Grace"]["Seconds"] == 30
    assert close.definition["States"]["Ledger"]["Resource"] == ARN.format("lambda", "function:LedgerFunction")
    drain = deployment.machines["StopMachine"].definition["States"]["Drain"]
    assert drain["TimeoutSeconds"] == 900
    assert f"'{QUEUES}RelayQueue3.fifo'" in drain["Parameters"]["QueueUrl.$"]


def test_environments(deployment: Deployment) -> None:
    environment = deployment.functions["ChannelFunction"].environment
    assert environment["ENVIRONMENT"] == "local"
    assert environment["CHANNELS_TABLE"] == "Channels"
    assert environment["RELAY_QUEUES"] == ",".join(QUEUES + queue for queue in RELAYS)
    machines = {"registering": "SpawnMachine", "stopping": "StopMachine", "repairing": "RepairMachine"}
    assert environment["RELAY_MACHINES"] == ",".join(
        f"{status}={ARN.format('states', f'stateMachine:{name}')}" for status, name in machines.items()
    )
    organise = deployment.functions["OrganiseFunction"].environment
    assert organise["SCHEDULER_ROLE"] == "arn:aws:iam::000000000000:role/SchedulerRole"
    assert organise["DUE_FUNCTION"] == ARN.format("lambda", "function:DueFunction")
    assert organise["KMS_KEY"] == deployment.key_arn
    assert organise["ISSUER_BITS"] == "2048"
    assert deployment.functions["NotifyFunction"].environment["MAIL_CONFIGURATION"] == "MailConfiguration"


def test_limits(deployment: Deployment) -> None:
    vote, web = deployment.functions["VoteFunction"], deployment.functions["WebFunction"]
    assert (vote.handler, vote.timeout, vote.memory) == ("vote.app.handler", 10, 1024)
    assert (web.timeout, web.memory) == (30, 512)  # what Globals says


def test_subscribers_and_outputs(deployment: Deployment) -> None:
    assert deployment.topic_subscribers == {ARN.format("sns", "Feedback"): ("FeedbackFunction",)}
    assert deployment.outputs["RollTable"] == "Roll"
    assert deployment.outputs["CloseMachine"] == deployment.machines["CloseMachine"].arn
    assert "ApiUrl" not in deployment.outputs
    assert len(deployment.outputs) == 10
    assert deployment.mail_identity == "example.org"


def test_a_variable_is_overridden_in_the_functions_that_have_it() -> None:
    address = {"PUBLIC_URL": "https://vote.club.example"}
    functions = read_deployment(ROOT / "template.yaml", LOCAL, address).functions
    having = {name for name, function in functions.items() if "PUBLIC_URL" in function.environment}
    assert having == {"OrganiseFunction", "WebFunction", "ChannelFunction"}
    assert {functions[name].environment["PUBLIC_URL"] for name in having} == {"https://vote.club.example"}


def test_a_variable_that_no_function_has_cannot_be_overridden() -> None:
    with pytest.raises(TemplateError, match="variable PUBLIC_ULR: no function has it"):
        read_deployment(ROOT / "template.yaml", LOCAL, {"PUBLIC_ULR": "https://vote.club.example"})


def test_another_environment_has_other_values() -> None:
    emulated = read_deployment(ROOT / "template.yaml", {"Environment": "localstack"}, {})
    assert emulated.functions["NotifyFunction"].environment["MAIL_CONFIGURATION"] == ""


def test_a_file_that_is_not_a_template(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text("- x")
    with pytest.raises(TemplateError, match=r"template\.yaml: is not a mapping"):
        read_deployment(file, {}, {})
    file.write_text("a: [")
    with pytest.raises(TemplateError, match=r"template\.yaml: while parsing"):
        read_deployment(file, {}, {})
