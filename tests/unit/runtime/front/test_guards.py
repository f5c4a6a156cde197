"""Requests of other sites' pages, and for names that only pretend to be this machine."""

import pytest

from front_requests import Functions, ask, front_of
from problem import assert_problem

PUBLIC = "https://vote.club.example"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:4700", "localhost:4700", "LOCALHOST:4700", "[::1]:4700", "vote.club.example", "vote.club.example:443"],
)
def test_own_names_are_served(host: str) -> None:
    assert ask(front_of(Functions(), public_url=PUBLIC), "GET", "/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4700", "127.0.0.1", "127.0.0.1:4701", "localhost.evil.example:4700", ""]
)
@pytest.mark.parametrize("path", ["/", "/health", "/nothing"])
def test_other_names_are_not(host: str, path: str) -> None:
    functions = Functions()
    response = ask(front_of(functions, public_url=PUBLIC), "GET", path, headers={"Host": host})
    assert_problem(response, 421, "misdirected")
    assert "club" not in response.text
    assert functions.calls == []


def test_a_public_name_is_none_of_ours_where_none_is_set() -> None:
    assert ask(front_of(Functions()), "GET", "/", headers={"Host": "vote.club.example"}).status_code == 421


def test_two_names_are_none() -> None:
    headers = [("Host", "127.0.0.1:4700"), ("Host", "127.0.0.1:4700")]
    assert ask(front_of(Functions()), "GET", "/", headers=headers).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:4701"},
        {"Origin": "http://vote.club.example"},
        {"Origin": "https://127.0.0.1:4700"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_pages_of_others_change_nothing(method: str, headers: dict[str, str]) -> None:
    functions = Functions()
    response = ask(front_of(functions, public_url=PUBLIC), method, "/elections", headers=headers)
    assert_problem(response, 403, "cross-origin")
    assert functions.calls == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:4700", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost:4700"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_own_pages_and_programs_may(headers: dict[str, str]) -> None:
    assert ask(front_of(Functions(), public_url=PUBLIC), "POST", "/sessions", headers=headers).status_code == 200


def test_links_from_elsewhere_lead_here_and_scripts_from_elsewhere_read_nothing() -> None:
    functions = Functions()
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    for method in ("GET", "HEAD", "OPTIONS"):
        response = ask(front_of(functions), method, "/elections", headers=headers)
        assert response.status_code == 200
        assert not [name for name in response.headers if name.startswith("access-control-")]
