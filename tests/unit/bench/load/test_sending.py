"""Many requests over a few connections, those that are turned away sent again."""

from collections import Counter
from collections.abc import Iterator

from ballotcast_tools.bench.load.casting import Casts, expect_success
from ballotcast_tools.bench.load.http1 import request
from ballotcast_tools.bench.load.sending import Wanted, send
from scripted_server import ScriptedServer, ok, scripted_server

BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
REFUSED = b'{"type": "urn:ballotcast:problem:other-ballot"}'
CONFLICT = b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%b" % (len(REFUSED), REFUSED)


def gets(server: ScriptedServer, number: int) -> Iterator[Wanted]:
    return iter([Wanted(request(server.address, "GET", "/health"), expect_success)] * number)


def test_all_are_sent_over_as_many_connections_as_are_asked_for() -> None:
    with scripted_server(ok(b"x")) as server:
        tally = send(server.address, gets(server, 50), at_once=4)

    assert (tally.completed, tally.failed, tally.retries) == (50, 0, 0)
    assert (len(server.requests), server.connections) == (50, 4)
    assert all(0 < latency <= tally.seconds for latency in tally.latencies)


def test_what_is_turned_away_is_sent_again_after_the_real_clients_pause() -> None:
    with scripted_server(BUSY, ok(b"x")) as server:
        tally = send(server.address, gets(server, 1), at_once=1)

    assert (tally.completed, tally.failed, tally.retries) == (1, 0, 1)
    assert tally.latencies[0] >= 0.2


def test_the_server_may_ask_for_a_longer_pause() -> None:
    asked = BUSY.replace(b"\r\n\r\n", b"\r\nRetry-After: 1\r\n\r\n")
    with scripted_server(asked, ok(b"x")) as server:
        tally = send(server.address, gets(server, 1), at_once=1)

    assert (tally.completed, tally.retries) == (1, 1)
    assert tally.latencies[0] >= 1


def test_a_connection_that_breaks_off_is_no_loss() -> None:
    with scripted_server(ok(b"hello")[:-1], ok(b"x"), closing=[0]) as server:
        tally = send(server.address, gets(server, 1), at_once=1)

    assert (tally.completed, tally.failed, tally.retries) == (1, 0, 1)


def test_a_refusal_is_an_error_with_its_name_and_is_not_repeated() -> None:
    with scripted_server(CONFLICT, ok(b"x")) as server:
        tally = send(server.address, gets(server, 3), at_once=1)

    assert (tally.completed, tally.errors) == (2, Counter({"status 409 other-ballot": 1}))
    assert len(server.requests) == 3


def test_nothing_is_begun_after_the_time() -> None:
    with scripted_server(ok(b"x")) as server:
        tally = send(server.address, gets(server, 100_000), at_once=2, seconds=0.05)

    assert 2 <= tally.completed < 100_000
    assert tally.seconds >= 0.05


def test_casts_keep_the_receipt_of_each_voter() -> None:
    with scripted_server(ok(b'{"receipt": "note"}'), ok(b"[]"), CONFLICT) as server:
        casts = Casts(server.address, "/elections/e1/ballots", {4: b"\x01", 7: b"\x02", 9: b"\x03"})
        tally = send(server.address, casts.each(casts.numbers), at_once=1)

    assert casts.receipts() == {4: "note", 7: ""}
    assert (tally.completed, tally.failed) == (2, 1)
    assert server.requests[1].endswith(b'{"ballot": "Ag"}')
