"""`python -m ballotcast_cli.stack.emulator PIDFILE [--with-parent]`: ministack, patched, on GATEWAY_PORT until SIGTERM.

Patches replace private names of exactly ministack 1.5.33, so each of them is asserted at the start. They make this
machine answer as AWS does; the template depends on none of them.
"""

import fcntl
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import yaml

from .access import patch_access
from .private import module, wrap
from .workers import patch_workers

MINISTACK = "1.5.33"


def main(arguments: list[str]) -> int:
    """Serve until told to stop. 1 if another process already holds the pid file."""
    pid_file = Path(arguments[0])
    os.environ.pop("PYTHONPATH", None)  # it led to this package; functions have their own
    with pid_file.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another stack holds {pid_file}", file=sys.stderr)
            return 1
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        if "--with-parent" in arguments:
            threading.Thread(target=_end_with_parent, daemon=True).start()
        app = module("app")
        patch_workers()
        patch_access()
        _accept_yaml_definitions()
        _log_plainly()
        sys.argv = ["ministack"]
        app.main()
    return 0


def _end_with_parent() -> None:
    """Standard input is a pipe whose other end only the parent holds: it ends when the parent does, however it does."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _accept_yaml_definitions() -> None:
    """AWS takes state machines in YAML; ministack accepts them at the deploy and fails at the run."""

    def as_json(definition: Any) -> Any:
        return lambda properties: json.dumps(yaml.safe_load(definition(properties)))

    wrap(module("services.cloudformation.provisioners"), "_sfn_definition", as_json)


def _log_plainly() -> None:
    for handler in logging.getLogger().handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s", "%H:%M:%S"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
