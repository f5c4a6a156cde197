"""Token buckets, by the template's MethodSettings."""

import pytest

from ballotcast_tools.runtime.front.throttles import Throttles
from ballotcast_tools.runtime.template.deployment import Throttle
from front_requests import Functions, api, ask, front_of
from problem import assert_problem

ALL = Throttle("*", "/*", 100, 5)
SESSIONS = Throttle("POST", "/~1sessions", 10, 2)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(throttles: Throttles, method: str, resource: str) -> int:
    """How many requests in a row are admitted."""
    count = 0
    while throttles.admits(method, resource):
        count += 1
    return count


def test_a_burst_and_then_the_rate() -> None:
    clock = Clock()
    throttles = Throttles([ALL, SESSIONS], clock)
    assert taken(throttles, "POST", "/sessions") == 2
    clock.now += 0.1
    assert taken(throttles, "POST", "/sessions") == 1
    clock.now += 0.05
    assert taken(throttles, "POST", "/sessions") == 0, "half a token is none"
    clock.now += 60
    assert taken(throttles, "POST", "/sessions") == 2, "never more than the burst"


def test_all_other_methods_share_a_bucket() -> None:
    throttles = Throttles([ALL, SESSIONS], Clock())
    assert throttles.admits("GET", "/sessions")
    assert taken(throttles, "GET", "/elections/{id}") == 4
    assert taken(throttles, "POST", "/elections") == 0
    assert taken(throttles, "POST", "/sessions") == 2


def test_paths_may_be_escaped_or_not() -> None:
    throttles = Throttles(
        [Throttle("POST", "/links/otp", 1, 1), Throttle("POST", "/~1organisers~1reset", 1, 3)], Clock()
    )
    assert taken(throttles, "POST", "/links/otp") == 1
    assert taken(throttles, "POST", "/organisers/reset") == 3


def test_without_settings_all_are_admitted() -> None:
    throttles = Throttles([], Clock())
    assert all(throttles.admits("GET", "/") for _ in range(10_000))


@pytest.mark.parametrize("setting", [Throttle("*", "/~1sessions", 1, 1), Throttle("GET", "/*", 1, 1)])
def test_other_settings_are_refused(setting: Throttle) -> None:
    with pytest.raises(ValueError, match="one method of one resource"):
        Throttles([setting])


def test_a_throttled_request_is_told_to_come_again() -> None:
    functions = Functions()
    front = front_of(functions, api(Throttle("POST", "/~1sessions", 0.001, 1)))
    assert ask(front, "POST", "/sessions").status_code == 200
    refused = ask(front, "POST", "/sessions")
    assert_problem(refused, 503, "busy")
    assert refused.headers["retry-after"] == "1"
    assert len(functions.calls) == 1
