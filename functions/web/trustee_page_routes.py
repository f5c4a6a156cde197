"""The page for trustees. All that a trustee does there their browser does: no link, key or share comes by here."""

from fastapi import Response

from ballotcast.http.access import Access, contract
from web.pages import Paged
from web.routing import page_routes

router = page_routes()


@router.get("/trustee", openapi_extra=contract(Access.PUBLIC))
def trustee(page: Paged) -> Response:
    """The page that a trustee's link leads to."""
    return page.render("trustee")
