"""Over real connections: none of those that carry a link carries a ballot."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from asgi_client import TestClient
from ballotcast.client.api import connect
from ballotcast.client.voter import Voter
from election_fixture import VOTERS, FrozenElection

Asked = dict[int, list[str]]
"""The last part of each path, by the client's port: one for each connection."""


@pytest.fixture
def asked() -> Asked:
    return defaultdict(list)


@pytest.fixture
def address(http: TestClient, asked: Asked) -> Iterator[str]:
    """A server that keeps connections as long as the client does; one thread at a time, as moto needs it."""
    turn = threading.Lock()

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            asked[self.client_address[1]].append(self.path.rpartition("/")[2])
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {"Content-Type": self.headers.get("Content-Type", "")}
            with turn:
                answer = http.request(self.command, self.path, content=content, headers=headers)
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815 - as http.server names it

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Front) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_ballot_goes_over_a_connection_without_a_link(address: str, asked: Asked, election: FrozenElection) -> None:
    api = connect(address)
    for email in VOTERS[:2]:
        Voter(api, lambda state: None).vote(election.link(email), [[1]])
    api.http.close()
    assert sorted(path for paths in asked.values() for path in paths if path in {"links", "ballots"}) == [
        *["ballots"] * 2,
        *["links"] * 2,
    ]
    assert any(len(paths) > 1 for paths in asked.values())
    for paths in asked.values():
        assert not ("ballots" in paths and {"links", "credentials"} & set(paths)), asked
