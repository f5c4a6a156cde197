"""The function `vote`: casting and receipts. It knows the board and nothing of the roll."""

from ballotcast import cold_start  # isort: split

from fastapi import FastAPI

from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from vote.polls import Polls
from vote.routes import router


def create_app(wiring: Wiring) -> FastAPI:
    app = build_app("vote", "casting ballots", wiring, router)
    app.state.polls = Polls(wiring)
    return app


app = create_app(from_environment())
handler = http_handler(app, "vote", silent=True)
cold_start.ready()
