"""The programs that play AWS on this machine: how each is started, and where what it keeps is read."""

import os
from abc import ABC, abstractmethod
from pathlib import Path

from .localstack_environment import dynamodb_local, function_python, runtime_client

HOST = "127.0.0.1"


class Emulator(ABC):
    """`name` is its environment in samconfig.toml; `module` is run with the Python of `.tools/<tools>`."""

    name: str
    module: str
    tools: str
    title: str
    ready: str
    """A path that is served with 200 once it runs."""
    mails: str
    """The path of the mails it took, as JSON."""
    starts_within: float
    """Seconds."""
    stops_within: float
    """Seconds from SIGTERM to SIGKILL."""

    def python(self, project: Path) -> Path:
        """Return the interpreter that runs the emulator."""
        return project / ".tools" / self.tools / "bin" / "python"

    @abstractmethod
    def function_python(self, project: Path) -> Path:
        """Return the interpreter that runs functions, for which the layer is built."""

    def environment(self, scratch: Path, port: int, project: Path) -> dict[str, str]:
        """Return the whole environment of its process.

        Functions inherit parts of it, and must find neither the user's AWS settings nor this Python's path.
        """
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "PYTHONUNBUFFERED": "1",
            "MAILBOX_PAGE": f"http://{HOST}:{port}/_ballotcast/mailbox",
            **self._settings(scratch, port, project),
        }

    @abstractmethod
    def _settings(self, scratch: Path, port: int, project: Path) -> dict[str, str]: ...


class Ministack(Emulator):
    name, module, tools, title = "local", "ballotcast_cli.stack.emulator", "stack", "The stack"
    ready, mails = "/_ministack/ready", "/_ministack/ses/messages"
    starts_within, stops_within = 60.0, 15.0  # 1 is usual

    def function_python(self, project: Path) -> Path:
        return self.python(project)

    def _settings(self, scratch: Path, port: int, project: Path) -> dict[str, str]:
        return {"AUTH": "true", "BIND_HOST": HOST, "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0"}


class LocalStack(Emulator):
    """LocalStack's open core in host mode (the package `localstack` here says with what in the place of containers)."""

    name, module, tools, title = "localstack", "ballotcast_cli.stack.localstack", "localstack", "LocalStack"
    ready, mails = "/_localstack/health", "/_aws/ses"
    starts_within = 120.0  # 5 to 10 are usual
    stops_within = 1.0  # nothing it holds outlives it, and its own way to stop takes half a minute

    def function_python(self, project: Path) -> Path:
        return function_python(project)

    def _settings(self, scratch: Path, port: int, project: Path) -> dict[str, str]:
        return {
            "OVERRIDE_IN_DOCKER": "0",
            "FILESYSTEM_ROOT": str(scratch / "files"),
            "GATEWAY_LISTEN": f"{HOST}:{port}",
            "LOCALSTACK_HOST": f"{HOST}:{port}",
            "DNS_ADDRESS": "0",  # no DNS server
            "GATEWAY_WORKER_COUNT": "1500",  # threads; a waiting crowd holds some, and functions need more
            "DISABLE_CUSTOM_CORS_S3": "1",  # foreign origins are refused by S3 too
            "LS_LOG": "error",
            "CFN_NO_WAIT_ITERATIONS": "100",  # CloudFormation looks again at once, not after a second
            "DISABLE_EVENTS": "1",  # nothing is reported to LocalStack's makers
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "NO_PROXY": f"{HOST},localhost",
            "SQS_ENDPOINT_STRATEGY": "path",
            "PROVIDER_OVERRIDE_DYNAMODB": "v2",
            "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "v2",
            "DYNAMODB_IN_MEMORY": "1",
            "DYNAMODB_LOCAL": str(dynamodb_local(project)),
            "LAMBDA_PYTHON": str(function_python(project)),
            "LAMBDA_RUNTIME_CLIENT": str(runtime_client(project)),
            "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.5",
            "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "1",
        }


EMULATORS: dict[str, Emulator] = {one.name: one for one in (Ministack(), LocalStack())}
