"""`python -m ballotcast_cli.runtime PIDFILE [--with-parent=SECONDS]`: a runtime until SIGTERM (options.py)."""

import gc
import json
import logging
import os
import secrets
import sys
from pathlib import Path

from ballotcast_cli.deployment import write_private
from ballotcast_cli.stack.held import serve_alone

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
        print(f"{type(refusal).__name__}: {refusal}", file=sys.stderr)
        return 1


def run() -> None:
    """Serve until a signal asks for the end."""
    _prepare()
    # Here, for the environment must be ready before functions are imported.
    from .backups.settling import settle
    from .found import found
    from .front.app import Front
    from .front.downloads import WithDownloads
    from .front.mailbox import Mailbox
    from .front.options import Options as FrontOptions
    from .metrics import MetricsPage, Requests
    from .options import LOOPBACK, from_environment
    from .runtime import Runtime
    from .server import Site, listen, serve

    options, project = from_environment(os.environ), Path(os.environ["PROJECT"])
    sys.path.insert(0, str(project / "functions"))
    public = listen(options.host, options.port)
    private = listen(LOOPBACK, 0)
    port = private.getsockname()[1]
    data = Data(options.directory)
    data.make()
    data.hold()
    settle(options.directory)
    runtime = Runtime(options, project, f"http://{LOOPBACK}:{port}")
    reached = FrontOptions(options.port, options.public_url, options.trusted_header)
    requests = Requests()
    front = Front(
        runtime.deployment.routes, runtime.deployment.api, reached, runtime.invoke, runtime.healthy, requests.count
    )
    runtime.metrics.register("ballotcast_responses_total", "counter", "Responses.", requests.read)
    runtime.metrics.register(
        "ballotcast_waiting_requests", "gauge", "Requests without a thread.", lambda: front.waiting
    )
    site = WithDownloads(front, reached, runtime.services.s3.download)
    token = secrets.token_urlsafe(24)  # of this start only
    mailbox = Mailbox(token, port, runtime.messages)
    figures = listen(LOOPBACK, options.metrics_port)
    figures_port, figures_token = figures.getsockname()[1], runtime.data.metrics_token()
    metrics = MetricsPage(figures_token, figures_port, runtime.metrics)

    def started() -> None:
        what_is_there = str(found(runtime.database))
        runtime.start()
        outputs = {
            **runtime.deployment.outputs,
            "ApiUrl": options.address,
            "MailboxUrl": f"http://{LOOPBACK}:{port}/{token}/mails",
            "MailboxPage": f"http://{LOOPBACK}:{port}/{token}/mailbox",
            "MetricsUrl": f"http://{LOOPBACK}:{figures_port}/{figures_token}/metrics",
            "Found": what_is_there,
        }
        write_private(options.directory / "started.json", json.dumps(outputs))
        runtime.ready = True

    gc.collect()
    gc.freeze()  # what is there by now stays, and is not looked through again
    try:
        serve([Site(site, public), Site(mailbox, private), Site(metrics, figures)], started)
    finally:
        front.close(1)
        runtime.stop()


def _prepare() -> None:
    os.umask(0o077)
    raise_limit()
    os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")


if __name__ == "__main__":
    sys.exit(main())
