"""The page that ends a voter's right or corrects their address: it says what follows and asks for the reason."""

from fastapi import Response

from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from web.faults import Faults, faults_of
from web.forms import Form
from web.organising import form_page
from web.pages import Page

RIGHT_ACTS = {"end": "ended", "move": "moved"}
"""With what the roll's page says afterwards."""
FIELDS = {"email": "manage.new_email", "reason": "manage.reason"}


def change_right(page: Page, organiser: Organiser, election: str, form: Form) -> Response:
    """Ask first; then do it, and go back to the roll."""
    act, voter, cursor = form.text("act"), form.text("voter"), form.text("cursor")
    typed = {name: form.text(name) for name in FIELDS}
    if form.text("sure") != "yes":
        return _asked(page, organiser, election, act, voter, cursor, {"email": "", "reason": ""})
    try:
        if act == "end":
            organiser.end_rights(election, [voter], typed["reason"])
        else:
            organiser.move_rights(election, {voter: typed["email"]}, typed["reason"])
    except ClientError as error:
        faults = faults_of(page, error, lambda pointer: _place(page, pointer))
        return _asked(page, organiser, election, act, voter, cursor, typed, faults)
    where = f"&cursor={cursor}" if cursor else ""
    return page.redirect(f"/manage/elections/{election}/voters?done={RIGHT_ACTS[act]}{where}")


def _asked(
    page: Page,
    organiser: Organiser,
    election: str,
    act: str,
    voter: str,
    cursor: str,
    typed: dict[str, str],
    faults: Faults | None = None,
) -> Response:
    shown = organiser.election(election)
    context = {"act": act, "voter": voter, "cursor": cursor, "typed": typed}
    return form_page(page, "manage/right", faults, election=shown, **context)


def _place(page: Page, pointer: str) -> tuple[str, str]:
    """A fault of the voter has no field here, because nobody types them."""
    name = pointer.rpartition("/")[2]
    return (name, str(page.text(FIELDS[name]))) if name in FIELDS else ("", "")
