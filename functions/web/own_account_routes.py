"""The page of one's own account: its address, and whether mails about one's elections are wanted."""

from fastapi import Response

from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import SignedIn
from web.forms import OurForm
from web.organising import organiser_at
from web.pages import Paged
from web.routing import page_routes

router = page_routes()
SESSION = contract(Access.BROWSER_SESSION)


@router.get("/manage/account", openapi_extra=SESSION)
def account(page: Paged, token: SignedIn) -> Response:
    """One's own account."""
    return page.render("manage/account", account=organiser_at(page, token).account())


@router.post("/manage/account", openapi_extra=SESSION)
def change(page: Paged, token: SignedIn, form: OurForm) -> Response:
    """Want mails about one's elections, or none."""
    if form.text("mails") in ("on", "off"):
        organiser_at(page, token).want_mails(wanted=form.text("mails") == "on")
    return page.redirect("/manage/account")
