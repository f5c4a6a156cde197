"""The function `register`: a voter's link, second factor and credential. It alone may unwrap issuer keys."""

from ballotcast import cold_start  # isort: split

from fastapi import FastAPI

from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from register.issuers import Issuers
from register.routes import router


def create_app(wiring: Wiring) -> FastAPI:
    app = build_app("register", "links, second factor, credentials", wiring, router)
    app.state.issuers = Issuers(wiring)
    return app


app = create_app(from_environment())
handler = http_handler(app, "register", silent=True)
cold_start.ready()
