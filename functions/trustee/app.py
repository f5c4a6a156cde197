"""The function `trustee`: what trustees send to make an election's key and to open it. It knows no voter, no ballot."""

from ballotcast import cold_start  # isort: split

from fastapi import FastAPI

from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from trustee.routes import router


def create_app(wiring: Wiring) -> FastAPI:
    return build_app("trustee", "trustees", wiring, router)


app = create_app(from_environment())
handler = http_handler(app, "trustee")
cold_start.ready()
