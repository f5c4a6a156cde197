"""Lambda workers: errors by their type, the log shown, no pause after a silent call, a layer unpacked once."""

import io
import logging
import os
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ballotcast_cli.stack.function_log import readable, short_name

from .private import module, private, wrap

log = logging.getLogger("function")

_REPORT = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
# "ok", because ministack kills the worker that reports an error; AWS keeps the environment of a function that raised.
_REPORT_TYPE = '{"status": "ok", "result": None, "raised": [type(e).__name__, str(e), traceback.format_exc()]}'
_PATH_IS_COMPLETE = "    _ms_install_invoke_depth()\n    try:\n"
# Beside its layer a function finds the standard library, not what the emulator happens to have installed.
_WITHOUT_EMULATOR = """    if os.environ.get("_LAMBDA_LAYERS_DIRS"):
        sys.path[:] = [path for path in sys.path if not path.startswith(sys.prefix + os.sep)]
"""


def patch_workers() -> None:
    """Replace what `core.lambda_runtime` and `services.lambda_svc` do. Raises UnknownMinistack."""
    runtime, service = module("core.lambda_runtime"), module("services.lambda_svc")
    wrap(runtime, "_PYTHON_WORKER_SCRIPT", _as_on_lambda)
    worker = private(runtime, "Worker")
    raised = threading.local()
    wrap(worker, "invoke", lambda invoke: _noting_errors(invoke, raised))
    wrap(service, "_execute_function_warm", lambda execute: _naming_errors(execute, raised))
    _shorten_wait_for_log(private(worker, "_drain_stderr_bounded"))
    wrap(worker, "_spawn", lambda spawn: _sharing_layers(spawn, private(service, "_resolve_layer_zip")))


def _as_on_lambda(script: str) -> str:
    assert script.count(_REPORT) == 1, "the worker reports errors in another way"
    assert script.count(_PATH_IS_COMPLETE) == 1, "the worker makes its path in another way"
    script = script.replace(_PATH_IS_COMPLETE, _WITHOUT_EMULATOR + _PATH_IS_COMPLETE)
    return script.replace(_REPORT, _REPORT_TYPE)


def _noting_errors(invoke: Callable[..., Any], raised: threading.local) -> Callable[..., Any]:
    def invoke_and_note(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = invoke(self, *args, **kwargs)
        raised.kind = None
        if answer.get("raised"):
            raised.kind, error, trace = answer.pop("raised")
            answer.update(status="error", error=error, trace=trace)
        name = short_name(self.func_name)
        for line in answer.get("log", "").splitlines():
            log.info("%s %s", name, readable(line))
        if answer["status"] == "error":
            log.error("%s failed: %s", name, answer.get("trace") or answer["error"])
        return answer

    return invoke_and_note


def _naming_errors(execute: Callable[..., Any], raised: threading.local) -> Callable[..., Any]:
    """States match `Retry` and `Catch` on the type of a handler's exception; ministack has one name for all of them."""

    def execute_and_name(func: Any, event: Any, request_id: str) -> Any:
        raised.kind = None
        result = execute(func, event, request_id)
        if result.get("error") and raised.kind:
            result["body"].update(errorType=raised.kind, requestId=request_id)
        return result

    return execute_and_name


def _shorten_wait_for_log(drain: Any) -> None:
    """3 ms for the first line instead of 50: a call that logs nothing would otherwise wait them out."""
    first_line, idle, ceiling = drain.__defaults__
    assert (first_line, idle) == (0.050, 0.005), "the worker waits for its log in another way"
    drain.__defaults__ = (0.003, 0.002, ceiling)


def _sharing_layers(spawn: Callable[..., Any], layer_zip: Callable[[Any], bytes]) -> Callable[..., Any]:
    folder = Path(tempfile.mkdtemp(prefix="layers-"))
    unpacking = threading.Lock()

    def unpacked(layer: Any) -> str:
        arn = layer if isinstance(layer, str) else layer["Arn"]
        target = folder / arn.replace(":", "_")
        with unpacking:
            if not target.exists():
                zipfile.ZipFile(io.BytesIO(layer_zip(layer))).extractall(target)
        return str(target)

    def spawn_sharing_layers(self: Any) -> None:
        config = self.config
        variables = dict(config.get("Environment", {}).get("Variables", {}))
        variables["_LAMBDA_LAYERS_DIRS"] = os.pathsep.join(map(unpacked, config.get("Layers", [])))
        self.config = {**config, "Layers": [], "Environment": {"Variables": variables}}
        try:
            spawn(self)
        finally:
            self.config = config

    return spawn_sharing_layers
