"""What runs inside a measured process: a script of the standard library alone, started by its path.

`probe.py cold MODULE EVENT` imports the handler, answers one event, and prints JSON: the answer's status, and the CPU
seconds of the process, from the start of the interpreter, up to the import's end (init) and up to the answer (total).

`probe.py warm MODULE EVENT [fake]` returns the event as often as each line of its standard input says, and prints for
each line JSON: the last answer's status, and the CPU seconds of these calls. With `fake`, DynamoDB takes every write
and costs next to nothing.
"""

import importlib
import json
import os
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

CONTEXT = SimpleNamespace(
    function_name="measured",
    function_version="1",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:measured",
    aws_request_id="6f1f7b1e-0000-4000-8000-000000000000",
    get_remaining_time_in_millis=lambda: 10_000,
)


class FakeDynamoDB:
    """Takes every write; holds nothing."""

    def put_item(self, **_put: Any) -> dict[str, Any]:
        return {}


def cold(module: str, event: dict[str, Any]) -> None:
    handler = importlib.import_module(module).handler
    init = time.process_time()
    answer = handler(event, CONTEXT)
    print(json.dumps({"status": answer["statusCode"], "init": init, "total": time.process_time()}))


def warm(module: str, event: dict[str, Any], dynamodb: str = "") -> None:
    function: Any = importlib.import_module(module)
    if dynamodb == "fake":
        # stock holds its client itself, ours holds it in the wiring
        holder = function if hasattr(function, "dynamodb") else function.app.state.wiring
        holder.dynamodb = FakeDynamoDB()
    handler, told = function.handler, sys.stdout
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):  # what is logged costs what it costs
        for line in sys.stdin:
            calls = range(int(line))
            started = time.process_time()
            for _ in calls:
                answer = handler(event, CONTEXT)
            taken = time.process_time() - started
            print(json.dumps({"status": answer["statusCode"], "seconds": taken}), file=told, flush=True)


if __name__ == "__main__":
    way, module, event, *more = sys.argv[1:]
    {"cold": cold, "warm": warm}[way](module, json.loads(Path(event).read_bytes()), *more)
