"""The mailbox: mails and text messages that this machine keeps instead of sending them.

A page (`/<token>/mailbox`) and its content as JSON (`/<token>/mails`, `/<token>/texts`), on a port of its own at the
loopback interface. Only the address with its token leads there: the messages hold voters' links, and every process and
every page in a browser on this machine can reach the port.
"""

import asyncio
import hmac
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from urllib.parse import parse_qs

from ballotcast_tools.stack.mailbox import Mail, TextMessage, mails_document, texts_document
from ballotcast_tools.stack.mailbox_page import DOOR, HEADERS, KEPT, respond

from .app import Send
from .bodies import Receive
from .events import Scope
from .options import local_hosts

Messages = Callable[[], tuple[Sequence[Mail], Sequence[TextMessage]]]
PAGE, MAILS, TEXTS = "mailbox", "mails", "texts"
Reply = tuple[int, dict[str, str], bytes]


class Mailbox:
    """An ASGI application.

    Args:
        token: What only the operator knows; letters, digits, `-` and `_`.
        port: The port that it is served on.
        messages: Returns mails, oldest first, and text messages. Called in a thread.
        html_of: Returns the HTML of the mail with an id. Called in a thread.
    """

    def __init__(self, token: str, port: int, messages: Messages, html_of: Callable[[str], str]) -> None:
        self._token, self._messages, self._html_of = token, messages, html_of
        self._hosts = frozenset(host.encode() for host in local_hosts(port))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served, not {scope['type']}")
        status, own, body = await self._answer(scope)
        headers = {**own, "Cross-Origin-Resource-Policy": "same-origin", "Content-Length": str(len(body))}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})

    async def _answer(self, scope: Scope) -> Reply:
        hosts = [value.lower() for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return _plain(HTTPStatus.MISDIRECTED_REQUEST)
        if scope["raw_path"] == b"/" and scope["method"] in ("GET", "HEAD"):
            return HTTPStatus.OK, HEADERS, DOOR.encode()
        token, _, name = scope["raw_path"].removeprefix(b"/").partition(b"/")
        if not hmac.compare_digest(token, self._token.encode()) or name.decode("latin-1") not in (PAGE, MAILS, TEXTS):
            return _plain(HTTPStatus.NOT_FOUND)
        if scope["method"] not in ("GET", "HEAD"):
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED)
        mails, texts = await asyncio.to_thread(self._messages)
        if name != PAGE.encode():
            document = mails_document(mails) if name == MAILS.encode() else texts_document(texts)
            return HTTPStatus.OK, {**HEADERS, "Content-Type": "application/json"}, json.dumps(document).encode()
        given = parse_qs(scope["query_string"].decode(errors="replace"))
        query = {name: values[0] for name, values in given.items()}
        action = f"/{self._token}/{PAGE}"
        headers, shown = await asyncio.to_thread(respond, mails, texts, query, self._html_of, action=action, note=KEPT)
        return HTTPStatus.OK, headers, shown.encode()


def _plain(status: HTTPStatus) -> Reply:
    return status, {**HEADERS, "Content-Type": "text/plain; charset=utf-8"}, status.phrase.encode()
