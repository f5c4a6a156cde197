"""Everything the template names is there, and the routes it opens are the routes the apps have."""

import importlib
import re
from typing import Any

import pytest
from fastapi import FastAPI

from ballotcast.http.app import declared_routes
from checkout import ROOT
from world import World

Resources = dict[str, dict[str, Any]]


ELSEWHERE = ("ANY", "/{proxy+}")
"""What no other resource takes; `web` says so."""
BY_ELSEWHERE = {("GET", "/trustee")}
"""Pages that come by it: a function's policy has room for no more resources than `web` has."""


ITSELF = ("health", "openapi.json", "docs")
"""What every function says of itself: three routes, or one where its policy has no room for three."""


def routes_in_template(properties: dict[str, Any]) -> set[tuple[str, str]]:
    """A GET is declared as `any`, so that HEAD and wrong methods reach the app as well."""
    declared = {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for event in properties.get("Events", {}).values()
        if event["Type"] == "Api"
    }
    assert not [path for method, path in declared if method == "GET"]
    named = {("GET" if method == "ANY" else method, path) for method, path in declared - {ELSEWHERE}}
    itself = {route for route in named if route[1].endswith("/{page}")}
    return named - itself | {(method, path.replace("{page}", page)) for method, path in itself for page in ITSELF}


def routes_in_app(app: FastAPI) -> set[tuple[str, str]]:
    """In API Gateway's words: FastAPI's `{rest:path}` is its `{rest+}`."""
    return {
        (method, route.path.replace(":path}", "+}")) for route in declared_routes(app) for method in route.methods or ()
    }


def test_every_handler_resolves(functions: Resources) -> None:
    for name, properties in functions.items():
        module, _, attribute = properties["Handler"].rpartition(".")
        assert callable(getattr(importlib.import_module(module), attribute)), name


def test_every_path_is_there(template: dict[str, Any]) -> None:
    for resource in template["Resources"].values():
        for key in ("ContentUri", "DefinitionUri"):
            if path := resource.get("Properties", {}).get(key):
                assert (ROOT / path).exists(), path
    assert (ROOT / template["Globals"]["Function"]["CodeUri"]).is_dir()


@pytest.mark.parametrize("name", ["organise", "register", "vote", "trustee", "tally", "channel", "web"])
def test_the_template_opens_exactly_the_apps_routes(name: str, functions: Resources, deployment: World) -> None:
    app = importlib.import_module(f"{name}.app").create_app(deployment.wiring())
    assert routes_in_template(functions[f"{name.title()}Function"]) == routes_in_app(app) - BY_ELSEWHERE


def test_unknown_addresses_go_to_the_pages(functions: Resources) -> None:
    takers = [
        name
        for name, properties in functions.items()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "Api" and event["Properties"]["Path"] == ELSEWHERE[1]
    ]
    assert takers == ["WebFunction"]


def test_the_stack_has_fewer_resources_than_cloudformation_takes(expanded: Resources) -> None:
    assert len(expanded) < 450


def test_every_variable_a_function_is_given_is_one_that_settings_read(functions: Resources) -> None:
    known = set(re.findall(r'"([A-Z_]+)"', (ROOT / "layers/common/ballotcast/settings.py").read_text()))
    for name, properties in functions.items():
        given = set(properties.get("Environment", {}).get("Variables", {}))
        assert given <= known, name
