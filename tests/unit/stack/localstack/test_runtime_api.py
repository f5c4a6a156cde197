"""The Runtime API as a runtime meets it, odd requests included."""

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ballotcast_tools.stack.localstack.runtime_api import Invocation, Outcome, RuntimeApi

NEXT = "/2018-06-01/runtime/invocation/next"


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    served = RuntimeApi()
    yield served
    served.close()


def ask(api: RuntimeApi, method: str, path: str, body: bytes = b"", chunked: bool = False) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(api.address, timeout=20)
    if chunked:
        connection.request(
            method, path, iter([body[:3], body[3:]]), {"Transfer-Encoding": "chunked"}, encode_chunked=True
        )
    else:
        connection.request(method, path, body)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def handed_over(api: RuntimeApi, invocation_id: str = "1") -> Invocation:
    invocation = Invocation(invocation_id, b'{"a":1}', 0, "arn")
    api.hand_over(invocation)
    assert ask(api, "GET", NEXT) == (200, b'{"a":1}')
    return invocation


def test_asking_for_an_event_is_the_end_of_the_initialisation(api: RuntimeApi) -> None:
    assert not api.initialised.done()
    handed_over(api)
    assert api.initialised.result() is None


def test_an_error_before_that_is_its_outcome(api: RuntimeApi) -> None:
    assert ask(api, "POST", "/2018-06-01/runtime/init/error", b"{}")[0] == 202
    assert api.initialised.result() == Outcome(b"{}", failed=True)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("end", "failed"), [("response", False), ("error", True)])
def test_an_outcome_is_taken_once(api: RuntimeApi, end: str, *, failed: bool, chunked: bool) -> None:
    invocation = handed_over(api)
    path = f"/2018-06-01/runtime/invocation/1/{end}"
    assert ask(api, "POST", path, b'"done"', chunked)[0] == 202
    assert invocation.outcome.result() == Outcome(b'"done"', failed=failed)
    assert ask(api, "POST", path, b'"again"')[0] == 400
    assert json.loads(invocation.outcome.result().body) == "done"


def test_the_outcome_of_another_event_is_refused(api: RuntimeApi) -> None:
    invocation = handed_over(api)
    assert ask(api, "POST", "/2018-06-01/runtime/invocation/2/response", b"{}")[0] == 400
    assert not invocation.outcome.done()


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/2018-06-01/runtime/elsewhere")])
def test_other_addresses_are_not_found(api: RuntimeApi, method: str, path: str) -> None:
    assert ask(api, method, path)[0] == 404


@pytest.mark.parametrize("header", [("Host", "evil.example"), ("Origin", "https://evil.example")])
def test_a_browser_gets_no_event(api: RuntimeApi, header: tuple[str, str]) -> None:
    api.hand_over(Invocation("1", b"{}", 0, "arn"))
    connection = http.client.HTTPConnection(api.address, timeout=20)
    connection.request("GET", NEXT, headers=dict([header]))
    assert connection.getresponse().status == 403
    connection.close()
    assert not api.initialised.done()


def test_closing_lets_go_of_a_runtime_that_waits() -> None:
    api = RuntimeApi()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(ask, api, "GET", NEXT)
        api.initialised.result(timeout=20)
        api.close()
        with pytest.raises(http.client.RemoteDisconnected):
            waiting.result(timeout=20)
