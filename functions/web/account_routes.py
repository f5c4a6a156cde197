"""Pages of organisers' accounts: signing up, verifying the address, logging in and out."""

from contextlib import suppress
from typing import Annotated

from fastapi import Query, Response

from ballotcast.client.errors import ClientError
from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import forget_session, is_signed_in, signed_in
from web.faults import by_label, faults_of
from web.forms import OurForm
from web.local_path import local_path
from web.organising import form_page, keep, organiser_at
from web.pages import Paged
from web.people_form import accept, acceptance_form
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
        identity = organiser.sign_up(email, password, page.language.code)
    except ClientError as error:
        return form_page(page, "manage/sign_up", faults_of(page, error, by_label(page, LABELS)), email=email)
    response = page.redirect(f"/manage/verify?organiser={identity}")
    try:
        organiser.log_in(email, password, page.language.code)
    except ClientError:
        return response  # the account is made; anyone who enters the code logs in after it
    return keep(page, response, organiser)


@router.get("/manage/verify", openapi_extra=PUBLIC)
def verify_form(
    page: Paged,
    organiser: Annotated[str, Query(max_length=64)] = "",
    election: Annotated[str, Query(pattern="^[A-Za-z0-9_-]{0,64}$")] = "",
) -> Response:
    """Where the code from the mail is entered; with `election`, that of an invitation to conduct or observe it."""
    if election:
        return acceptance_form(page, election)
    return form_page(page, "manage/verify", organiser=organiser, code="")


@router.post("/manage/verify", openapi_extra=PUBLIC)
def verify(page: Paged, form: OurForm) -> Response:
    """Verify an organiser's address by the code, or accept an invitation."""
    if election := form.text("election"):
        return accept(page, election, form)
    identity, code, again = form.text("organiser_id"), form.text("token"), form.text("act") == "again"
    try:
        if again:
            organiser_at(page).ask_verification(identity)
        else:
            organiser_at(page).verify(identity, code)
    except ClientError as error:
        faults = faults_of(page, error, by_label(page, CODE_LABELS))
        return form_page(page, "manage/verify", faults, organiser=identity, code=code)
    if again:
        return form_page(page, "manage/verify", organiser=identity, code="", asked=True)
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
    email, wanted, organiser = form.text("email"), local_path(form.text("next"), START), organiser_at(page)
    try:
        organiser.log_in(email, form.secret("password"), page.language.code)
    except ClientError as error:
        faults = faults_of(page, error, by_label(page, LABELS))
        return form_page(page, "manage/log_in", faults, email=email, wanted=wanted, over=False)
    return keep(page, page.redirect(wanted), organiser)


@router.post("/manage/log-out", openapi_extra=PUBLIC)
def log_out(page: Paged, form: OurForm) -> Response:
    """End the session, and forget it in this browser."""
    response = page.redirect("/")
    if is_signed_in(page.request):
        with suppress(ClientError):  # over already, or the service does not answer: it is forgotten here all the same
            organiser_at(page, signed_in(page.request)).log_out()
    forget_session(page.request, response)
    return response
