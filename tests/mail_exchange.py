"""A mail server for tests: it speaks SMTP over real sockets, and does what a test wants it to do."""

import socketserver
import ssl
from base64 import b64decode
from collections import defaultdict, deque
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import Any, Self

from certificates import Certificate

DROP = "drop"
"""As a reply: the connection ends without one."""


@dataclass(frozen=True)
class Taken:
    """A mail that arrived. `content` has its line ends as they came."""

    sender: str
    receiver: str
    content: bytes


class MailExchange(socketserver.ThreadingTCPServer):
    """Serves on a port of its own within `with`.

    Args:
        certificate: For TLS.
        implicit: TLS from the first byte, not by STARTTLS.
        login: `user:password`, without which nothing is taken.
        port: 0 for any.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, certificate: Certificate | None = None, *, implicit: bool = False, login: str = "", port: int = 0
    ) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.tls: ssl.SSLContext | None = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate.certificate, certificate.key)
        self.implicit, self.login = implicit, login
        self.taken: Queue[Taken] = Queue()
        self.connections = 0
        self.commands: list[str] = []
        self.replies: dict[str, deque[str]] = defaultdict(deque)
        """What is replied next to `MAIL`, `RCPT <address>` or the end of `DATA`, instead of success."""

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that end a connection, or do not trust us, are what is tested."""


class _Session(socketserver.StreamRequestHandler):
    server: MailExchange

    def handle(self) -> None:
        self.server.connections += 1
        self.sender = self.receiver = ""
        self.secure, self.trusted = False, not self.server.login
        if self.server.implicit:
            self._encrypt()
        self._say("220 test")
        while line := self.rfile.readline():
            command = line.decode().rstrip("\r\n")
            self.server.commands.append(command)
            verb, _, rest = command.partition(" ")
            if not getattr(self, f"_{verb.lower()}", self._unknown)(rest):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _ehlo(self, rest: str) -> bool:
        offers = ["test", "8BITMIME", *(["AUTH PLAIN"] if self.server.login else [])]
        offers += ["STARTTLS"] if self.server.tls and not self.secure else []
        self.wfile.write("".join(f"250{' ' if o is offers[-1] else '-'}{o}\r\n" for o in offers).encode())
        return True

    def _starttls(self, rest: str) -> bool:
        self._say("220 go")
        self._encrypt()
        return True

    def _auth(self, rest: str) -> bool:
        given = b64decode(rest.partition(" ")[2]).decode().lstrip("\0").replace("\0", ":")
        self.trusted = given == self.server.login
        return self._say("235 welcome" if self.trusted else "535 5.7.8 no")

    def _mail(self, rest: str) -> bool:
        self.sender = rest.partition("<")[2].partition(">")[0]
        return self._reply("MAIL", "250 ok" if self.trusted else "530 5.7.0 log in")

    def _rcpt(self, rest: str) -> bool:
        self.receiver = rest.partition("<")[2].partition(">")[0]
        return self._reply(f"RCPT {self.receiver}", "250 ok")

    def _data(self, rest: str) -> bool:
        self._say("354 go")
        if self._next("middle of DATA") == DROP:
            self.rfile.readline()
            return False
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line.removeprefix(b"."))
        reply = self._next("DATA") or "250 ok"
        if reply.startswith("250"):
            self.server.taken.put(Taken(self.sender, self.receiver, b"".join(lines)))
        return self._say(reply)

    def _rset(self, rest: str) -> bool:
        return self._say("250 ok")

    def _quit(self, rest: str) -> bool:
        self._say("221 bye")
        return False

    def _unknown(self, rest: str) -> bool:
        return self._say("502 what?")

    def _next(self, moment: str) -> str:
        return self.server.replies[moment].popleft() if self.server.replies[moment] else ""

    def _reply(self, moment: str, usual: str) -> bool:
        return self._say(self._next(moment) or usual)

    def _say(self, reply: str) -> bool:
        if reply == DROP:
            return False
        self.wfile.write(f"{reply}\r\n".encode())
        return True

    def _encrypt(self) -> None:
        assert self.server.tls
        self.request = self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.connection)  # type: ignore[attr-defined]
        self.secure = True
