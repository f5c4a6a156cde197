"""The app factory: contracts, the error shape, limits, idempotency, the reference page."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api_events import TestClient
from ballotcast.errors import NotFound
from ballotcast.http.access import MOST_BODY, MOST_TEXT, Access, Undeclared, contract
from ballotcast.http.app import build_app, routes
from ballotcast.http.sessions import CurrentOrganiser, open_session
from problem import assert_problem
from world import World


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str


@pytest.fixture
def made() -> list[str]:
    return []


@pytest.fixture
def client(deployment: World, made: list[str]) -> TestClient:
    router = routes()

    @router.post("/things", status_code=201, openapi_extra=contract(Access.PUBLIC, creates=True, body_limit=100))
    def create(thing: Thing) -> dict[str, int]:
        if thing.name == "missing":
            raise NotFound("no-thing", "there is no such thing")
        made.append(thing.name)
        return {"made": len(made)}

    @router.post("/links", openapi_extra=contract(Access.LINK))
    def link() -> None: ...

    @router.get("/mine", openapi_extra=contract(Access.ORGANISER))
    def mine(organiser: CurrentOrganiser) -> str:
        return organiser

    @router.post("/mine", openapi_extra=contract(Access.ORGANISER, creates=True))
    def create_mine(thing: Thing, organiser: CurrentOrganiser) -> str:
        return thing.name

    @router.get("/broken", openapi_extra=contract(Access.PUBLIC))
    def broken() -> None:
        raise ZeroDivisionError("secret detail")

    @router.get("/dynamodb/{code}/{status}", openapi_extra=contract(Access.PUBLIC))
    def fail(code: str, status: int) -> None:
        answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, "PutItem")

    return TestClient(build_app("things", "things", deployment.wiring(), router), raise_server_exceptions=False)


def test_a_route_without_access_is_refused_at_start() -> None:
    with pytest.raises(Undeclared):
        routes().get("/open")(lambda: None)


def test_a_router_that_keeps_no_contracts_is_refused_at_start(deployment: World) -> None:
    stray = APIRouter()
    stray.get("/open")(lambda: None)
    with pytest.raises(Undeclared):
        build_app("things", "things", deployment.wiring(), stray)


def test_access_organiser_demands_a_session_in_the_signature() -> None:
    with pytest.raises(Undeclared):
        routes().get("/open", openapi_extra=contract(Access.ORGANISER))(lambda: None)


def test_unknown_fields_and_wrong_types_are_named(client: TestClient) -> None:
    assert_problem(client.post("/things", json={"name": 1, "nmae": "x"}), 422, "invalid", "/name", "/nmae")


def test_what_is_not_json_is_malformed(client: TestClient) -> None:
    response = client.post("/things", content=b"{", headers={"content-type": "application/json"})
    assert_problem(response, 400, "malformed")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "latin-1"])
def test_json_is_utf_8(client: TestClient, made: list[str], encoding: str) -> None:
    body = '{"name": "é"}'.encode(encoding)
    response = client.post("/things", content=body, headers={"content-type": "application/json"})
    assert_problem(response, 400, "malformed")
    assert not made


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_a_body_of_another_type_is_refused(client: TestClient, made: list[str], media_type: str) -> None:
    response = client.post("/things", content=b'{"name": "a"}', headers={"content-type": media_type})
    assert_problem(response, 415, "unsupported-media-type")
    assert not made


def test_a_media_type_may_have_parameters(client: TestClient, made: list[str]) -> None:
    headers = {"content-type": 'Application/JSON; charset="UTF-8"'}
    assert client.post("/things", content='{"name": "é"}'.encode(), headers=headers).status_code == 201
    assert made == ["é"]


def test_a_body_over_the_limit_is_refused(client: TestClient, made: list[str]) -> None:
    assert_problem(client.post("/things", json={"name": "x" * 200}), 413, "body-too-large")
    assert not made


def test_unknown_path_and_method(client: TestClient) -> None:
    assert_problem(client.get("/nothing"), 404, "not-found")
    assert_problem(client.put("/things"), 405, "method-not-allowed")
    assert_problem(client.get("/things/health/"), 404, "not-found")


def test_an_unexpected_failure_tells_nothing_internal(client: TestClient) -> None:
    document = assert_problem(client.get("/broken"), 500, "internal")
    assert document["correlation_id"]
    assert "secret" not in str(document)


@pytest.mark.parametrize(
    ("failure", "wait"),
    [
        ("ThrottlingException/400", "1"),
        ("TransactionConflictException/400", "1"),
        ("SlowDown/503", "1"),
        ("InternalServerError/500", "2"),
        ("ExpiredTokenException/400", "2"),
    ],
)
def test_what_passes_may_be_sent_again(client: TestClient, failure: str, wait: str) -> None:
    response = client.get(f"/dynamodb/{failure}")
    document = assert_problem(response, 503, "busy")
    assert response.headers["retry-after"] == wait
    assert ("may have been carried out" in document["detail"]) == (wait == "2")


def test_what_does_not_pass_is_our_fault(client: TestClient) -> None:
    assert_problem(client.get("/dynamodb/ValidationException/400"), 500, "internal")


def test_session(client: TestClient, deployment: World) -> None:
    wiring = deployment.wiring()
    bearer = {"Authorization": f"Bearer {open_session(wiring.session_secret, 'o1', deployment.clock)}"}
    assert client.get("/mine", headers=bearer).json() == "o1"
    assert_problem(client.get("/mine"), 401, "no-session")
    assert_problem(client.get("/mine", headers={"Authorization": "Bearer x.y.z"}), 401, "bad-session")
    deployment.clock.advance(hours=1)
    assert_problem(client.get("/mine", headers=bearer), 401, "session-over")


def test_an_idempotency_key_gives_the_first_answer_again(client: TestClient, made: list[str]) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = (client.post("/things", json={"name": "a"}, headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, b'{"made":1}')
    assert again.headers["idempotency-replayed"] == "true"
    assert made == ["a"]


def test_a_strangers_idempotency_key_is_in_nobodys_way(client: TestClient, made: list[str]) -> None:
    for name in ("a", "b", "b", "a"):
        assert client.post("/things", json={"name": name}, headers={"Idempotency-Key": "1"}).status_code == 201
    assert made == ["a", "b"]


def test_the_same_idempotency_key_with_another_body_is_refused(client: TestClient, deployment: World) -> None:
    def own(organiser: str, name: str) -> Any:
        session = open_session(deployment.wiring().session_secret, organiser, deployment.clock)
        headers = {"Idempotency-Key": "k1", "Authorization": f"Bearer {session}"}
        return client.post("/mine", json={"name": name}, headers=headers)

    assert own("o1", "a").json() == own("o1", "a").json() == "a"
    assert_problem(own("o1", "b"), 422, "idempotency-key-reused")
    assert own("o2", "b").json() == "b"


def test_a_kept_answer_is_read_by_the_same_request_only(client: TestClient, deployment: World) -> None:
    client.post("/things", json={"name": "ada@example.org"}, headers={"Idempotency-Key": "k1"})
    [item] = deployment.wiring().dynamodb.scan(TableName="roll")["Items"]
    assert item["pk"]["S"] == "IDEMPOTENCY#things"
    assert "made" not in str(item)
    assert "ada@" not in str(item)


def test_a_refused_request_leaves_its_idempotency_key_free(client: TestClient, made: list[str]) -> None:
    key = {"Idempotency-Key": "k1"}
    assert_problem(client.post("/things", json={"name": "missing"}, headers=key), 404, "no-thing")
    assert client.post("/things", json={"name": "a"}, headers=key).status_code == 201
    assert made == ["a"]


def test_idempotent_by_content_takes_no_key(client: TestClient) -> None:
    assert_problem(client.post("/links", headers={"Idempotency-Key": "k"}), 400, "idempotency-key")


def test_health_description_and_reference(client: TestClient) -> None:
    assert client.get("/things/health").json() == {"status": "ok", "function": "things"}
    assert "/things" in client.get("/things/openapi.json").json()["paths"]
    page = client.get("/things/docs")
    assert "POST /things" in page.text
    assert "script" not in page.text


def test_no_route_promises_a_body_that_lambda_does_not_take() -> None:
    event, envelope = 6 * 1024 * 1024, 64 * 1024
    assert MOST_BODY * 4 / 3 + envelope <= event
    assert MOST_TEXT * 2 + envelope <= event
    contract(Access.PUBLIC, body_limit=MOST_BODY)
    with pytest.raises(Undeclared):
        contract(Access.PUBLIC, body_limit=MOST_BODY + 1)
