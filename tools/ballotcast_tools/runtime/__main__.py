"""`python -m ballotcast_tools.runtime PIDFILE [--with-parent=SECONDS]`: a runtime until SIGTERM (options.py)."""

import logging
import os
import sys
from pathlib import Path

from ballotcast_tools.stack.held import serve_alone

from .data import Data, InUse, MissingKey
from .front.descriptors import raise_limit
from .options import BadOption
from .services.master_key import UnusableKey
from .storage.database import WrongFormat
from .template.errors import TemplateError

REFUSALS = (BadOption, InUse, MissingKey, TemplateError, UnusableKey, WrongFormat)
"""What is wrong with what it was given; the message says what to do."""


def main() -> int:
    try:
        return serve_alone(sys.argv[1:], run)
    except REFUSALS as refusal:
        print(refusal, file=sys.stderr)
        return 1


def run() -> None:
    """Serve until a signal asks for the end."""
    _prepare()
    # Here, for the environment must be ready before functions are imported.
    from .backups.settling import settle
    from .options import from_environment
    from .runtime import Runtime
    from .sites import Sites

    options = from_environment(os.environ)
    sites = Sites(options)
    data = Data(options.directory)
    data.make()
    data.hold()
    settle(options.directory)
    sites.serve(Runtime(options, Path(os.environ["PROJECT"]), sites.mailbox_page))


def _prepare() -> None:
    os.umask(0o077)
    raise_limit()
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # the figures have a page (metrics.py)
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")


if __name__ == "__main__":
    sys.exit(main())
