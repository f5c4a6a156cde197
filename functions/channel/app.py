"""The function `channel`: registering channels, taking records in, showing them live and exporting them."""

from fastapi import FastAPI

from ballotcast.http.access import Access, contract
from ballotcast.http.app import build_app, routes
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from channel import channel_routes, export_routes, record_routes
from channel.routing import ChannelRoute


def create_app(wiring: Wiring) -> FastAPI:
    """Every route is there twice: under `/api/v1` for clients of SpeedData, which ask for `/api/v1/health` too."""
    older = routes(ChannelRoute)
    older.add_api_route("/health", health, openapi_extra=contract(Access.PUBLIC), methods=["GET"])
    routers = channel_routes.router, record_routes.router, export_routes.router
    for router in routers:
        older.include_router(router)
    mounted = routes(ChannelRoute)
    mounted.include_router(older, prefix="/api/v1")
    return build_app("channel", "channels and relays", wiring, *routers, mounted)


def health() -> dict[str, str]:
    """Is this function there?"""
    return {"status": "ok", "service": "ballotcast", "version": "1"}


app = create_app(from_environment())
handler = http_handler(app, "channel")
