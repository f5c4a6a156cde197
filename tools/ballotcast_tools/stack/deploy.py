"""`sam build` and `sam deploy` of template.yaml to an emulator, and the outputs of what is deployed there."""

import fcntl
import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ballotcast_tools.build.page_bundles import SERVED

from .mailbox import REGION
from .process import StackError, tail

STACK_NAME = "ballotcast"  # as in samconfig.toml
ROOT_KEY = "test"  # the access key whose bearer may do everything on the emulator
_PACKAGING = [f"tools/ballotcast_tools/build/{module}.py" for module in ("packaging", "pruning", "page_bundles")]
_INPUTS = ["template.yaml", "samconfig.toml", "uv.lock", "functions", "layers", *_PACKAGING]
_AWS_URL = re.compile(r"^https://(?P<api>\w+)\.execute-api\.[\w.-]+(?::\d+)?/(?P<stage>[\w-]+)/?$")


def build(project: Path, name: str, function_python: Path) -> None:
    """Build `.aws-sam/<name>` unless nothing changed since it was built. Builds of all processes wait for each other.

    `name`: of the environment in samconfig.toml. The layer is built for `function_python`.

    Raises StackError with what sam said.
    """
    built = project / ".aws-sam" / name
    built.parent.mkdir(exist_ok=True)
    noted = built / ".built-from"
    with _locked(built.parent, fcntl.LOCK_EX):
        python = str(function_python)
        wanted = f"{digest(project)} for {python}"
        if not noted.exists() or noted.read_text() != wanted:
            runs = str(project / ".tools" / "stack" / "bin" / "python")
            _sam(project, name, "build", {"PYTHON": runs, "LAYER_PYTHON": python}, built.parent / "build.log")
            noted.write_text(wanted)


def deploy(project: Path, name: str, endpoint: str, log: Path) -> None:
    """Deploy what is built to the emulator at `endpoint`. Raises StackError with what sam said."""
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
        "SAM_CLI_POLL_DELAY": "0.2",
    }
    try:
        with _locked(project / ".aws-sam", fcntl.LOCK_SH):  # nobody builds while this uploads what was built
            _sam(project, name, "deploy", environment, log)
    except StackError as error:
        raise StackError("\n".join([str(error), *_failures(endpoint)])) from None


def attach(endpoint: str) -> dict[str, str]:
    """Return the outputs of the stack deployed at `endpoint`, URLs as they are reachable there.

    The sender's address counts as verified from then on, where the template has no resource for it. Raises StackError
    if nothing is deployed there.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        [stack] = client(endpoint, "cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
        parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
        if sender := parameters.get("MailFrom"):
            client(endpoint, "ses").verify_email_identity(EmailAddress=sender)
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"no stack {STACK_NAME} at {endpoint}: {error}") from None
    return {one["OutputKey"]: reachable(one["OutputValue"], endpoint) for one in stack.get("Outputs", [])}


def reachable(value: str, endpoint: str) -> str:
    """An API's URL on AWS as this machine's; any other output as it is."""
    found = _AWS_URL.match(value)
    return f"{endpoint}/_aws/execute-api/{found['api']}/{found['stage']}" if found else value


def client(endpoint: str, service: str) -> Any:
    import boto3  # here, because it takes a third of a second that no other command of `ballotcast` should pay

    session: Any = boto3.Session(ROOT_KEY, ROOT_KEY, region_name=REGION)
    return session.client(service, endpoint_url=endpoint)


def _failures(endpoint: str) -> list[str]:
    """What CloudFormation says about each resource that failed: sam breaks it into columns 22 letters wide."""
    from botocore.exceptions import BotoCoreError, ClientError

    cloudformation = client(endpoint, "cloudformation")
    try:
        events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    except (BotoCoreError, ClientError):  # it failed before there was a stack, or the emulator is gone
        return []
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]


def _sam(project: Path, name: str, command: str, extra: dict[str, str], log: Path) -> None:
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
    sam: list[str | Path] = [tools / "stack" / "bin" / "sam", command, "--config-env", name]
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
    bundles = project / SERVED
    for name in _INPUTS:
        path = project / name
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".pyc")
            yield from (p for p in found if not p.is_relative_to(bundles))
        else:
            yield path
