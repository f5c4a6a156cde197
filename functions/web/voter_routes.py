"""The voter's page. All that a voter does there their browser does: no link, code or ballot comes by here."""

from fastapi import Response

from ballotcast.http.access import Access, contract
from web.pages import Paged
from web.routing import page_routes

router = page_routes()


@router.get("/vote", openapi_extra=contract(Access.PUBLIC))
def vote(page: Paged) -> Response:
    """The page that a voter's link leads to."""
    return page.render("vote")
