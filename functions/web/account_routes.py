"""Pages of organisers' accounts: signing up, verifying the address, logging in and out."""

from typing import Annotated

from fastapi import Query, Response

from ballotcast.client.errors import ClientError
from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import forget_session
from web.faults import by_label, faults_of
from web.forms import OurForm
from web.local_path import local_path
from web.organising import form_page, keep, organiser_at
from web.pages import Paged
from web.routing import page_routes

router = page_routes()
PUBLIC = contract(Access.PUBLIC)
START = "/manage"
LABELS = {"email": "account.email", "password": "account.password"}
CODE_LABELS = {"organiser_id": "account.organiser", "token": "account.code"}


@router.get("/manage/sign-up", openapi_extra=PUBLIC)
def sign_up_form(page: Paged) -> Response:
    """Where somebody becomes an organiser."""
    return form_page(page, "manage/sign_up", email="")


@router.post("/manage/sign-up", openapi_extra=PUBLIC)
def sign_up(page: Paged, form: OurForm) -> Response:
    """Sign up and log in; what is left is the code in the mail."""
    organiser, email, password = organiser_at(page), form.text("email"), form.secret("password")
    try:
        identity = organiser.sign_up(email, password)
    except ClientError as error:
        return form_page(page, "manage/sign_up", faults_of(page, error, by_label(page, LABELS)), email=email)
    response = page.redirect(f"/manage/verify?organiser={identity}")
    try:
        return keep(page, response, organiser.log_in(email, password))
    except ClientError:
        return response  # the account is made; anyone who enters the code logs in after it


@router.get("/manage/verify", openapi_extra=PUBLIC)
def verify_form(page: Paged, organiser: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Where the code from the mail is entered."""
    return form_page(page, "manage/verify", organiser=organiser, code="")


@router.post("/manage/verify", openapi_extra=PUBLIC)
def verify(page: Paged, form: OurForm) -> Response:
    """Verify an organiser's address by the code."""
    identity, code = form.text("organiser_id"), form.text("token")
    try:
        organiser_at(page).verify(identity, code)
    except ClientError as error:
        faults = faults_of(page, error, by_label(page, CODE_LABELS))
        return form_page(page, "manage/verify", faults, organiser=identity, code=code)
    return page.redirect(f"{START}?done=verified")


@router.get("/manage/log-in", openapi_extra=PUBLIC)
def log_in_form(
    page: Paged,
    wanted: Annotated[str, Query(alias="next", max_length=300)] = START,
    over: Annotated[bool, Query()] = False,
) -> Response:
    """Where organisers log in, also those whose session is over."""
    return form_page(page, "manage/log_in", email="", wanted=local_path(wanted, START), over=over)


@router.post("/manage/log-in", openapi_extra=PUBLIC)
def log_in(page: Paged, form: OurForm) -> Response:
    """Log in, and continue where a session was missing."""
    email, wanted = form.text("email"), local_path(form.text("next"), START)
    try:
        token = organiser_at(page).log_in(email, form.secret("password"))
    except ClientError as error:
        faults = faults_of(page, error, by_label(page, LABELS))
        return form_page(page, "manage/log_in", faults, email=email, wanted=wanted, over=False)
    return keep(page, page.redirect(wanted), token)


@router.post("/manage/log-out", openapi_extra=PUBLIC)
def log_out(page: Paged, form: OurForm) -> Response:
    """Forget the session in this browser."""
    response = page.redirect("/")
    forget_session(page.request, response)
    return response
