"""Intrinsic functions, in YAML's short form, and conditions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.runtime.template.errors import TemplateError
from ballotcast_tools.runtime.template.tags import load
from ballotcast_tools.runtime.template.values import Values

TEMPLATE = """
Parameters:
  Grace: {Type: Number, Default: 30}
  Address: {Type: String, Default: ''}
Conditions:
  HasAddress: !Not [!Equals [!Ref Address, '']]
  IsShort: !Equals [!Ref Grace, 30]
  Both: !And [!Condition IsShort, !Condition HasAddress]
  Either: !Or [{Condition: IsShort}, !Condition HasAddress]
Resources:
  Mails: {Type: AWS::SQS::Queue}
  Ordered: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  Board: {Type: AWS::DynamoDB::Table}
  Web: {Type: AWS::Serverless::Function}
  Close: {Type: AWS::Serverless::StateMachine}
  Session: {Type: AWS::SecretsManager::Secret}
  Alarm: {Type: AWS::CloudWatch::Alarm}
  Group: {Type: AWS::Scheduler::ScheduleGroup}
  Absent: {Type: AWS::WAFv2::WebACL, Condition: HasAddress}
"""
Resolve = Callable[..., Any]


@pytest.fixture
def resolve(tmp_path: Path) -> Resolve:
    """Return what evaluates a value that is written in YAML."""

    def evaluate(text: str, **parameters: str) -> Any:
        file = tmp_path / "template.yaml"
        file.write_text(f"{TEMPLATE}\nValue: {text}")
        written = load(file)
        return Values(written, parameters).resolve(written["Value"], "Value")

    return evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref Grace", "30"),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::StackName", "ballotcast"),
        ("!Ref Mails", "http://sqs.local/000000000000/Mails"),
        ("!Ref Ordered", "http://sqs.local/000000000000/Ordered.fifo"),
        ("!Ref Board", "Board"),
        ("!Ref Close", "arn:aws:states:eu-west-1:000000000000:stateMachine:Close"),
        ("!Ref Session", "arn:aws:secretsmanager:eu-west-1:000000000000:secret:Session"),
        ("!Ref Group", "Group"),
        ("!Ref AWS::NoValue", None),
        ("!GetAtt Ordered.Arn", "arn:aws:sqs:eu-west-1:000000000000:Ordered.fifo"),
        ("!GetAtt Ordered.QueueName", "Ordered.fifo"),
        ("{'Fn::GetAtt': [Close, Name]}", "Close"),
        ("!GetAtt [Board, Arn]", "arn:aws:dynamodb:eu-west-1:000000000000:table/Board"),
        ("!GetAtt Alarm.Arn", "arn:aws:cloudwatch:eu-west-1:000000000000:Alarm"),
        ("!Sub '${Board}/${Web.Arn}/*'", "Board/arn:aws:lambda:eu-west-1:000000000000:function:Web/*"),
        ("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:x'", "arn:aws:iam::000000000000:x"),
        ("!Sub 'https://${AWS::URLSuffix}'", "https://amazonaws.com"),
        ("!Sub '${!Left} ${Grace}'", "${Left} 30"),
        ("!Sub ['${Of} ${Grace}', {Of: !Ref Board}]", "Board 30"),
        ("!Join [',', [!Ref Board, x, 5, !Ref AWS::NoValue]]", "Board,x,5"),
        ("!If [IsShort, short, long]", "short"),
        ("!If [HasAddress, !Ref Absent, none]", "none"),  # the branch that is not taken may refer to nothing
        ("!If [Both, 1, 2]", 2),
        ("!If [Either, 1, 2]", 1),
        ("[1, !If [HasAddress, 2, !Ref AWS::NoValue], 3]", [1, 3]),
        ("{a: !Ref AWS::NoValue, b: {c: !Ref Grace}}", {"b": {"c": "30"}}),
        ("[&one {a: !Ref Board}, *one]", [{"a": "Board"}, {"a": "Board"}]),
        ("true", True),
    ],
)
def test_a_value(resolve: Resolve, text: str, value: Any) -> None:
    assert resolve(text) == value


def test_a_parameter_decides_a_condition(resolve: Resolve) -> None:
    assert resolve("!If [Both, 1, 2]", Address="x") == 1
    assert resolve("!If [Either, 1, 2]", Grace="31") == 2
    assert resolve("!GetAtt Absent.Arn", Address="x") == "arn:aws:wafv2:eu-west-1:000000000000:Absent"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("!Ref Absent", "Value: there is no resource or parameter Absent"),
        ("{a: [x, !Sub '${Missing.Arn}']}", r"Value\.a\[1\]: there is no resource or parameter Missing"),
        ("!GetAtt Mails.Name", "Value: AWS::SQS::Queue Mails has no attribute Name"),
        ("!Select [0, [a]]", "Value: intrinsic function Fn::Select is not supported"),
        ("!ImportValue x", "Value: intrinsic function Fn::ImportValue is not supported"),
        ("!If [Unheard, 1, 2]", "Value: there is no condition Unheard"),
    ],
)
def test_a_value_that_cannot_be_evaluated(resolve: Resolve, text: str, complaint: str) -> None:
    with pytest.raises(TemplateError, match=complaint):
        resolve(text)
