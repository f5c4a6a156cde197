"""SnapStart of vote: on a condition alone, of a version that follows every change, and the API calls that version."""

from typing import Any

Resources = dict[str, dict[str, Any]]


def test_snapshots_are_taken_of_vote_alone_and_only_where_asked_for(
    template: dict[str, Any], expanded: Resources
) -> None:
    snapped = {name for name, resource in expanded.items() if "SnapStart" in resource.get("Properties", {})}
    asked = expanded["VoteFunction"]["Properties"]["SnapStart"]

    assert snapped == {"VoteFunction"}
    assert asked == {"Fn::If": ["SnapsVote", {"ApplyOn": "PublishedVersions"}, {"Ref": "AWS::NoValue"}]}
    assert template["Parameters"]["VoteSnapStart"]["Default"] == "false"


def test_the_api_calls_the_newest_version(expanded: Resources) -> None:
    [version] = [name for name, resource in expanded.items() if resource["Type"] == "AWS::Lambda::Version"]
    [alias] = [name for name, resource in expanded.items() if resource["Type"] == "AWS::Lambda::Alias"]
    called = {
        resource["Properties"]["FunctionName"]["Ref"]
        for name, resource in expanded.items()
        if resource["Type"] == "AWS::Lambda::Permission" and name.startswith("VoteFunction")
    }

    assert expanded[alias]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0] == version
    assert called == {alias}
