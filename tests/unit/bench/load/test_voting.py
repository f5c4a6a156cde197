"""Voters in processes of their own: each has an outcome, also where the server refuses."""

from collections import Counter

from ballotcast.ballots.link import Link
from ballotcast_tools.bench.load.voting import Errand, vote
from scripted_server import scripted_server

PROBLEM = b'{"type": "urn:ballotcast:problem:gone", "detail": "no"}'
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: %d\r\n\r\n%b" % (len(PROBLEM), PROBLEM)


def test_refused_voters_are_errors_by_reason_and_a_bad_link_names_nothing() -> None:
    link = Link(bytes(32), bytes(32), bytes(16)).encode()
    told: list[int] = []
    with scripted_server(GONE) as server:
        errands = [Errand(number, link, []) for number in range(5)] + [Errand(5, "1.secret", [])]
        voted = vote(server.address, errands, at_once=3, goal="cast", told=told.append)

    assert voted.tally.errors == Counter({"410 gone": 5, "LinkError before the choices were sealed": 1})
    assert (voted.tally.completed, voted.states, sum(told)) == (0, {}, 6)
    assert len(server.requests) == 5
    assert voted.client_seconds > 0
