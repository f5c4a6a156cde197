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


def main(arguments: list[str]) -> int:
    """Serve until told to stop. 1 if another process already holds the pid file."""
    os.environ.pop("PYTHONPATH", None)  # it leads to this package; functions have their own
    tempfile.tempdir = os.environ.pop("TMPDIR")  # LocalStack takes the variable for an outdated setting of its own
    try:
        with hold(Path(arguments[0])):
            if "--with-parent" in arguments:
                end_with_parent()
            _serve()
    except AlreadyHeld as held:
        print(held, file=sys.stderr)
        return 1
    return 0


def _serve() -> None:
    from localstack.logging import setup
    from localstack.runtime.main import main as run_localstack
    from localstack.utils.patch import patch

    from .crowds import patch_crowds
    from .dynamodb import patch_dynamodb
    from .executor import patch_executor
    from .listening import patch_listening
    from .mailbox import serve_mailbox

    patch_listening()
    patch_dynamodb()
    patch_executor()
    patch_crowds()
    serve_mailbox()

    @patch(setup.setup_logging_from_config)
    def set_up_and_show_functions(set_up: object) -> None:
        assert callable(set_up)
        set_up()
        logging.getLogger("function").setLevel(logging.INFO)

    run_localstack()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
