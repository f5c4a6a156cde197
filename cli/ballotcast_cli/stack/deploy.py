"""`sam build` and `sam deploy` of template.yaml for the one-machine stack, and what the deployed stack answers with."""

import fcntl
import hashlib
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .process import StackError, tail

ENVIRONMENT = "local"  # in samconfig.toml
REGION = "eu-west-1"
ROOT_KEY = "test"  # the access key whose bearer may do everything on the emulator
_PACKAGING = [f"cli/ballotcast_cli/stack/{module}.py" for module in ("packaging", "pruning")]
_INPUTS = ["template.yaml", "samconfig.toml", "uv.lock", "functions", "layers", *_PACKAGING]
_AWS_URL = re.compile(r"^https://(?P<api>\w+)\.execute-api\.[\w.-]+/(?P<stage>[\w-]+)/?$")


def build(project: Path) -> None:
    """Build `.aws-sam/local` unless nothing changed since it was built. One at a time, whoever asks.

    Raises StackError with what sam said.
    """
    built = project / ".aws-sam" / ENVIRONMENT
    built.parent.mkdir(exist_ok=True)
    noted = built / ".built-from"
    with _locked(built.parent, fcntl.LOCK_EX):
        wanted = digest(project)
        if not noted.exists() or noted.read_text() != wanted:
            python = project / ".tools" / "stack" / "bin" / "python"
            _sam(project, "build", {"PYTHON": str(python), "LAYER_PYTHON": str(python)}, built.parent / "build.log")
            noted.write_text(wanted)


def deploy(project: Path, port: int, log: Path) -> dict[str, str]:
    """Deploy what is built to the emulator on `port`. The template's outputs, URLs as they are reachable here.

    Raises StackError with what sam said.
    """
    endpoint = f"http://127.0.0.1:{port}"
    settings = tomllib.loads((project / "samconfig.toml").read_text())[ENVIRONMENT]
    stack_name = settings["deploy"]["parameters"]["stack_name"]
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
        "SAM_CLI_POLL_DELAY": "0.2",
    }
    try:
        with _locked(project / ".aws-sam", fcntl.LOCK_SH):  # nobody builds while this uploads what was built
            _sam(project, "deploy", environment, log)
    except StackError as error:
        raise StackError("\n".join([str(error), *_failures(endpoint, stack_name)])) from None
    stack = _cloudformation(endpoint).describe_stacks(StackName=stack_name)["Stacks"][0]
    return {one["OutputKey"]: reachable(one["OutputValue"], endpoint) for one in stack.get("Outputs", [])}


def reachable(value: str, endpoint: str) -> str:
    """An API's URL on AWS as this machine's; any other output as it is."""
    found = _AWS_URL.match(value)
    return f"{endpoint}/_aws/execute-api/{found['api']}/{found['stage']}" if found else value


def _cloudformation(endpoint: str) -> Any:
    import boto3  # here, because it takes a third of a second that no other command of `ballotcast` should pay

    session: Any = boto3.Session(ROOT_KEY, ROOT_KEY, region_name=REGION)
    return session.client("cloudformation", endpoint_url=endpoint)


def _failures(endpoint: str, stack_name: str) -> list[str]:
    """What CloudFormation says about each resource that failed: sam breaks it into columns 22 letters wide."""
    client = _cloudformation(endpoint)
    try:
        events = client.describe_stack_events(StackName=stack_name)["StackEvents"]
    except client.exceptions.ClientError:  # it failed before there was a stack
        return []
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]


def _sam(project: Path, command: str, extra: dict[str, str], log: Path) -> None:
    tools = project / ".tools"
    # make's own variables, and AWS settings of the user, are not for it.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MAKE", "MFLAGS"))}
    environment = {
        **inherited,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "NO_PROXY": "127.0.0.1",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(tools / "sam"),
        **extra,
    }
    sam: list[str | Path] = [tools / "stack" / "bin" / "sam", command, "--config-env", ENVIRONMENT]
    with log.open("wb") as output:
        done = subprocess.run(sam, cwd=project, env=environment, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode:
        raise StackError(f"sam {command} failed; the end of {log}:\n{tail(log, 40)}")


@contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, kind)
        yield


def digest(project: Path) -> str:
    summed = hashlib.sha256()
    for path in _files(project):
        summed.update(str(path.relative_to(project)).encode() + b"\0")
        summed.update(hashlib.sha256(path.read_bytes()).digest())
    return summed.hexdigest()


def _files(project: Path) -> Iterator[Path]:
    for name in _INPUTS:
        path = project / name
        yield from sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".pyc") if path.is_dir() else [path]
