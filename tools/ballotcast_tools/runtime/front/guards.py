"""Requests that a page of another site had a browser send: refused before anything reads them.

A name that resolves to this machine makes a foreign page one of "our" origin (DNS rebinding): `Host` tells. A form or a
script of another site comes with its `Origin` (Fetch standard) and with `Sec-Fetch-Site` (Fetch metadata). Programs
send neither. Only the public reads of channels have CORS headers: nothing else that another site may request can it
read.
"""

from http import HTTPStatus

from .options import Options
from .refusals import problem
from .responses import Answer

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Headers = list[tuple[bytes, bytes]]


class Guard:
    """What `Host` and `Origin` must be."""

    def __init__(self, options: Options) -> None:
        self._hosts, self._origins = options.hosts, options.origins

    def refuse(self, method: str, path: str, headers: Headers) -> Answer | None:
        """Return the refusal of a request that is not for this server, or of a page that is not ours."""
        host, foreign = None, False
        for name, value in headers:
            if name == b"host":
                if host is not None:
                    return _misdirected(path)
                host = value.lower()
            elif name == b"origin":
                foreign = foreign or value.lower() not in self._origins
            elif name == b"sec-fetch-site":
                foreign = foreign or value.lower() == b"cross-site"
        if host not in self._hosts:
            return _misdirected(path)
        return _foreign(path) if foreign and method not in SAFE else None


def _misdirected(path: str) -> Answer:
    detail = "this server does not serve the host that was asked for"
    return problem(HTTPStatus.MISDIRECTED_REQUEST, "misdirected", detail, path)


def _foreign(path: str) -> Answer:
    return problem(HTTPStatus.FORBIDDEN, "cross-origin", "a page of another site sent this request", path)
