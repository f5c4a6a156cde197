"""How the front is reached, and how much it takes on at once."""

import os
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Options:
    """Settings of the front.

    Args:
        port: The port that it listens on.
        public_url: Where the public reaches it, such as `https://vote.club.example`; empty without a reverse proxy.
        trusted_header: The request header in which a reverse proxy appends the client's address, such as
            `x-forwarded-for`; empty if clients connect directly.
        api_threads: Calls of functions at once, other than those of `page_functions`.
        page_threads: Calls of `page_functions` at once, for the public's pages and for organisers' each.
        costly_threads: Calls at once of routes that cost much CPU (Front.COSTLY), so that log-ins never take all of
            it from voters.
        costly_waiting: Requests that may wait for one of these threads.
        waiting: Requests that may wait for a thread of one of these two pools.
        page_functions: Functions that call the API over HTTP themselves. They have threads of their own, so that they
            never occupy the threads that they wait for.
        patience: Seconds until a request is answered without its function, as API Gateway does.
        body_bytes: The longest request body.
        held_bytes: Bodies of all requests together that are held at once.
        body_seconds: How long a client may take to send a body.
    """

    port: int
    public_url: str = ""
    trusted_header: str = ""
    api_threads: int = 40
    page_threads: int = 8
    costly_threads: int = max(1, (os.cpu_count() or 2) - 1)
    costly_waiting: int = 100
    waiting: int = 2_000
    page_functions: frozenset[str] = frozenset({"WebFunction"})
    patience: float = 29.0
    body_bytes: int = 10_000_000
    held_bytes: int = 128_000_000
    body_seconds: float = 30.0

    @cached_property
    def hosts(self) -> frozenset[bytes]:
        """Values of `Host` that name this server."""
        return frozenset(host.encode() for host in local_hosts(self.port) | self.public_hosts)

    @cached_property
    def origins(self) -> frozenset[bytes]:
        """Values of `Origin` that name a page of this server."""
        local = {f"http://{host}" for host in local_hosts(self.port)}
        scheme = urlsplit(self.public_url).scheme
        return frozenset(origin.encode() for origin in local | {f"{scheme}://{host}" for host in self.public_hosts})

    @cached_property
    def public_scheme(self) -> str:
        return urlsplit(self.public_url).scheme or "http"

    @cached_property
    def public_host(self) -> str:
        """The public name, with a port unless it is the scheme's own; the loopback address if there is none."""
        return urlsplit(self.public_url).netloc.lower() or f"127.0.0.1:{self.port}"

    @cached_property
    def public_port(self) -> int:
        return urlsplit(self.public_url).port or DEFAULT_PORTS[self.public_scheme] if self.public_url else self.port

    @cached_property
    def public_hosts(self) -> set[str]:
        """Values of `Host` of the public address; none without one."""
        if not self.public_url:
            return set()
        name = (urlsplit(self.public_url).hostname or "").lower()
        name = f"[{name}]" if ":" in name else name
        return {f"{name}:{self.public_port}"} | (
            {name} if DEFAULT_PORTS[self.public_scheme] == self.public_port else set()
        )


def local_hosts(port: int) -> set[str]:
    """Values of `Host` that name a server on this machine's loopback interface."""
    return {f"{name}:{port}" for name in LOOPBACK} | (set(LOOPBACK) if port == DEFAULT_PORTS["http"] else set())
