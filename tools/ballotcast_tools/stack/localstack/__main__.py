"""`python -m ballotcast_tools.stack.localstack PIDFILE [--with-parent=SECONDS]`: LocalStack in host mode until SIGTERM.

The environment says everything else (emulators.py). The patches replace private names of exactly the LocalStack in
tools/locks/localstack-core/requirements.lock.
"""

import logging
import os
import sys
import tempfile
from pathlib import Path

from ballotcast_tools.stack.held import serve_alone


def serve() -> None:
    """Run LocalStack until SIGTERM."""
    tempfile.tempdir = os.environ.pop("TMPDIR")  # LocalStack takes the variable for an outdated setting of its own

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
    sys.exit(serve_alone(sys.argv[1:], serve))
