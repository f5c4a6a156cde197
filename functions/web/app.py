"""The function `web`: pages for voters, organisers, observers and operators.

It has no rights on any data. What organisers do it asks of the API with their session, as any client; what voters do
their browsers ask of the API themselves, so that nothing secret passes through here.
"""

from ballotcast import cold_start  # isort: split

import json
import logging
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from ballotcast.client.api import connect
from ballotcast.http import problems
from ballotcast.http.app import build_app
from ballotcast.http.handler import http_handler
from ballotcast.http.problems import without_link
from ballotcast.wiring import Wiring, from_environment
from web import (
    account_routes,
    channel_archive_routes,
    channel_routes,
    check_routes,
    election_routes,
    mail_routes,
    overview_routes,
    own_account_routes,
    password_routes,
    public_routes,
    results_routes,
    roll_routes,
    trustee_page_routes,
    voter_routes,
)
from web.pages import Page
from web.routing import as_page, error_page
from web.static_files import static_files

ROUTERS = (
    public_routes.router,
    voter_routes.router,
    trustee_page_routes.router,
    check_routes.router,
    account_routes.router,
    own_account_routes.router,
    password_routes.router,
    election_routes.router,
    overview_routes.router,
    roll_routes.router,
    mail_routes.router,
    results_routes.router,
    channel_routes.router,
    channel_archive_routes.router,
)

PATIENCE = 25
"""Seconds for one request to the API: API Gateway waits 29 for this function, and then no page of ours is shown."""


def create_app(wiring: Wiring) -> FastAPI:
    app = build_app("web", "pages", wiring, *ROUTERS)
    app.state.connect = lru_cache(4)(partial(connect, within=PATIENCE))
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would tell every request to the API at INFO
    app.add_exception_handler(HTTPException, _no_such_page)
    return app


async def _no_such_page(request: Request, error: Any) -> Response:
    """A page for browsers, which ask for HTML; the problem document for anyone who takes anything, as programs do.

    A voter's link whose `#` was encoded leads to the voter's page, whose script reads it from the address. No response
    has any of it.
    """
    if request.scope["path"] == "/favicon.ico":  # asked for by browsers and programs that read no page's links
        return as_page(Page(request).redirect(f"/static/{static_files()['icon.svg'].path}"))
    asked, browser = request.scope["path"], "text/html" in request.headers.get("accept", "")
    request.scope["path"] = without_link(asked)
    damaged = asked != request.scope["path"] and request.scope["path"].rstrip("/") == "/vote"
    if browser and damaged and error.status_code == HTTPStatus.NOT_FOUND:
        return as_page(Page(request).render("vote"))
    refusal = problems.from_http_exception(error, request.scope["path"])
    if not browser:
        return as_page(refusal)
    return as_page(error_page(request, json.loads(bytes(refusal.body)), {}))


app = create_app(from_environment())
handler = http_handler(app, "web")
cold_start.ready()
