"""The function `tally`: the public log, turnout, and after the count the result. It reads the board and the bucket."""

from ballotcast import cold_start  # isort: split

from fastapi import FastAPI

from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from tally.api import log_routes, result_routes


def create_app(wiring: Wiring) -> FastAPI:
    return build_app("tally", "log and results", wiring, log_routes.router, result_routes.router)


app = create_app(from_environment())
handler = http_handler(app, "tally")
cold_start.ready()
