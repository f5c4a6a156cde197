"""The page of checks. What is checked there the browser asks of the API: no receipt and no link comes by here."""

from typing import Annotated

from fastapi import Query, Response

from ballotcast.http.access import Access, contract
from web.pages import Paged
from web.routing import page_routes

router = page_routes()


@router.get("/check", openapi_extra=contract(Access.PUBLIC))
def check(page: Paged, election: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Check a ballot by its receipt, and after the count everything. `election`: stands in its field already."""
    return page.render("check", election=election)
