"""`python -m ballotcast_cli.stack.emulator PIDFILE [--with-parent=SECONDS]`: ministack, patched, until SIGTERM.

Patches replace private names of exactly the ministack in cli/stack.lock, so each of them is asserted at the start. They
make this machine answer as AWS does; the template depends on none of them.
"""

import logging
import sys

from ballotcast_cli.stack.held import serve_alone

from .access import patch_access
from .gateway import patch_gateway
from .mail_events import patch_mail_events
from .mailbox import patch_mailbox
from .private import module, wrap
from .templates import patch_templates
from .workers import patch_workers


def serve() -> None:
    """Run ministack until SIGTERM."""
    app = module("app")
    wrap(app, "LOG_LEVEL", lambda _: "WARNING")
    patch_workers()
    patch_access()
    patch_templates()
    patch_gateway()
    patch_mail_events()
    patch_mailbox()
    _log_plainly()
    sys.argv = ["ministack"]
    app.main()


def _log_plainly() -> None:
    """What functions write, which state machines run, and what goes wrong: not every request, nor the texts of SMS."""
    root, functions = logging.getLogger(), logging.getLogger("function")
    for handler in root.handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    root.setLevel(logging.WARNING)
    logging.getLogger("lambda").setLevel(logging.ERROR)  # it repeats what a failed function wrote
    functions.setLevel(logging.INFO)
    logging.getLogger("states").setLevel(logging.INFO)
    logging.getLogger("samtranslator").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(serve_alone(sys.argv[1:], serve))
