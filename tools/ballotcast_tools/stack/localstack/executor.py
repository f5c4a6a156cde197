"""LocalStack's interface to Lambda's execution environments, by processes in the place of containers."""

import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from localstack.services.lambda_.invocation import execution_environment, runtime_executor, version_manager
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from ballotcast_tools.stack.function_log import readable, short_name

from .environment import Environment, Function, InitialisationFailed
from .runtime_api import HOST, Invocation

PYTHON, RUNTIME_CLIENT = "LAMBDA_PYTHON", "LAMBDA_RUNTIME_CLIENT"
"""Variables: the interpreter that runs functions, and the folder that holds awslambdaric."""
MAILBOX_PAGE = "MAILBOX_PAGE"
log = logging.getLogger("function")


def patch_executor() -> None:
    """Have LocalStack make its execution environments of ProcessExecutor."""
    for module in (execution_environment, runtime_executor, version_manager):
        module.get_runtime_executor = lambda: ProcessExecutor
    from localstack.services.lambda_ import provider

    provider.get_runtime_executor = lambda: ProcessExecutor


class ProcessExecutor(RuntimeExecutor):
    """One execution environment."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:  # noqa: A002 - LocalStack's name
        super().__init__(id, function_version)
        self._name = short_name(function_version.id.function_name)
        self._environment: Environment | None = None

    def start(self, env_vars: dict[str, Any]) -> None:
        config = self.function_version.config
        layers = [Path(layer.code.get_unzipped_code_location(), "python") for layer in config.layers]
        function = Function(
            handler=config.handler,
            code=Path(config.code.get_unzipped_code_location()),
            libraries=(*layers, Path(os.environ[RUNTIME_CLIENT])),
            python=os.environ[PYTHON],
            timeout=config.timeout,
        )
        variables = {name: str(value) for name, value in env_vars.items()}
        variables |= {"AWS_EXECUTION_ENV": f"AWS_Lambda_{config.runtime}", MAILBOX_PAGE: os.environ[MAILBOX_PAGE]}
        self._environment = Environment(function, variables, Path(tempfile.mkdtemp(prefix=f"{self._name}-")))
        try:
            self._environment.start()
        except InitialisationFailed as failure:
            self._show()
            log.error("%s did not start: %s", self._name, failure)
            raise StatusErrorException("Environment startup failed", payload=failure.error) from failure

    def stop(self) -> None:
        if self._environment:
            self._environment.stop()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        assert self._environment
        invocation = Invocation(
            payload["invoke-id"],
            payload["payload"].encode(),
            deadline=int((time.time() + self.function_version.config.timeout) * 1000),
            function_arn=payload["invoked-function-arn"],
            trace_id=payload.get("trace-id", ""),
        )
        try:
            outcome = self._environment.invoke(invocation)
        except InitialisationFailed as failure:  # of a process that replaces one that died
            raise StatusErrorException("Environment startup failed", payload=failure.error) from failure
        written = self._show()
        if outcome.failed:
            log.error("%s failed: %s", self._name, outcome.body.decode(errors="replace"))
        return InvocationResult(invocation.id, outcome.body, is_error=outcome.failed, logs=written)

    def _show(self) -> str:
        """Log what the function wrote, and return it. No START and REPORT lines: they would time voters."""
        assert self._environment
        lines = list(self._environment.new_lines())
        for line in lines:
            log.info("%s %s", self._name, readable(line))
        return "".join(f"{line}\n" for line in lines)

    def get_logs(self) -> str:
        return ""

    def get_address(self) -> str:
        return HOST

    def get_endpoint_from_executor(self) -> str:
        return HOST

    def get_runtime_endpoint(self) -> str:
        return HOST

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpack the code and the layers; functions that share an archive share the folder."""
        function_version.config.code.prepare_for_execution()
        for layer in function_version.config.layers:
            layer.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Folders go with LocalStack's own files."""
