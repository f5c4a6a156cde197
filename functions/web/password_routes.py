"""Pages of a forgotten password: asking for a code, and entering it with a new password."""

from fastapi import Response

from ballotcast.client.errors import ClientError
from ballotcast.http.access import Access, contract
from web.faults import Faults, by_label, faults_of
from web.forms import OurForm
from web.organising import form_page, keep, organiser_at
from web.pages import Page, Paged
from web.routing import page_routes

router = page_routes()
PUBLIC = contract(Access.PUBLIC)
LABELS = {"email": "account.email", "token": "account.code", "password": "account.new_password"}


@router.get("/manage/forgot", openapi_extra=PUBLIC)
def forgot_form(page: Paged) -> Response:
    """Where anyone who forgot the password asks for a code."""
    return form_page(page, "manage/forgot", email="")


@router.post("/manage/forgot", openapi_extra=PUBLIC)
def forgot(page: Paged, form: OurForm) -> Response:
    """Have a code mailed. What follows is shown at once: an address has no place in a page's own address."""
    email = form.text("email")
    try:
        organiser_at(page).ask_reset(email)
    except ClientError as error:
        return form_page(page, "manage/forgot", faults_of(page, error, by_label(page, LABELS)), email=email)
    return _renewal(page, email, asked=True)


@router.get("/manage/password", openapi_extra=PUBLIC)
def password_form(page: Paged) -> Response:
    """Where the code from the mail is entered with a new password."""
    return _renewal(page)


@router.post("/manage/password", openapi_extra=PUBLIC)
def set_password(page: Paged, form: OurForm) -> Response:
    """Set the new password, and log in with it."""
    organiser, email, code = organiser_at(page), form.text("email"), form.text("token")
    password = form.secret("password")
    try:
        organiser.set_password(email, code, password)
    except ClientError as error:
        return _renewal(page, email, code, faults_of(page, error, by_label(page, LABELS)))
    try:
        organiser.log_in(email, password, page.language.code)
    except ClientError:
        return page.redirect("/manage/log-in")  # the password is set; anyone who logs in now does it by hand
    return keep(page, page.redirect("/manage?done=password"), organiser)


def _renewal(
    page: Page, email: str = "", code: str = "", faults: Faults | None = None, *, asked: bool = False
) -> Response:
    return form_page(page, "manage/password", faults, email=email, code=code, asked=asked)
