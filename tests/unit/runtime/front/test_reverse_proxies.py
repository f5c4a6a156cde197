"""The examples of reverse proxies do what they say: nginx, and Caddy where it is installed."""

import contextlib
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import uvicorn

from certificates import Certificate, self_signed
from reverse_proxies import NAME, Proxy, path_of, running

SPOOFED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
}
MEGABYTE = 1_000_000


class Echo:
    """An ASGI application under uvicorn: returns the headers that came in and the length of the body."""

    def __init__(self) -> None:
        self.got_some = Event()
        config = uvicorn.Config(self, lifespan="off", log_config=None, access_log=False, proxy_headers=False)
        self._server = uvicorn.Server(config)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        length, more = 0, True
        while more:
            message = await receive()
            length += len(message.get("body", b""))
            more = message.get("more_body", False)
            if length:
                self.got_some.set()
        headers = [[name.decode(), value.decode()] for name, value in scope["headers"]]
        body = json.dumps({"headers": headers, "path": scope["raw_path"].decode(), "length": length}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"kept")]})
        await send({"type": "http.response.body", "body": body})

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def echo() -> Iterator[Echo]:
    app = Echo()
    yield app
    app.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return self_signed(tmp_path, NAME)


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path, echo: Echo, certificate: Certificate) -> Iterator[Proxy]:
    if path_of(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    with running(request.param, tmp_path, echo.port, certificate) as started:
        yield started


class Client:
    """Speaks HTTP/1.1 over TLS to the name in the certificate."""

    def __init__(self, proxy: Proxy, certificate: Certificate) -> None:
        context = ssl.create_default_context(cafile=str(certificate.certificate))
        self.connection = http.client.HTTPConnection(NAME, timeout=20)
        plain = socket.create_connection(("127.0.0.1", proxy.port), timeout=20)
        self.connection.sock = context.wrap_socket(plain, server_hostname=NAME)

    def __enter__(self) -> http.client.HTTPConnection:
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def seen(response: http.client.HTTPResponse) -> dict[str, Any]:
    assert response.status == 200
    document: dict[str, Any] = json.loads(response.read())
    return document


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_client_address_is_in_one_header_and_not_the_clients_own(proxy: Proxy, certificate: Certificate) -> None:
    with Client(proxy, certificate) as connection:
        connection.request("GET", "/elections/a%2Fb?c=d", headers=SPOOFED)
        response = connection.getresponse()
        assert response.headers["X-Own"] == "kept"
        found = seen(response)
    assert found["path"] == "/elections/a%2Fb"
    headers = [(name, value) for name, value in found["headers"] if "forwarded" in name or "real" in name]
    assert headers == [("x-forwarded-for", "127.0.0.1")]
    assert ["host", NAME] in found["headers"]


def test_nothing_is_logged_not_even_of_a_request_that_fails(proxy: Proxy, certificate: Certificate, echo: Echo) -> None:
    with Client(proxy, certificate) as connection:
        connection.request("GET", "/vote")
        seen(connection.getresponse())
    echo.stop()
    with Client(proxy, certificate) as connection:
        connection.request("POST", "/vote", body=b"x")
        assert connection.getresponse().status == 502
    assert [file.read_text() for file in files(proxy.logs) if file.stat().st_size] == []


def test_a_body_of_9_mb_passes_and_is_in_no_file_on_the_way(proxy: Proxy, certificate: Certificate, echo: Echo) -> None:
    with Client(proxy, certificate) as connection:
        connection.putrequest("POST", "/elections")
        connection.putheader("Content-Length", str(9 * MEGABYTE))
        connection.endheaders(b"x" * MEGABYTE)
        assert echo.got_some.wait(10)  # before the rest is sent: nothing collects it first
        assert files(proxy.scratch) == []
        connection.send(b"x" * 8 * MEGABYTE)
        assert seen(connection.getresponse())["length"] == 9 * MEGABYTE


def test_a_body_of_11_mb_is_refused(proxy: Proxy, certificate: Certificate) -> None:
    with Client(proxy, certificate) as connection:
        connection.putrequest("POST", "/elections")
        connection.putheader("Content-Length", str(11 * MEGABYTE))
        connection.endheaders()
        with contextlib.suppress(ConnectionError):  # it may refuse before everything is sent
            connection.send(b"x" * 11 * MEGABYTE)
        assert connection.getresponse().status in (413, 502)  # the latter from Caddy before 2.7


def test_http_2_is_spoken(proxy: Proxy, certificate: Certificate) -> None:
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as connection,
    ):
        assert connection.selected_alpn_protocol() == "h2"
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000"))
        assert connection.recv(9)[3] == 4  # SETTINGS (RFC 9113)


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain_port, timeout=20)
    connection.request("GET", "/vote", headers={"Host": NAME})
    response = connection.getresponse()
    assert response.status in (301, 308)
    assert response.headers["Location"].startswith(f"https://{NAME}")
    connection.close()
