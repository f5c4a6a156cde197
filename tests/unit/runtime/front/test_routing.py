"""From method and path to a route, as API Gateway finds it."""

import pytest

from ballotcast_tools.runtime.front.app import Front
from ballotcast_tools.runtime.front.options import Options
from ballotcast_tools.runtime.front.routing import Router
from ballotcast_tools.runtime.template.deployment import Route
from ballotcast_tools.runtime.template.reading import read_deployment
from checkout import ROOT
from front_requests import PORT, ROUTES, Functions

TEMPLATE = ROOT / "template.yaml"
ROUTER = Router(ROUTES)


@pytest.mark.parametrize(
    ("method", "path", "found", "parameters"),
    [
        ("GET", "/", "ANY /", None),
        ("GET", "/elections", "ANY /elections", None),
        ("POST", "/elections", "POST /elections", None),
        ("HEAD", "/elections/e1", "ANY /elections/{id}", {"id": "e1"}),
        ("DELETE", "/elections/e1", "DELETE /elections/{id}", {"id": "e1"}),
        ("GET", "/elections/e1/", "ANY /elections/{id}", {"id": "e1"}),
        ("GET", "/elections/a%2Fb", "ANY /elections/{id}", {"id": "a%2Fb"}),
        ("POST", "/elections/e1/ballots", "POST /elections/{id}/ballots", {"id": "e1"}),
        (
            "GET",
            "/elections/e1/log/tile/0/x001/234",
            "ANY /elections/{id}/log/tile/{path+}",
            {"id": "e1", "path": "0/x001/234"},
        ),
        ("GET", "/elections/e1/log/tile", "ANY /{proxy+}", {"proxy": "elections/e1/log/tile"}),
        ("GET", "/elections/e1/nothing", "ANY /{proxy+}", {"proxy": "elections/e1/nothing"}),
        ("GET", "/elections//ballots", "ANY /{proxy+}", {"proxy": "elections//ballots"}),
        ("GET", "/ports/available", "ANY /ports/available", None),
        ("GET", "/ports/26001/status", "ANY /ports/{port}/status", {"port": "26001"}),
        ("GET", "/ports/available/status", "ANY /ports/{port}/status", {"port": "available"}),
        ("GET", "/%65lections", "ANY /{proxy+}", {"proxy": "%65lections"}),
        ("GET", "//evil.example/x", "ANY /{proxy+}", {"proxy": "/evil.example/x"}),
    ],
)
def test_the_most_exact_resource_takes_a_path(
    method: str, path: str, found: str, parameters: dict[str, str] | None
) -> None:
    match = ROUTER.find(method, path)
    assert match is not None
    assert f"{match.route.method} {match.route.resource}" == found
    assert match.parameters == parameters


@pytest.mark.parametrize("path", ["/sessions", "/sessions/", "/elections/e1/ballots"])
def test_a_resource_without_the_method_is_not_passed_over(path: str) -> None:
    assert ROUTER.find("GET", path) is None


def test_without_a_catch_all_unknown_paths_have_no_route() -> None:
    router = Router([Route("GET", "/a/{b}/c", "f")])
    assert router.find("GET", "/a/1/c") is not None
    for path in ("/", "/a", "/a/1", "/a/1/d", "/a/1/c/e"):
        assert router.find("GET", path) is None


@pytest.mark.parametrize(
    "routes",
    [[Route("GET", "/a", "f"), Route("GET", "/a", "g")], [Route("GET", "/{a+}/b", "f")]],
    ids=["twice", "greedy in the middle"],
)
def test_what_cannot_be_routed_is_refused(routes: list[Route]) -> None:
    with pytest.raises(ValueError, match=r"declared twice|may follow"):
        Router(routes)


def test_the_real_template_is_served_whole() -> None:
    """Every route is found by a path of its own, and the gateway's responses and throttles are known ones."""
    deployment = read_deployment(TEMPLATE, {"Environment": "local"}, {})
    Front(deployment.routes, deployment.api, Options(PORT), Functions(), dict)
    router = Router(deployment.routes)
    for route in deployment.routes:
        path = route.resource.replace("+}", "}")
        match = router.find("OTHER" if route.method == "ANY" else route.method, path)
        assert match is not None
        assert match.route == route
    assert Options(PORT).page_functions <= deployment.functions.keys()
    limited = {(throttle.method, throttle.resource) for throttle in deployment.api.throttles}
    known = {(method, one.resource) for one in deployment.routes for method in _methods(one)}
    assert limited <= {("*", "/*"), *known}


def _methods(route: Route) -> tuple[str, ...]:
    """API Gateway has a setting for each method of a resource that takes any."""
    return ("GET", "HEAD") if route.method == "ANY" else (route.method,)
