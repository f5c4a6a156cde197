"""`python -m ballotcast_cli.stack.localstack PIDFILE [--with-parent]`: LocalStack in host mode, until SIGTERM.

The environment says everything else (emulators.py). The patches replace private names of exactly the LocalStack in
cli/localstack-core/requirements.lock.
"""

import logging
import os
import sys
import tempfile
from pathlib import Path

from ballotcast_cli.stack.held import AlreadyHeld, end_with_parent, hold

STOPS_WITHIN = 1.0  # seconds; nothing it holds outlives it, and its own way to stop takes half a minute


def main(arguments: list[str]) -> int:
    """Serve until told to stop. 1 if another process already holds the pid file."""
    os.environ.pop("PYTHONPATH", None)  # it leads to this package; functions have their own
    tempfile.tempdir = os.environ.pop("TMPDIR")  # LocalStack takes the variable for an outdated setting of its own
    try:
        with hold(Path(arguments[0])):
            if "--with-parent" in arguments:
                end_with_parent(STOPS_WITHIN)
            _serve()
    except AlreadyHeld as held:
        print(held, file=sys.stderr)
        return 1
    return 0


def _serve() -> None:
    from localstack.runtime.main import main as run_localstack
    from localstack.services.s3 import provider

    from .crowds import patch_crowds
    from .dynamodb import patch_dynamodb
    from .executor import patch_executor
    from .hosts import patch_hosts
    from .listening import patch_listening
    from .mailbox import serve_mailbox

    provider.DEFAULT_S3_TMP_DIR = str(Path(tempfile.gettempdir(), "s3"))  # else in /tmp, shared with other users
    patch_listening()
    patch_hosts()
    patch_dynamodb()
    patch_executor()
    patch_crowds()
    serve_mailbox()
    _show_functions()
    run_localstack()


def _show_functions() -> None:
    """Log what functions write: LocalStack itself shows errors only, or else every request."""
    shown = logging.StreamHandler(sys.stdout)
    shown.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    functions = logging.getLogger("function")
    functions.addHandler(shown)
    functions.setLevel(logging.INFO)
    functions.propagate = False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
