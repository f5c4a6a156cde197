"""The people of an election on its page, and the page on which an invitation is accepted.

Their forms go to addresses that are there: Lambda's policy has no room for a permission of a route of their own.
"""

from urllib.parse import quote

from fastapi import Response

from ballotcast.client.errors import ApiError, ClientError
from ballotcast.client.organiser import Organiser
from ballotcast.http.cookies import is_signed_in, signed_in
from web.faults import Faults, by_label, faults_of
from web.forms import Form
from web.organising import form_page, organiser_at
from web.pages import Page
from web.routing import OVER

LABELS = {"email": "manage.email", "role": "people.role"}
CODE_LABELS = {"token": "account.code"}
ROLES = ("organiser", "observer", "owner")
PEOPLE_ACTS = {"person-invite": "invited", "person-remove": "removed_person", "person-leave": "left"}
"""What the forms' buttons send, with what the page says afterwards."""


def change_people(page: Page, organiser: Organiser, election: str, form: Form) -> Response | Faults:
    """Invite or remove somebody, and go back to the election; the faults, if it is refused."""
    act, email = form.text("act"), form.text("email")
    try:
        if act == "person-invite":
            organiser.invite_person(election, email, form.text("role"))
        elif act == "person-leave":
            organiser.remove_person(election, next(one["email"] for one in organiser.people(election) if one["you"]))
        else:
            organiser.remove_person(election, email)
    except ClientError as error:
        return faults_of(page, error, by_label(page, LABELS))
    try:
        organiser.election(election)
    except ApiError as error:
        if error.slug != "no-election":
            raise
        return page.redirect("/manage?done=left")
    return page.redirect(f"/manage/elections/{election}?done={PEOPLE_ACTS[act]}")


def acceptance_form(page: Page, election: str, faults: Faults | None = None) -> Response:
    """Where the code of an invitation is entered; anyone who is not logged in does that first."""
    if not is_signed_in(page.request):
        return page.redirect(f"/manage/log-in?next={quote(f'/manage/verify?election={election}', safe='')}")
    return form_page(page, "manage/join", faults, election=election)


def accept(page: Page, election: str, form: Form) -> Response:
    """Accept the invitation, and go to the election."""
    try:
        organiser_at(page, signed_in(page.request)).accept_invitation(election, form.text("token"))
    except ApiError as error:
        if error.slug in OVER:
            raise
        return acceptance_form(page, election, faults_of(page, error, by_label(page, CODE_LABELS)))
    return page.redirect(f"/manage/elections/{election}?done=joined")
