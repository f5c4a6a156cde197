"""What the runtime does not do is an error that names resource and property, not something it passes over."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from ballotcast_tools.runtime.template.deployment import Deployment
from ballotcast_tools.runtime.template.errors import TemplateError

Deploy = Callable[..., Deployment]
QUEUE = "Resources/MailQueue/Properties"
VOTE = "Resources/VoteFunction/Properties"
CENSUS = "Resources/CensusFunction/Properties/Events/Issued/Properties"
JOBS = "Resources/JobsFunction/Properties/Events/Jobs/Properties"
RULE = "Resources/Bucket/Properties/LifecycleConfiguration/Rules/0"
NAMED = r"this property is not supported"


def test_the_copy_is_read_as_the_template_is(deploy: Deploy, deployment: Deployment) -> None:
    copied = deploy()
    assert copied.routes == deployment.routes
    assert copied.machines.keys() == deployment.machines.keys()
    assert copied.functions["VoteFunction"].environment == deployment.functions["VoteFunction"].environment


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        # properties
        (f"{QUEUE}/DelaySeconds", 5, rf"MailQueue\.DelaySeconds: {NAMED}"),
        (f"{QUEUE}/QueueName", "mails", rf"MailQueue\.QueueName: {NAMED}"),
        (f"{QUEUE}/RedrivePolicy/other", 1, rf"MailQueue\.RedrivePolicy\.other: {NAMED}"),
        (f"{QUEUE}/RedrivePolicy/maxReceiveCount", "many", r"maxReceiveCount: 'many' is not a whole number"),
        (f"{QUEUE}/RedrivePolicy/maxReceiveCount", ..., r"maxReceiveCount: is missing"),
        (f"{QUEUE}/DeduplicationScope", "queue", r"MailQueue\.DeduplicationScope: is for FIFO queues"),
        (f"{QUEUE}/FifoQueue", "perhaps", r"MailQueue\.FifoQueue: 'perhaps' is neither"),
        (f"{QUEUE}/RedrivePolicy/deadLetterTargetArn", "arn:aws:sns:x", r"is not the ARN of a queue"),
        (
            f"{QUEUE}/RedrivePolicy/deadLetterTargetArn",
            {"Fn::GetAtt": ["RelayDeadLetters", "Arn"]},
            r"MailQueue\.RedrivePolicy: needs a queue of this template and of the same kind",
        ),
        ("Resources/Roll/Properties/GlobalSecondaryIndexes", [], rf"Roll\.GlobalSecondaryIndexes: {NAMED}"),
        ("Resources/Roll/Properties/KeySchema", [], r"Roll\.KeySchema: must be of two strings"),
        ("Resources/Roll/Properties/StreamSpecification/StreamViewType", "ALL", r"StreamViewType: 'ALL' is not"),
        ("Resources/Bucket/Properties/VersioningConfiguration", {}, rf"Bucket\.VersioningConfiguration: {NAMED}"),
        (f"{RULE}/Transitions", [], rf"Bucket\.LifecycleConfiguration\.Rules\[0\]\.Transitions: {NAMED}"),
        ("Resources/Key/Properties/KeySpec", "RSA_2048", rf"Key\.KeySpec: {NAMED}"),
        ("Resources/RollSecret/Properties/SecretString", "x", rf"RollSecret\.SecretString: {NAMED}"),
        ("Resources/Feedback/Properties", {"Subscription": []}, rf"Feedback\.Subscription: {NAMED}"),
        ("Resources/VoteRole/Properties/ManagedPolicyArns", [], rf"VoteRole\.ManagedPolicyArns: {NAMED}"),
        ("Resources/Api/Properties/Auth", {}, rf"Api\.Auth: {NAMED}"),
        (
            "Resources/Api/Properties/MethodSettings/0/CachingEnabled",
            True,
            rf"MethodSettings\[0\]\.CachingEnabled: {NAMED}",
        ),
        (
            "Resources/Api/Properties/GatewayResponses/THROTTLED/ResponseParameters/Headers/Retry-After",
            "method.request.header.x",
            r"Api\.GatewayResponses\.THROTTLED\.Headers\.Retry-After: .* not a constant",
        ),
        # functions
        (f"{VOTE}/VpcConfig", {}, rf"VoteFunction\.VpcConfig: {NAMED}"),
        (f"{VOTE}/Policies", [], rf"VoteFunction\.Policies: {NAMED}"),
        (f"{VOTE}/CodeUri", "elsewhere", r"VoteFunction\.CodeUri: 'elsewhere' is not supported"),
        (f"{VOTE}/Role", ..., r"VoteFunction\.Role: is missing"),
        (f"{VOTE}/Role", "arn:aws:iam::1:role/Other", r"VoteFunction\.Role: .* is not a role of the template"),
        (f"{VOTE}/Events/Cast/Type", "HttpApi", r"VoteFunction\.Events\.Cast\.Type: 'HttpApi' is not supported"),
        (f"{VOTE}/Events/Cast/Properties/Auth", {}, rf"VoteFunction\.Events\.Cast\.Properties\.Auth: {NAMED}"),
        (f"{VOTE}/Events/Cast/Properties/Method", "cast", r"Method: CAST is not a method"),
        (f"{VOTE}/Events/Cast/Properties/RestApiId", "Other", r"RestApiId: 'Other' is not supported"),
        (f"{VOTE}/Events/Cast/Properties/Path", "/links", r"POST /links is routed twice"),
        ("Globals/Function/Tracing", "Active", rf"OrganiseFunction\.Tracing: {NAMED}"),
        ("Globals/Api", {}, r"Globals\.Api: only Function"),
        # what calls them
        (f"{JOBS}/MaximumBatchingWindowInSeconds", 5, rf"Jobs\.Properties\.MaximumBatchingWindowInSeconds: {NAMED}"),
        (f"{JOBS}/FunctionResponseTypes", ["Other"], r"FunctionResponseTypes: must be ReportBatchItemFailures"),
        (f"{JOBS}/Queue", "arn:aws:sqs:eu-west-1:000000000000:Other", r"Jobs\.Properties\.Queue: there is no queue"),
        (f"{CENSUS}/ParallelizationFactor", 2, rf"Issued\.Properties\.ParallelizationFactor: {NAMED}"),
        (f"{CENSUS}/StartingPosition", "LATEST", r"StartingPosition: 'LATEST' is not supported"),
        (f"{CENSUS}/Stream", "arn:aws:kinesis:x", r"Stream: arn:aws:kinesis:x is not the stream of a table"),
        (f"{CENSUS}/DestinationConfig/OnFailure/Type", "SNS", r"OnFailure\.Type: 'SNS' is not supported"),
        (f"{CENSUS}/FilterCriteria/Filters/0/Pattern", "{", r"Filters\[0\]\.Pattern: is not JSON"),
        (
            "Resources/DueFunction/Properties/Events/EveryMinute/Properties/Schedule",
            "cron(0 0 * * ? *)",
            r"EveryMinute\.Properties\.Schedule: only rate",
        ),
        # machines
        ("Resources/CloseMachine/Properties/Type", "EXPRESS", r"CloseMachine\.Type: 'EXPRESS' is not supported"),
        ("Resources/CloseMachine/Properties/Logging", {}, rf"CloseMachine\.Logging: {NAMED}"),
        ("Resources/CloseMachine/Properties/DefinitionUri", "functions/x.json", r"DefinitionUri: there is no file"),
        (
            "Resources/CloseMachine/Properties/DefinitionSubstitutions/CloseGraceSeconds",
            ...,
            r"CloseMachine\.DefinitionSubstitutions: CloseGraceSeconds is missing",
        ),
        (
            "Resources/CloseMachine/Properties/DefinitionSubstitutions/Other",
            "x",
            r"CloseMachine\.DefinitionSubstitutions: Other is not in close\.asl\.json",
        ),
        # resources and sections
        ("Resources/Cache", {"Type": "AWS::ElastiCache::CacheCluster"}, r"Cache: type AWS::ElastiCache\S+ is not"),
        ("Resources/MailQueue/CreationPolicy", {}, r"MailQueue: unknown attribute CreationPolicy"),
        ("Resources/Second", {"Type": "AWS::S3::Bucket"}, r"exactly one AWS::S3::Bucket, there are 2"),
        ("Mappings", {}, r"template\.yaml: unknown section Mappings"),
        # values
        (f"{QUEUE}/VisibilityTimeout", {"Fn::FindInMap": ["a", "b"]}, r"MailQueue\.VisibilityTimeout: .*Fn::FindInMap"),
        (f"{VOTE}/Timeout", {"Ref": "Nothing"}, r"VoteFunction\.Timeout: there is no resource or parameter Nothing"),
        (f"{VOTE}/Timeout", [10], r"VoteFunction\.Timeout: must be a text"),
        (
            f"{VOTE}/Environment/Variables/ROLL_TABLE",
            {"Fn::GetAtt": ["Roll", "Name"]},
            r"VoteFunction\.Environment\.Variables\.ROLL_TABLE: AWS::DynamoDB::Table Roll has no attribute Name",
        ),
        (f"{VOTE}/Environment/Variables/X", {"Ref": "Waf"}, r"\.X: there is no resource or parameter Waf"),
        ("Resources/MailQueue/Condition", "Unheard", r"MailQueue: there is no condition Unheard"),
        ("Conditions/HasSes", {"Fn::Contains": [1]}, r"condition HasSes: Fn::Contains is not a condition"),
        ("Resources/SmsPolicy/Condition", ..., None),
        (f"{VOTE}/MemorySize", 2048, None),
    ],
)
def test_a_changed_template(deploy: Deploy, path: str, value: Any, complaint: str | None) -> None:
    if complaint is None:
        deploy(path, value)
        return
    with pytest.raises(TemplateError) as refused:
        deploy(path, value)
    assert re.search(complaint, str(refused.value)), str(refused.value)


@pytest.mark.parametrize(
    ("role", "complaint"),
    [
        ("JobsRole", r"JobsRole: JobsFunctionJobs needs sqs:ReceiveMessage on arn:aws:sqs:\S+:JobsQueue"),
        ("CensusRole", r"CensusRole: CensusFunctionIssued needs dynamodb:DescribeStream on \S+/Roll/stream/"),
    ],
)
def test_a_source_that_its_function_may_not_read(deploy: Deploy, role: str, complaint: str) -> None:
    with pytest.raises(TemplateError, match=complaint):
        deploy(f"Resources/{role}/Properties/Policies/0/PolicyDocument/Statement", [])


def test_a_policy_that_would_mean_less_here(deploy: Deploy) -> None:
    statement = "Resources/VoteRole/Properties/Policies/0/PolicyDocument/Statement/1"
    with pytest.raises(TemplateError, match=r"VoteRole\.Statement\[1\]\.Condition\.DateLessThan"):
        deploy(f"{statement}/Condition", {"DateLessThan": {"s3:prefix": "2030-01-01"}})


def test_a_policy_for_a_role_that_is_not_there(deploy: Deploy) -> None:
    with pytest.raises(TemplateError, match=r"SmsPolicy\.RoleName: there is no role Other"):
        deploy("Resources/SmsPolicy/Properties/RoleName", "Other", SmsCountries="+43")
