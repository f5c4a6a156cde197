"""What is tried again, what is not, and how refusals are told."""

from collections.abc import Callable, Iterator

import httpx2 as httpx
import pytest

from ballotcast.client.api import LONGEST_WAIT, WAITS, Api, member
from ballotcast.client.errors import ApiError, Unreachable, Untrusted

Answer = Callable[[], httpx.Response]


class Server:
    """Gives its answers in order, the last one for ever, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers: Iterator[Answer] = iter(answers)
        self._last = answers[-1]
        self.requests: list[httpx.Request] = []
        self.waits: list[float] = []
        http = httpx.Client(base_url="http://board.example/prod", transport=httpx.MockTransport(self._answer))
        self.api = Api(http, sleep=self.waits.append)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return next(self._answers, self._last)()


def fine() -> httpx.Response:
    return httpx.Response(200, json={"fine": True})


def broken() -> httpx.Response:
    raise httpx.ReadError("connection reset")


def busy(seconds: int = 7) -> httpx.Response:
    problem = {"type": "urn:ballotcast:problem:busy", "detail": "too much at once"}
    return httpx.Response(503, json=problem, headers={"Retry-After": str(seconds)})


def refusal(status: int, slug: str) -> Answer:
    problem = {
        "type": f"urn:ballotcast:problem:{slug}",
        "detail": "it may not be",
        "errors": [{"pointer": "/ballot", "detail": "bad"}],
    }
    return lambda: httpx.Response(status, json=problem, headers={"Retry-After": "60"})


def test_paths_are_below_the_address() -> None:
    server = Server(fine)
    assert server.api.get("/links").json() == {"fine": True}
    assert str(server.requests[0].url) == "http://board.example/prod/links"
    assert server.api.address == "http://board.example/prod"


def test_a_lost_connection_is_tried_again() -> None:
    server = Server(broken, broken, fine)
    assert server.api.post("/links", json={"link": "x"}).status_code == 200
    assert server.waits == list(WAITS[:2])
    assert len({request.content for request in server.requests}) == 1


def test_nobody_there_is_told_after_the_last_attempt() -> None:
    server = Server(broken)
    with pytest.raises(Unreachable, match="does not answer"):
        server.api.get("/links")
    assert len(server.requests) == len(WAITS) + 1


def test_who_is_waited_for_gives_up_in_time() -> None:
    clock = [100.0]
    tries: list[float] = []

    def hang(request: httpx.Request) -> httpx.Response:
        tries.append(request.extensions["timeout"]["read"])
        clock[0] += tries[-1] if len(tries) > 1 else 9
        raise httpx.ReadTimeout("nothing came")

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    http = httpx.Client(base_url="http://board.example", transport=httpx.MockTransport(hang))
    with pytest.raises(Unreachable):
        Api(http, sleep=sleep, within=20, now=lambda: clock[0]).get("/turnout")
    assert tries == [20, pytest.approx(20 - 9 - WAITS[0])]
    assert clock[0] == pytest.approx(120)


def test_no_wait_goes_past_the_time_there_is() -> None:
    server = Server(lambda: busy(7))
    api = Api(server.api.http, sleep=server.waits.append, within=5, now=lambda: 0.0)
    with pytest.raises(ApiError) as caught:
        api.get("/links")
    assert (caught.value.slug, server.waits) == ("busy", [])


def test_a_request_that_is_under_way_is_waited_for_longer_than_the_server_does() -> None:
    server = Server(refusal(409, "in-progress"))
    server.api.sleep = server.waits.append
    with pytest.raises(ApiError):
        server.api.post_once("/elections")
    assert sum(server.waits) > 30
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1


def test_turned_away_waits_as_long_as_the_server_says() -> None:
    server = Server(busy, lambda: busy(3600), fine)
    server.api.get("/links")
    assert server.waits == [7, LONGEST_WAIT]


def test_turned_away_for_good_is_an_error() -> None:
    server = Server(busy)
    with pytest.raises(ApiError) as caught:
        server.api.get("/links")
    assert (caught.value.status, caught.value.slug, caught.value.retry_after) == (503, "busy", 7)
    assert len(server.requests) == len(WAITS) + 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 429, 500])
def test_a_refusal_is_final_and_names_its_fields(status: int) -> None:
    server = Server(refusal(status, "some-slug"), fine)
    with pytest.raises(ApiError, match="it may not be") as caught:
        server.api.post("/links")
    assert (caught.value.status, caught.value.slug) == (status, "some-slug")
    assert [(one.pointer, one.fault.params) for one in caught.value.errors] == [("/ballot", {"reason": "bad"})]
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"", b'"text"'])
def test_an_answer_that_is_no_problem_document(body: bytes) -> None:
    with pytest.raises(ApiError, match="the server answered 500") as caught:
        Server(lambda: httpx.Response(500, content=body)).api.get("/links")
    assert caught.value.slug == ""


def test_what_is_to_count_once_keeps_its_key_through_all_attempts() -> None:
    server = Server(broken, refusal(409, "in-progress"), fine)
    server.api.post_once("/elections", json={})
    keys = [request.headers["idempotency-key"] for request in server.requests]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    server.api.post_once("/elections", json={})
    assert server.requests[-1].headers["idempotency-key"] != keys[0]


def test_what_is_idempotent_by_content_carries_no_key() -> None:
    server = Server(fine)
    server.api.post("/links", json={})
    assert "idempotency-key" not in server.requests[0].headers


def test_waiting_ends_with_what_is_found_or_with_patience() -> None:
    server = Server(fine)
    found = iter([None, None, "there"])
    assert server.api.wait_for(lambda: next(found), 60) == "there"
    assert len(server.waits) == 2
    server.waits.clear()
    assert server.api.wait_for(lambda: None, 60) is None
    assert sum(server.waits) == 60
    assert server.api.wait_for(lambda: "at once", 0) == "at once"


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"", b"{}", b'{"election": 5}', b'{"election": null}'])
def test_an_answer_of_something_else(body: bytes) -> None:
    answer = Server(lambda: httpx.Response(200, content=body)).api.get("/links")
    with pytest.raises(Untrusted, match="no election"):
        member(answer, "election", str)
