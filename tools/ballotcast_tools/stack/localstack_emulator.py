"""LocalStack's open core in host mode (the package `localstack` here says with what in the place of containers)."""

from typing import Any

from ballotcast_tools.build.localstack_environment import dynamodb_local, function_python, runtime_client

from .deploy import attach, build, client, deploy
from .emulators import HOST, Emulator, Place
from .mailbox_page import PATH
from .process import Launch

TOOLS = ".tools/localstack/bin/python"
MODULE = "ballotcast_tools.stack.localstack"


class LocalStack(Emulator):
    name, title, keeps = "localstack", "LocalStack", False
    mails = "/_aws/ses"

    def launch(self, place: Place) -> Launch:
        return Launch(
            command=[place.project / TOOLS, "-m", MODULE],
            environment=self.environment(place),
            ready=f"{place.endpoint}/_localstack/health",
            starts_within=120.0,  # 5 to 10 are usual
            stops_within=1.0,  # nothing it holds outlives it, and its own way to stop takes half a minute
        )

    def build(self, place: Place) -> None:
        build(place.project, self.name, function_python(place.project))

    def deploy(self, place: Place) -> dict[str, str]:
        deploy(place.project, self.name, place.endpoint, place.directory / "deploy.log")
        return {**self.attach(place.endpoint), "MailboxPage": f"{place.endpoint}{PATH}"}

    def attach(self, endpoint: str) -> dict[str, str]:
        """Return the outputs of what is deployed at `endpoint`, and `MailboxUrl`. Raises StackError."""
        return {**attach(endpoint), "MailboxUrl": endpoint + self.mails}

    def client(self, place: Place, service: str) -> Any:
        return client(place.endpoint, service)

    def environment(self, place: Place) -> dict[str, str]:
        scratch, port, project = place.scratch, place.port, place.project
        return {
            **super().environment(place),
            "MAILBOX_PAGE": f"{place.endpoint}{PATH}",
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
