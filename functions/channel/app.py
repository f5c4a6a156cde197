"""The function `channel`: registering channels, taking records in, showing them live and exporting them."""

from ballotcast import cold_start  # isort: split

from fastapi import FastAPI

from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from channel import (
    channel_routes,
    export_routes,
    follow_routes,
    past_routes,
    record_routes,
    resume_routes,
    speeddata_routes,
)

ROUTERS = (
    channel_routes.router,
    record_routes.router,
    follow_routes.router,
    export_routes.router,
    resume_routes.router,
    past_routes.router,
    speeddata_routes.router,
)


def create_app(wiring: Wiring) -> FastAPI:
    return build_app("channel", "channels and relays", wiring, *ROUTERS)


app = create_app(from_environment())
handler = http_handler(app, "channel", measured=True)
cold_start.ready()
