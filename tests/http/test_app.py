"""The app factory: contracts, the error shape, limits, idempotency, the reference page."""

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict

from ballotcast.errors import NotFound
from ballotcast.http.access import Access, Undeclared, contract
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

    @router.get("/broken", openapi_extra=contract(Access.PUBLIC))
    def broken() -> None:
        raise ZeroDivisionError("secret detail")

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


def test_a_body_over_the_limit_is_refused(client: TestClient, made: list[str]) -> None:
    assert_problem(client.post("/things", json={"name": "x" * 200}), 413, "body-too-large")
    assert not made


def test_unknown_path_and_method(client: TestClient) -> None:
    assert_problem(client.get("/nothing"), 404, "not-found")
    assert_problem(client.put("/things"), 405, "method-not-allowed")


def test_an_unexpected_failure_tells_nothing_internal(client: TestClient) -> None:
    document = assert_problem(client.get("/broken"), 500, "internal")
    assert document["correlation_id"]
    assert "secret" not in str(document)


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
    assert_problem(client.post("/things", json={"name": "b"}, headers=key), 422, "idempotency-key-reused")


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
