"""Where a deployment says that it is reached: on AWS, behind a domain, and on an emulator, from inside a container."""

from typing import Any

import pytest
from fastapi import Request

from ballotcast.http.address import base_url, own_url
from ballotcast.settings import Settings

AWS = {"ENVIRONMENT": "prod"}
EMULATED = {"ENVIRONMENT": "localstack", "AWS_ENDPOINT_URL": "http://172.17.0.2:4566"}
CONTEXT = {"apiId": "ab12", "stage": "v1", "path": "/v1/", "domainName": "ab12.execute-api.eu-west-1.amazonaws.com"}


def asked(host: str, context: dict[str, Any] = CONTEXT) -> Request:
    headers = [(b"host", host.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "query_string": b""}
    return Request({**scope, "aws.event": {"path": "/", "requestContext": context}})


def test_on_aws_the_host_header_counts_for_nothing() -> None:
    assert base_url(asked("evil.example"), Settings(AWS)) == "https://ab12.execute-api.eu-west-1.amazonaws.com/v1"
    assert own_url(asked("evil.example"), Settings(AWS)) == "https://ab12.execute-api.eu-west-1.amazonaws.com/v1"


@pytest.mark.parametrize("environment", [AWS, EMULATED])
def test_a_domain_of_ones_own_comes_first(environment: dict[str, str]) -> None:
    settings = Settings({**environment, "PUBLIC_URL": "https://vote.example.org/"})
    assert base_url(asked("127.0.0.1:4566"), settings) == "https://vote.example.org"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:4700", "http://127.0.0.1:4700/_aws/execute-api/ab12/v1"),
        ("localhost:4566", "http://localhost:4566/_aws/execute-api/ab12/v1"),
        ("[::1]:4566", "http://[::1]:4566/_aws/execute-api/ab12/v1"),
        ("localhost.localstack.cloud:4566", "http://localhost.localstack.cloud:4566/_aws/execute-api/ab12/v1"),
        (
            "ab12.execute-api.localhost.localstack.cloud:4566",
            "http://ab12.execute-api.localhost.localstack.cloud:4566/v1",
        ),
    ],
)
def test_on_an_emulator_links_lead_to_the_gateway_that_was_asked(host: str, expected: str) -> None:
    assert base_url(asked(host), Settings(EMULATED)) == expected


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:4566@evil.example", "x:abc", ""])
def test_a_host_that_is_not_this_machine_makes_no_link(host: str) -> None:
    assert base_url(asked(host), Settings(EMULATED)) == "http://172.17.0.2:4566/_aws/execute-api/ab12/v1"


def test_from_inside_a_container_the_api_is_at_the_emulators_own_address() -> None:
    assert (
        own_url(asked("127.0.0.1:4700"), Settings({**EMULATED, "API_URL": "http://127.0.0.1:1/"}))
        == "http://127.0.0.1:1"
    )
    assert own_url(asked("127.0.0.1:4700"), Settings(EMULATED)) == "http://172.17.0.2:4566/_aws/execute-api/ab12/v1"
