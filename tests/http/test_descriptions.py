"""Each function's OpenAPI description: every refusal is a problem document, and no other shape is named."""

import pytest

from ballotcast.http.problems import MEDIA_TYPE
from function_apps import APPS, app_of
from organising import DRAFT, Organiser
from problem import assert_problem
from world import World

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.mark.parametrize("function", APPS)
def test_every_refusal_is_described_as_a_problem(deployment: World, function: str) -> None:
    described = app_of(function, deployment.wiring()).openapi()
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for method in METHODS & operations.keys():
            responses = operations[method]["responses"]
            assert {"400", "500", "503"} <= responses.keys(), path
            for status, response in responses.items():
                compared = path.endswith("/validate-schema") and status == "409"  # another schema: a result, no refusal
                if status >= "400" and not compared:
                    schema = response["content"][MEDIA_TYPE]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}, (path, status)


def test_a_problem_fits_its_schema(deployment: World) -> None:
    schema = app_of("organise", deployment.wiring()).openapi()["components"]["schemas"]["Problem"]
    document = assert_problem(
        Organiser(deployment).post("/elections", json={**DRAFT, "title": ""}), 422, "invalid", "/title"
    )
    assert set(schema["required"]) <= document.keys() <= schema["properties"].keys()
