"""The template as written, and as SAM expands it for CloudFormation."""

import json
import os
import subprocess
from copy import deepcopy
from typing import Any

import pytest

from ballotcast_tools.runtime.template import tags
from checkout import ROOT

STACK_PYTHON = ROOT / ".tools/stack/bin/python"
Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    return tags.load(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def functions(template: dict[str, Any]) -> Resources:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@pytest.fixture(scope="session")
def expanded(template: dict[str, Any]) -> Resources:
    local = deepcopy(template)
    for resource in local["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = "s3://bucket/functions.zip"
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = "s3://bucket/layer.zip"
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            properties["DefinitionUri"] = "s3://bucket/machine.json"
    local["Globals"]["Function"]["CodeUri"] = "s3://bucket/functions.zip"
    expand = [STACK_PYTHON, ROOT / "tools/ballotcast_tools/stack/expand.py"]
    region = {**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"}
    answer = subprocess.run(expand, env=region, input=json.dumps(local), capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    resources: Resources = json.loads(answer.stdout)["Resources"]
    return resources
