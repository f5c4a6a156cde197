"""What a runtime serves, each on a socket of its own: the front to the public, mailbox and figures on loopback."""

import gc
import json
import secrets
import socket
from collections.abc import Mapping

from ballotcast_cli.deployment import write_private

from .data import STARTED
from .found import found
from .front.app import Front
from .front.downloads import WithDownloads
from .front.mailbox import Mailbox
from .front.options import Options as FrontOptions
from .metrics import MetricsPage, Requests
from .options import LOOPBACK, BadOption, Options
from .runtime import Runtime
from .server import Site, listen, serve

LAST_CALLS = 1.0
"""Seconds that calls have to end after the server, which has waited for them already."""


class Sites:
    """Takes the ports when it is made. Raises BadOption if one is taken."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._public = _listen(options.host, options.port)
        self._mailbox = _listen(LOOPBACK, 0)
        self._figures = _listen(LOOPBACK, options.metrics_port)

    @property
    def mailbox_page(self) -> str:
        """Where pages lead for the mailbox: its door, which opens only with the key."""
        return f"http://{LOOPBACK}:{_port(self._mailbox)}"

    def serve(self, runtime: Runtime) -> None:
        """Start the runtime and serve it until a signal asks for the end; then stop it."""
        requests = Requests()
        reached = FrontOptions(self._options.port, self._options.public_url, self._options.trusted_header)
        deployment = runtime.deployment
        front = Front(deployment.routes, deployment.api, reached, runtime.invoke, runtime.healthy, requests.count)
        metrics = runtime.metrics
        metrics.register("ballotcast_responses_total", "counter", "Responses.", requests.read)
        metrics.register("ballotcast_waiting_requests", "gauge", "Requests without a thread.", lambda: front.waiting)
        key = secrets.token_urlsafe(24)  # of this start only
        figures_key = runtime.data.metrics_token()
        sites = [
            Site(WithDownloads(front, reached, runtime.services.s3.download), self._public, front.end_following),
            Site(Mailbox(key, _port(self._mailbox), runtime.messages, runtime.html_of), self._mailbox),
            Site(MetricsPage(figures_key, _port(self._figures), metrics), self._figures),
        ]
        figures = f"http://{LOOPBACK}:{_port(self._figures)}/{figures_key}/metrics"
        addresses = {
            "ApiUrl": self._options.address,
            "Port": str(self._options.port),
            "MailboxUrl": f"{self.mailbox_page}/{key}/mails",
            "MailboxPage": f"{self.mailbox_page}/{key}/mailbox",
            "MetricsUrl": figures,
        }
        gc.collect()
        gc.freeze()  # what is there by now stays, and is not looked through again
        try:
            serve(sites, lambda: _start(runtime, addresses))
        finally:
            front.close(LAST_CALLS)
            runtime.stop()


def _start(runtime: Runtime, addresses: Mapping[str, str]) -> None:
    what_is_there = str(found(runtime.database))
    runtime.start()
    outputs = {**runtime.deployment.outputs, **addresses, "Found": what_is_there}
    write_private(runtime.data.directory / STARTED, json.dumps(outputs))
    runtime.ready = True


def _listen(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        raise BadOption(f"cannot listen on {host}, port {port}: {error.strerror}") from None


def _port(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port
