"""The function `channel`: registering channels, taking records in, showing them live and exporting them."""

from ballotcast import cold_start  # isort: split

from fastapi import APIRouter, FastAPI

from ballotcast.http.access import Access, contract
from ballotcast.http.app import build_app, routes
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring, from_environment
from channel import channel_routes, export_routes, past_routes, record_routes, resume_routes
from channel.routing import ChannelRoute

ROUTERS = channel_routes.router, record_routes.router, export_routes.router
OLDER = "/api/v1"


def create_app(wiring: Wiring) -> FastAPI:
    """Routes of SpeedData's are there twice: also under `/api/v1`, where its clients ask for `/api/v1/health` too."""
    return build_app(
        "channel", "channels and relays", wiring, *ROUTERS, resume_routes.router, past_routes.router, _older()
    )


def _older() -> APIRouter:
    older = routes(ChannelRoute)
    older.add_api_route(f"{OLDER}/health", health, openapi_extra=contract(Access.PUBLIC), methods=["GET"])
    for route in (route for router in ROUTERS for route in router.routes if isinstance(route, ChannelRoute)):
        if "/exports" in route.path:
            continue
        older.add_api_route(
            OLDER + route.path,
            route.endpoint,
            methods=list(route.methods or ()),
            status_code=route.status_code,
            responses=route.responses,
            response_class=route.response_class,
            openapi_extra=route.openapi_extra,
        )
    return older


def health() -> dict[str, str]:
    """Is this function there?"""
    return {"status": "ok", "service": "ballotcast", "version": "1"}


app = create_app(from_environment())
handler = http_handler(app, "channel", measured=True)
cold_start.ready()
