"""The apps of all functions over one deployment; pages find nothing at the API that they ask."""

import importlib

import httpx2 as httpx
from fastapi import FastAPI

from ballotcast.client.api import Api
from ballotcast.wiring import Wiring

APPS = ("organise", "register", "vote", "trustee", "tally", "channel", "web")


def nothing_there(address: str) -> Api:
    """The API as pages ask it, where nothing is found."""
    missing = {"type": "urn:ballotcast:problem:not-found", "title": "Not Found", "status": 404, "detail": "nothing"}
    transport = httpx.MockTransport(lambda request: httpx.Response(404, json=missing))
    return Api(httpx.Client(base_url=address, transport=transport))


def app_of(function: str, wiring: Wiring) -> FastAPI:
    app: FastAPI = importlib.import_module(f"{function}.app").create_app(wiring)
    app.state.connect = nothing_there
    return app
